/* Writes answers, so that nobody who does not read keeps the process from ending. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/time.h>
#include <unistd.h>

#include "front.h"

/* Writes all of it; gives up once nothing moves for a few ticks after the deadline, or nobody reads. */
static void write_answer(const char *text, size_t length) {
    for (int ticks = 0; length > 0 && ticks < 4;) {
        ssize_t count = write(1, text, length);
        if (count >= 0) {
            text += count;
            length -= (size_t)count;
        } else if (errno == EAGAIN) {
            // Somebody made the pipe non-blocking, and it is full for the moment.
            poll(&(struct pollfd){.fd = 1, .events = POLLOUT}, 1, TICK_MS);
            if (is_late) ticks++;
        } else if (errno != EINTR) {
            return;
        } else if (is_late) {
            ticks++;
        }
    }
}

/* A stderr that is full or stopped is waited for a little while, and then left. */
static void write_remark(const char *text, size_t length) {
    struct itimerval clock = {.it_value = {0, STDERR_MS * 1000}, .it_interval = {0, TICK_MS * 1000}};
    is_late = 0;
    setitimer(ITIMER_REAL, &clock, NULL);
    while (length > 0 && !is_late) {
        ssize_t count = write(2, text, length);
        if (count < 0 && errno != EINTR) return;
        if (count <= 0) continue;
        text += count;
        length -= (size_t)count;
    }
}

void say(const char *out, size_t out_length, const char *err, size_t err_length) {
    write_answer(out, out_length);
    if (err_length > 0) write_remark(err, err_length);
}
