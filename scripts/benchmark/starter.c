/*
 * Starts a program as engines do, for the benchmarks: a small process that forks at once, with pipes for stdin and stdout.
 *
 *   starter INPUT STATUS PROGRAM [ARGUMENT...]
 *
 * For each line of stdin, a number, it starts as many at the same time, and writes how long that took until the last one had
 * ended (ns), the largest memory of one (KB), and how many ended with another status than STATUS or said nothing.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1000 };

struct run {
    pid_t pid;
    int out;
};

static long long now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static struct run start(const char *input, char **command) {
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0) exit(1);
    // All that is asked is there before it starts: on a busy machine it would wait for this process's turn, too.
    if (write(in[1], input, strlen(input)) < 0) exit(1);
    close(in[1]);
    pid_t pid = vfork();
    if (pid == -1) exit(1);
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[0]), close(out[0]), close(out[1]);
        execv(command[0], command);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    return (struct run){pid, out[0]};
}

int main(int count, char **arguments) {
    static struct run runs[MOST];
    static char said[65536];
    int wanted;
    if (count < 4) return 2;
    while (scanf("%d", &wanted) == 1 && wanted <= MOST) {
        long memory = 0;
        int wrong = 0;
        long long started = now_ns();
        for (int i = 0; i < wanted; i++) runs[i] = start(arguments[1], arguments + 3);
        for (int i = 0; i < wanted; i++) {
            size_t length = 0;
            ssize_t got;
            while ((got = read(runs[i].out, said, sizeof said)) > 0) length += (size_t)got;
            close(runs[i].out);
            int status;
            struct rusage usage;
            wait4(runs[i].pid, &status, 0, &usage);
            if (usage.ru_maxrss > memory) memory = usage.ru_maxrss;
            if (!WIFEXITED(status) || WEXITSTATUS(status) != atoi(arguments[2]) || length == 0) wrong++;
        }
        printf("%lld %ld %d\n", now_ns() - started, memory, wrong);
        fflush(stdout);
    }
    return 0;
}
