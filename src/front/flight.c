/*
 * Of several `get`s for one host that find no record, one decides and the others wait for it: fifty engines that start at
 * once need not start fifty main programs. Whoever decides listens on a socket of Linux's abstract names, which no file
 * system holds and which ends with its process; who waits is told by it when the answer is there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "front.h"

enum {
    /* From then on the main program needs what is left of the time. Fifty that give up at once leave it to none of them. */
    LONGEST_WAIT_MS = 4000,
    /* How often another may have ended without a word. */
    MOST_ROUNDS = 3,
    /* Between a name and who listens by it lie a few instructions. */
    MOST_TRIES = 20,
    MOST_WAITING = 4096,
    /* How often who decides is looked at. */
    LOOK_MS = 100,
};

static int leading = -1;

/* The name of a record's flight; nothing of its path can be read from it. @return its length */
static socklen_t name_flight(const char *record, struct sockaddr_un *address) {
    static const uint8_t no_key[KEY_BYTES];
    uint8_t digest[DIGEST_BYTES];
    struct siphash state;
    siphash_start(&state, no_key);
    siphash_add(&state, record, strlen(record));
    siphash_end(&state, digest);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    int length = snprintf(address->sun_path + 1, sizeof address->sun_path - 1, NAME "/%lu/", (unsigned long)geteuid());
    for (int i = 0; i < DIGEST_BYTES; i++, length += 2) {
        snprintf(address->sun_path + 1 + length, sizeof address->sun_path - 1 - (size_t)length, "%02x", digest[i]);
    }
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

/* Anyone can take a name: another user's is not waited for, nor one that is stopped, as by Ctrl-Z in a terminal. */
static bool decides(int fd) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.uid != geteuid()) return false;
    char path[32], stat[128];
    snprintf(path, sizeof path, "/proc/%d/stat", peer.pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file == -1) return true;
    ssize_t length = read(file, stat, sizeof stat - 1);
    close(file);
    if (length <= 0) return true;
    stat[length] = '\0';
    // proc(5): the state comes after the name, which is in parentheses and may hold any.
    const char *name_end = strrchr(stat, ')');
    return name_end == NULL || name_end[1] != ' ' || (name_end[2] != 'T' && name_end[2] != 't');
}

static long long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

/* @return 1: it has its answer; 0: it ended without one; -1: it takes too long, or does not decide */
static int wait_for(int fd, long long until_ms) {
    char word;
    while (now_ms() < until_ms && decides(fd)) {
        int ready = poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, LOOK_MS);
        if (ready > 0) return read(fd, &word, 1) == 1;
        if (ready < 0) return -1;
    }
    return -1;
}

bool join_flight(const char *record) {
    struct sockaddr_un address;
    socklen_t length = name_flight(record, &address);
    long long until_ms = now_ms() + LONGEST_WAIT_MS;
    for (int round = 0, tries = 0; round < MOST_ROUNDS && tries < MOST_TRIES; tries++) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd == -1) return false;
        if (bind(fd, (struct sockaddr *)&address, length) == 0) {
            if (listen(fd, MOST_WAITING) == 0) leading = fd;
            else close(fd);
            return false;
        }
        if (connect(fd, (struct sockaddr *)&address, length) == 0) {
            int outcome = wait_for(fd, until_ms);
            close(fd);
            if (outcome != 0) return outcome == 1;
            round++;
            continue;
        }
        int why = errno;
        close(fd);
        // It has just ended, or does not listen yet.
        if (why != ECONNREFUSED) return false;
        nanosleep(&(struct timespec){.tv_nsec = 1000000l}, NULL);
    }
    return false;
}

void end_flight(void) {
    if (leading == -1) return;
    int waiting;
    while ((waiting = accept4(leading, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) != -1) {
        // One that does not wait any more is no fault: SIGPIPE is ignored.
        ssize_t told = write(waiting, "d", 1);
        (void)told;
        close(waiting);
    }
    close(leading);
    leading = -1;
}
