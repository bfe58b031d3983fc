/*
 * What engines start. It repeats an answer from a ready record whose conditions hold; in every other case it starts the
 * main program beside it and stands over that, so that an engine gets one of its answers in time, whatever happens.
 * It knows conditions, and neither credentials nor rules.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "front.h"

#ifndef VERSION
#error "scripts/build defines VERSION"
#endif

extern char **environ;

volatile sig_atomic_t is_late;

/* Shared with the process that reads. */
static struct request request;
static enum verb verb;
static pid_t self, reader;
static char reader_stack[128 * 1024] __attribute__((aligned(64)));

static void note_late(int signal) {
    (void)signal;
    is_late = 1;
}

/* One that came closed would be given to the next file that is opened, which would then be written to. */
static void open_standard_files(void) {
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
    }
}

/* From now on nothing that blocks outlives the deadline, and no lost reader or full file ends the process. */
static void start_clock(void) {
    struct sigaction late = {.sa_handler = note_late};
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t none;
    sigemptyset(&none);
    sigaction(SIGALRM, &late, NULL);
    sigaction(SIGPIPE, &ignored, NULL);
    sigaction(SIGXFSZ, &ignored, NULL);
    // With it ignored, no end of a process could be waited for.
    sigaction(SIGCHLD, &usual, NULL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    struct itimerval clock = {
        .it_value = {DEADLINE_MS / 1000, DEADLINE_MS % 1000 * 1000},
        .it_interval = {0, TICK_MS * 1000},
    };
    setitimer(ITIMER_REAL, &clock, NULL);
}

static void read_patiently(void) {
    if (!request.is_complete) read_input(verb, &request);
    if (request.is_complete) look_for_answer(verb, &request, environ, true);
}

static int run_reader(void *unused) {
    (void)unused;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // What hangs in a file system may outlive everything: no engine shall wait for it to let go of these.
    close(1);
    close(2);
    if (getppid() == self) read_patiently();
    return 0;
}

/*
 * Reads in another process, which shares this one's memory: an engine waits for the end of the process that it started,
 * and one that waits for a file system that hangs does not end. @return whether it is done; false: it is late
 */
static bool read_elsewhere(void) {
    self = getpid();
    reader = clone(run_reader, reader_stack + sizeof reader_stack, CLONE_VM | SIGCHLD, NULL);
    if (reader == -1) {
        // No process to be had: what can be answered without one is.
        read_patiently();
        return !is_late;
    }
    while (waitpid(reader, NULL, 0) == -1) {
        if (errno == EINTR && is_late) return false;
    }
    return true;
}

/*
 * Reads here what is sure not to hang: a pipe, and files of this machine's own devices that the kernel knows already. All
 * else is read elsewhere. @return whether it is done; false: it is late
 */
static bool read_all(void) {
    if (!is_stdin_a_pipe()) return read_elsewhere();
    read_input(verb, &request);
    if (!request.is_complete) return false;
    look_for_answer(verb, &request, environ, false);
    return !request.is_doubtful || read_elsewhere();
}

/* Takes back what `start_clock` did, of which the program that takes this process's place would inherit a part. */
static void stop_clock(void) {
    struct sigaction usual = {.sa_handler = SIG_DFL};
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
    sigaction(SIGPIPE, &usual, NULL);
    sigaction(SIGXFSZ, &usual, NULL);
}

/* A few milliseconds are enough, but where a file system hangs: then it ends with that. */
static void end_reader(void) {
    if (reader <= 0) return;
    kill(reader, SIGKILL);
    for (int i = 0; i < 5 && waitpid(reader, NULL, WNOHANG) == 0; i++) usleep(1000);
}

int main(int count, char **arguments) {
    open_standard_files();
    if (count == 2 && strcmp(arguments[1], "--front") == 0) return puts(NAME " front v" VERSION) < 0;
    if (!read_verb(count, arguments, &verb)) return become_main(arguments, environ, true);

    start_clock();
    // No core file holds a credential.
    prctl(PR_SET_DUMPABLE, 0);
    bool is_read = (verb == GET && count > 2) || verb == LIST || read_all();
    // While another process decides for this host, its answer is waited for.
    if (is_read && !request.is_answered && request.record != NULL && join_flight(request.record)) is_read = read_elsewhere();
    if (!is_read) {
        char why[WHY_BYTES];
        why_late(verb, &request, false, why);
        int status = fail(verb, &request, why);
        end_reader();
        return status;
    }
    if (request.is_answered) {
        const struct answer *answer = &request.answer;
        say(answer->out, answer->out_length, answer->err, answer->err_length);
        return answer->status;
    }
    if (request.is_terminal) {
        // A person, whom the main program tells how it is meant; a terminal stops those who read it from another group.
        stop_clock();
        return become_main(arguments, environ, false);
    }
    return supervise(&(struct supervised){verb, arguments, environ, &request});
}
