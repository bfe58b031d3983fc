/*
 * Warm gets, one after the other, while another process replaces the record, and what it depends on, underneath.
 *
 *   replaced-records GETS FRONT HOST READY SOURCE A B
 *
 * A and B are files; beside each lies FILE.ready, a record that holds while SOURCE is a link to FILE, and FILE.line, what it says.
 * An answer must be the line of a file that SOURCE was a link to at some time during the get, or the main program's. Started as
 * the main program it answers a line of its own.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OF_MAIN "{\"ServerURL\":\"h\",\"Username\":\"u\",\"Secret\":\"main\"}\n"

enum { LONGEST = 65536, LINKS = 1 << 22 };

/* When SOURCE was made a link to the one or the other: at some time between these. */
struct change {
    long long before, after;
};

struct shared {
    /* One that is begun and not counted yet may be seen already. */
    volatile long begun, count;
    struct change changes[LINKS];
};

static long long now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static size_t read_file(const char *base, const char *suffix, char *text) {
    char path[4096];
    snprintf(path, sizeof path, "%s%s", base, suffix);
    int fd = open(path, O_RDONLY);
    ssize_t length = read(fd, text, LONGEST);
    if (fd == -1 || length <= 0) exit(3);
    close(fd);
    return (size_t)length;
}

static void replace(const char *path, const char *text, size_t length) {
    char next[4096];
    snprintf(next, sizeof next, "%s.next", path);
    int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd == -1 || write(fd, text, length) != (ssize_t)length) exit(3);
    close(fd);
    if (rename(next, path) != 0) exit(3);
}

/* The source is the first of the two to begin with, and changes with each. */
static void keep_changing(struct shared *shared, const char *ready, const char *source, char *files[2]) {
    static char records[2][LONGEST];
    size_t lengths[2] = {read_file(files[0], ".ready", records[0]), read_file(files[1], ".ready", records[1])};
    char next[4096];
    snprintf(next, sizeof next, "%s.next", source);
    srand(7);
    while (shared->count < LINKS) {
        int which = rand() % 2;
        if (rand() % 3 != 0) {
            replace(ready, records[which], lengths[which]);
        } else {
            struct change *change = &shared->changes[shared->count];
            unlink(next);
            if (symlink(files[(shared->count + 1) % 2], next) != 0) exit(3);
            change->before = now_ns();
            __sync_synchronize();
            shared->begun++;
            if (rename(next, source) != 0) exit(3);
            change->after = now_ns();
            __sync_synchronize();
            shared->count++;
        }
        usleep((useconds_t)(rand() % 3000));
    }
}

/* Whether the source may have been the file during that time. Change number N makes it file (N + 1) % 2. */
static bool may_hold(const struct shared *shared, int file, long long from, long long until) {
    long count = shared->count;
    if (shared->begun > count && (count + 1) % 2 == file) return true;
    for (long i = count; i >= 0; i--) {
        // From change i - 1 on, until change i.
        long long begins = i == 0 ? 0 : shared->changes[i - 1].before;
        long long ends = i == count ? until : shared->changes[i].after;
        if (i % 2 == file && begins <= until && ends >= from) return true;
        if (ends < from) return false;
    }
    return false;
}

static size_t get(char **command, const char *host, char *text) {
    int in[2], out[2], status;
    if (pipe(in) != 0 || pipe(out) != 0) exit(3);
    pid_t pid = vfork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        for (int i = 0; i < 2; i++) close(in[i]), close(out[i]);
        execv(command[0], command);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    if (write(in[1], host, strlen(host)) < 0) exit(3);
    close(in[1]);
    size_t length = 0;
    for (ssize_t count; (count = read(out[0], text + length, LONGEST - length)) > 0;) length += (size_t)count;
    close(out[0]);
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        printf("status %d: %.*s\n", status, (int)length, text);
        exit(1);
    }
    return length;
}

int main(int count, char **arguments) {
    static char lines[2][LONGEST], text[LONGEST];
    if (count == 2) return fputs(OF_MAIN, stdout) < 0;
    if (count != 8) return 2;
    char *files[2] = {arguments[6], arguments[7]};
    size_t lengths[2] = {read_file(files[0], ".line", lines[0]), read_file(files[1], ".line", lines[1])};
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t changing = fork();
    if (changing == 0) keep_changing(shared, arguments[4], arguments[5], files);
    long told[3] = {0};
    for (long i = 0, gets = atol(arguments[1]); i < gets; i++) {
        long long from = now_ns();
        size_t length = get((char *[]){arguments[2], "get", NULL}, arguments[3], text);
        long long until = now_ns();
        int file = length == lengths[0] && memcmp(text, lines[0], length) == 0   ? 0
                   : length == lengths[1] && memcmp(text, lines[1], length) == 0 ? 1
                   : length == strlen(OF_MAIN) && memcmp(text, OF_MAIN, length) == 0
                       ? 2
                       : 3;
        if (file == 3 || (file < 2 && !may_hold(shared, file, from, until))) {
            printf("get %ld: %s: %.*s\n", i, file == 3 ? "torn" : "void", (int)(length < 300 ? length : 300), text);
            kill(changing, SIGKILL);
            return 1;
        }
        told[file]++;
    }
    kill(changing, SIGKILL);
    printf("%ld %ld from records, %ld from the main program, %ld changes of the source\n", told[0], told[1], told[2], shared->count);
    return 0;
}
