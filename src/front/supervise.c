/* Starts the main program and stands over it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "front.h"

/* How long what was ended is waited for, and what was only asked to end. */
enum { ENDING_MS = 50, STOPPING_MS = 300 };

/* What a program ends with whose libraries are not all there, by its loader. */
enum { LOADER_FAILED = 127 };

/* Why the main program could not be put into a process. */
struct fault {
    int error;
    char path[PATH_BYTES - 64];
};

/* A running main program. */
struct child {
    pid_t pid;
    int in, out, err, faults;
    /* Of the request, how much it was given. */
    size_t given;
};

static char out_text[LARGEST_ANSWER + 1];
static char err_text[MOST_STDERR];
static size_t out_length, err_length;
static volatile sig_atomic_t stop_signal;

/* A runtime says in its own words that it can't read the file that this names. */
static bool names_no_file(const char *variable) {
    static const char name[] = "NODE_EXTRA_CA_CERTS=";
    return strncmp(variable, name, sizeof name - 1) == 0 && access(variable + sizeof name - 1, R_OK) != 0;
}

static void remove_runtime_variables(char **environment) {
    char **kept = environment;
    for (; *environment != NULL; environment++) {
        bool is_kept = !names_no_file(*environment);
        for (const char *const *name = RUNTIME_VARIABLES; *name != NULL; name++) {
            if (strncmp(*environment, *name, strlen(*name)) == 0) is_kept = false;
        }
        if (is_kept) *kept++ = *environment;
    }
    *kept = NULL;
}

static bool cut_last_part(char *path) {
    char *slash = strrchr(path, '/');
    if (slash == NULL) return false;
    *slash = '\0';
    return true;
}

/* A directory above ours may be one in which others may make files, as /tmp is. */
static bool is_trusted(const char *path, const char *front) {
    struct stat it, own;
    if (stat(path, &it) != 0) return false;
    if (it.st_uid == 0 || it.st_uid == geteuid()) return true;
    errno = EACCES;
    return stat(front, &own) == 0 && it.st_uid == own.st_uid;
}

static const char OWN_PATH[] = "/proc/self/exe";

/* Never by PATH or the environment: in libexec beside the front, or beside the directory that the front is in. */
static void exec_main(char **arguments, char **environment, struct fault *fault) {
    static const char below[] = "/libexec/" NAME "/" NAME;
    char front[PATH_BYTES], directory[PATH_BYTES];
    ssize_t length = readlink(OWN_PATH, front, sizeof front - 1);
    fault->error = errno;
    snprintf(fault->path, sizeof fault->path, "%s", OWN_PATH);
    if (length <= 0) return;
    front[length] = '\0';
    strcpy(directory, front);
    // It stops its threads by this signal, and complains where that comes ignored.
    sigaction(SIGPWR, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    remove_runtime_variables(environment);
    for (int above = 0; above < 2 && cut_last_part(directory); above++) {
        if (snprintf(fault->path, sizeof fault->path, "%s%s", directory, below) >= (int)sizeof fault->path) {
            fault->error = ENAMETOOLONG;
            return;
        }
        arguments[0] = fault->path;
        if (above == 0 || is_trusted(fault->path, front)) execve(fault->path, arguments, environment);
        fault->error = errno;
        if (errno != ENOENT && errno != ENOTDIR) return;
        // It is there, and what is not is the loader that it names: the C library that it was built for.
        if (access(fault->path, F_OK) == 0) {
            fault->error = ELIBACC;
            return;
        }
    }
}

static void why_not_started(const struct fault *fault, char why[WHY_BYTES]) {
    if (fault->error == ENOENT && strcmp(fault->path, OWN_PATH) == 0) {
        snprintf(why, WHY_BYTES,
                 "The main program can't be found: /proc is not mounted here [not-started]. Run: mount -t proc proc /proc");
        return;
    }
    if (fault->error == ELIBACC) {
        snprintf(why, WHY_BYTES,
                 "%.600s can't start here, since the C library that it was built for is not installed [not-started]. Install the " NAME
                 " that is for this system's C library (glibc or musl).",
                 fault->path);
        return;
    }
    const char *what = fault->error == ENOENT || fault->error == ENOTDIR ? "is missing"
                       : fault->error == ENOEXEC                         ? "is not for this machine"
                                                                         : "can't be started";
    why_not_startable(fault->path, what, strerror(fault->error), why);
}

int become_main(char **arguments, char **environment, bool needs_directory) {
    struct fault fault;
    char why[WHY_BYTES], directory[PATH_BYTES];
    // The runtime refuses to start in a directory that was deleted.
    if (getcwd(directory, sizeof directory) == NULL && errno == ENOENT) {
        if (needs_directory) {
            fprintf(stderr, NAME ": The directory that this shell is in was deleted [not-started]. Go to another one, and try again. Run: cd\n");
            return 1;
        }
        if (chdir("/") != 0) return 1;
    }
    exec_main(arguments, environment, &fault);
    why_not_started(&fault, why);
    fprintf(stderr, NAME ": %s\n", why);
    return 1;
}

/* In the new process: gets what it needs of the pipes and becomes the main program, or says why it can't. */
static void run_child(const struct supervised *what, const int in[2], const int out[2], const int err[2], int faults,
                      pid_t parent) {
    struct sigaction usual = {.sa_handler = SIG_DFL};
    struct rlimit no_core;
    char directory[PATH_BYTES];
    sigset_t none;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(126);
    sigaction(SIGPIPE, &usual, NULL);
    sigaction(SIGXFSZ, &usual, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (getrlimit(RLIMIT_CORE, &no_core) == 0) {
        no_core.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &no_core);
    }
    dup2(in[0], 0);
    dup2(out[1], 1);
    dup2(err[1], 2);
    // The runtime refuses to start in a directory that was deleted.
    if (getcwd(directory, sizeof directory) == NULL && chdir("/") != 0) _exit(126);
    struct fault fault;
    exec_main(what->arguments, what->environment, &fault);
    if (write(faults, &fault, sizeof fault) != (ssize_t)sizeof fault) _exit(126);
    _exit(127);
}

/* @return whether there is one; else errno says why not */
static bool start(const struct supervised *what, struct child *child) {
    int in[2], out[2], err[2], faults[2];
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC) || pipe2(faults, O_CLOEXEC)) return false;
    // What it leaves behind when it is ended becomes this process's, which ends it, too.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t parent = getpid(), pid = fork();
    if (pid == -1) return false;
    if (pid == 0) run_child(what, in, out, err, faults[1], parent);
    setpgid(pid, pid);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    close(faults[1]);
    for (size_t i = 0; i < 3; i++) fcntl((int[]){in[1], out[0], err[0]}[i], F_SETFL, O_NONBLOCK);
    *child = (struct child){.pid = pid, .in = in[1], .out = out[0], .err = err[0], .faults = faults[0]};
    return true;
}

static void close_file(int *fd) {
    if (*fd != -1) close(*fd);
    *fd = -1;
}

/* Gives what is left of the request; closes at its end. */
static void feed(struct child *child, const struct request *request) {
    while (child->in != -1) {
        size_t left = request->length - child->given;
        ssize_t count = left == 0 ? 0 : write(child->in, request->bytes + child->given, left);
        if (count > 0) child->given += (size_t)count;
        if (count == -1 && errno == EAGAIN) return;
        if (count == 0 || (count == -1 && errno != EINTR)) close_file(&child->in);
    }
}

/* Takes what is there; what goes beyond the limit is read and dropped. Closes at the end. */
static void take(int *fd, char *text, size_t *length, size_t limit) {
    char rest[4096];
    while (*fd != -1) {
        bool is_full = *length == limit;
        ssize_t count = read(*fd, is_full ? rest : text + *length, is_full ? sizeof rest : limit - *length);
        if (count > 0 && !is_full) *length += (size_t)count;
        // One that never stops is given time for others.
        if (count > 0 && is_full) return;
        if (count == -1 && errno == EAGAIN) return;
        if (count == 0 || (count == -1 && errno != EINTR)) close_file(fd);
    }
}

static void note_child(int signal) {
    (void)signal;
}

static void note_stop(int signal) {
    stop_signal = signal;
}

/* The signals are taken only while `ppoll` waits, so that none is lost. */
static void take_signals_in_poll(void) {
    static const int stops[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    struct sigaction ended = {.sa_handler = note_child}, stopped = {.sa_handler = note_stop}, before;
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigaction(SIGCHLD, &ended, NULL);
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        // Whoever started this with one ignored, as nohup does, wants it to be.
        if (sigaction(stops[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN) continue;
        sigaddset(&blocked, stops[i]);
        sigaction(stops[i], &stopped, NULL);
    }
    sigprocmask(SIG_BLOCK, &blocked, NULL);
}

/* @return whether the main program has ended; it is left to be waited for, so that its number stays its own */
static bool has_ended(pid_t pid, siginfo_t *end) {
    end->si_pid = 0;
    return waitid(P_PID, (id_t)pid, end, WEXITED | WNOHANG | WNOWAIT) == 0 && end->si_pid == pid;
}

static void wait_a_moment(int ms) {
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000l}, NULL);
}

/* Ends every process that became this one's child, until there is none or it takes too long. */
static void end_orphans(void) {
    char path[64], list[4096];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    for (int i = 0; i < ENDING_MS; i++) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t length = fd == -1 ? 0 : read(fd, list, sizeof list - 1);
        close(fd);
        if (length <= 0) return;
        list[length] = '\0';
        char *at = list;
        for (long pid = strtol(at, &at, 10); pid > 0; pid = strtol(at, &at, 10)) kill((pid_t)pid, SIGKILL);
        while (waitpid(-1, NULL, WNOHANG) > 0) continue;
        wait_a_moment(1);
    }
}

/* @param with_orphans whether what left the group, or was a group of its own, is ended, too */
static void end_group(pid_t pid, bool with_orphans) {
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    for (int i = 0; i < ENDING_MS && waitpid(pid, NULL, WNOHANG) == 0; i++) wait_a_moment(1);
    if (with_orphans) end_orphans();
}

/* Ends the group as this process was told to end, and ends. */
static void pass_on_stop(pid_t pid) {
    siginfo_t end;
    kill(-pid, stop_signal);
    kill(-pid, SIGCONT);
    for (int i = 0; i < STOPPING_MS && !has_ended(pid, &end); i++) wait_a_moment(1);
    end_group(pid, true);
    signal(stop_signal, SIG_DFL);
    sigset_t all;
    sigemptyset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    raise(stop_signal);
}

static void why_it_ended(const siginfo_t *end, const struct child *child, char why[WHY_BYTES]) {
    struct fault fault;
    int signal = end->si_status;
    if (read(child->faults, &fault, sizeof fault) == (ssize_t)sizeof fault) {
        why_not_started(&fault, why);
    } else if (end->si_code != CLD_EXITED) {
        snprintf(why, WHY_BYTES,
                 "The main program was ended by signal %d (%s) [program-ended]. Run: " NAME " doctor", signal, strsignal(signal));
    } else if (out_length == 0 && end->si_status == LOADER_FAILED) {
        snprintf(why, WHY_BYTES,
                 "A library that the main program needs is missing [not-started]. On Alpine, run: apk add libstdc++");
    } else {
        why_ended(end->si_status, out_length, why);
    }
}

/* Says what the main program said, if it is an answer. @return the exit status; -1: it is none */
static int repeat_answer(enum verb verb, const siginfo_t *end) {
    int status = status_that_answers(verb, out_text, out_length, end->si_code == CLD_EXITED ? end->si_status : WAS_ENDED);
    if (status == -1) return -1;
    say(out_text, verb == ERASE ? 0 : out_length, err_text, err_length);
    return status;
}

/* Waits until the main program has ended, it is late, or there is too much. @return whether it has ended */
static bool watch(struct child *child, const struct request *request, siginfo_t *end) {
    sigset_t none;
    sigemptyset(&none);
    for (;;) {
        feed(child, request);
        bool is_over = has_ended(child->pid, end);
        take(&child->out, out_text, &out_length, sizeof out_text);
        take(&child->err, err_text, &err_length, sizeof err_text);
        if (is_over || is_late || stop_signal != 0 || out_length > LARGEST_ANSWER) return is_over;
        struct pollfd files[] = {
            {.fd = child->in, .events = POLLOUT},
            {.fd = child->out, .events = POLLIN},
            {.fd = child->err, .events = POLLIN},
        };
        ppoll(files, 3, NULL, &none);
    }
}

int supervise(const struct supervised *what) {
    struct child child;
    siginfo_t end = {.si_code = 0};
    char why[WHY_BYTES];
    enum verb verb = what->verb;
    take_signals_in_poll();
    if (!start(what, &child)) {
        snprintf(why, sizeof why, "The main program can't be started: %s [not-started]", strerror(errno));
        return fail(verb, what->request, why);
    }
    bool is_over = watch(&child, what->request, &end);
    if (stop_signal != 0) pass_on_stop(child.pid);
    end_flight();
    int status = repeat_answer(verb, &end);
    bool has_failed = status == -1;
    if (has_failed) {
        if (out_length > LARGEST_ANSWER) why_too_much(why);
        else if (is_over) why_it_ended(&end, &child, why);
        else why_late(verb, what->request, true, why);
        status = fail(verb, what->request, why);
    }
    // A renewal, which is started once the answer is out, goes on in a session of its own.
    end_group(child.pid, has_failed);
    return status;
}
