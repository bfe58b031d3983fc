/* Reads what is asked, and looks for the record that answers it. Everything that can hang is here. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "front.h"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_statx
#error "this C library knows no statx"
#endif

static char record[LARGEST_RECORD];

/*
 * Opens what the kernel has at hand, without asking any file system; -1 and EAGAIN: it would have to, or it is too old
 * to tell.
 */
static int open_at_hand(const char *path, int flags) {
    /* struct open_how of linux/openat2.h, and RESOLVE_CACHED */
    struct {
        uint64_t flags, mode, resolve;
    } how = {.flags = (uint64_t)(flags | O_CLOEXEC), .resolve = 0x20};
    return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

/* statx(2) with AT_EMPTY_PATH and AT_STATX_DONT_SYNC: what is known of an open file without asking who serves it. */
struct known {
    uint32_t unused[7];
    uint16_t mode, unused_too[1];
    uint64_t numbers[4], times[8];
    uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
    uint64_t rest[14];
};
_Static_assert(sizeof(struct known) == 256 && offsetof(struct known, dev_major) == 136, "the layout of struct statx");

static bool know_file(int fd, struct known *it) {
    return syscall(SYS_statx, fd, "", 0x1000 | 0x4000, 0x7ff, it) == 0;
}

/* Whether a file is on a device of this machine: what others serve, by FUSE or the network, has no number of a driver. */
static bool is_local(int fd) {
    struct known it;
    return know_file(fd, &it) && it.dev_major != 0;
}

/* stat(2); if `request` is not to wait, only where that is sure not to hang, else the request is doubtful. */
static int look_at(struct request *request, const char *path, struct stat *it) {
    request->file = path;
    if (request->may_wait) return stat(path, it);
    int fd = open_at_hand(path, O_PATH), found = -1;
    if (fd == -1 && (errno == ENOENT || errno == ENOTDIR)) return -1;
    if (fd != -1 && is_local(fd)) found = fstat(fd, it);
    else request->is_doubtful = true;
    if (fd != -1) close(fd);
    return found;
}

/* Reads stdin to its end, its first newline if that ends it, or its limit. */
static void read_stdin(struct request *request, size_t limit, bool ends_at_newline) {
    while (request->length < limit) {
        ssize_t count = read(0, request->bytes + request->length, limit - request->length);
        if (count == -1 && errno == EAGAIN) {
            poll(&(struct pollfd){.fd = 0, .events = POLLIN}, 1, -1);
        } else if (count == -1 && errno != EINTR) {
            // A directory, for one: nothing is asked.
            break;
        }
        if (is_late) return;
        if (count == 0) break;
        if (count < 0) continue;
        const char *fresh = request->bytes + request->length;
        request->length += (size_t)count;
        if (ends_at_newline && memchr(fresh, '\n', (size_t)count) != NULL) break;
    }
    request->is_complete = true;
}

static const char *value_of(char *const *environment, const char *name) {
    size_t length = strlen(name);
    for (; *environment != NULL; environment++) {
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=') return *environment + length + 1;
    }
    return NULL;
}

/* The absolute path in a variable, without slashes at its end; its length in `length`. NULL: it holds none. */
static const char *base_in(char *const *environment, const char *name, int *length) {
    const char *base = value_of(environment, name);
    if (base == NULL || base[0] != '/' || strlen(base) >= PATH_BYTES) return NULL;
    *length = (int)strlen(base);
    while (*length > 0 && base[*length - 1] == '/') --*length;
    return base;
}

/* Where the main program keeps what can be made anew (src/files/directories.ts). */
static bool cache_directory(char *const *environment, char path[PATH_BYTES]) {
    int length, written;
    const char *base;
    if ((base = base_in(environment, "XDG_CACHE_HOME", &length)) != NULL) {
        written = snprintf(path, PATH_BYTES, "%.*s/" NAME, length, base);
    } else if ((base = base_in(environment, "HOME", &length)) != NULL) {
        written = snprintf(path, PATH_BYTES, "%.*s/.cache/" NAME, length, base);
    } else if ((base = base_in(environment, "XDG_RUNTIME_DIR", &length)) != NULL) {
        written = snprintf(path, PATH_BYTES, "%.*s/" NAME, length, base);
    } else {
        const char *temporary = value_of(environment, "TMPDIR");
        if (temporary == NULL || temporary[0] == '\0') base = "/tmp", length = 4;
        else if ((base = base_in(environment, "TMPDIR", &length)) == NULL) return false;
        written = snprintf(path, PATH_BYTES, "%.*s/" NAME "-%lu", length, base, (unsigned long)geteuid());
    }
    return written < PATH_BYTES;
}

/* Reads a regular file that is this user's and nobody else's. @return its length; -1: it is none */
static ssize_t read_private(struct request *request, const char *path, char *bytes, size_t limit) {
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    struct stat it;
    request->file = path;
    if (!request->may_wait && look_at(request, path, &it) != 0) return -1;
    int fd = request->may_wait ? open(path, flags) : open_at_hand(path, flags);
    if (fd == -1) {
        request->is_doubtful = !request->may_wait;
        return -1;
    }
    ssize_t length = -1;
    if (fstat(fd, &it) == 0 && S_ISREG(it.st_mode) && it.st_uid == geteuid() && (it.st_mode & 077) == 0 &&
        it.st_size > 0 && (size_t)it.st_size <= limit) {
        length = read(fd, bytes, (size_t)it.st_size);
        if (length != it.st_size) length = -1;
    }
    close(fd);
    return length;
}

static bool read_boot_id(char id[BOOT_ID_BYTES]) {
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd == -1) return false;
    ssize_t length = read(fd, id, BOOT_ID_BYTES - 1);
    close(fd);
    return length == BOOT_ID_BYTES - 1;
}

static uint64_t now_ms(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool working_directory(const struct world *world, char text[PATH_BYTES]) {
    (void)world;
    return getcwd(text, PATH_BYTES) != NULL;
}

/* As src/files/hot-files.ts spells it, which follows links, too. */
static void stamp_of(const struct world *world, const char *path, char text[STAMP_BYTES]) {
    struct stat it;
    if (look_at(world->context, path, &it) != 0) {
        strcpy(text, "-");
        return;
    }
    snprintf(text, STAMP_BYTES, "%lld:%lld:%lld:%lld:%lld", (long long)it.st_dev, (long long)it.st_ino,
             (long long)it.st_size, it.st_mtim.tv_sec * 1000000000ll + it.st_mtim.tv_nsec,
             it.st_ctim.tv_sec * 1000000000ll + it.st_ctim.tv_nsec);
}

/* The record's file: of all that may be in its name, only a colon is written otherwise. */
static bool record_path(const char *cache, const char *record_name, char path[PATH_BYTES]) {
    int length = snprintf(path, PATH_BYTES, "%s/answers/", cache);
    if (length >= PATH_BYTES - 3 * LONGEST_RECORD_NAME - 32) return false;
    for (; *record_name != '\0'; record_name++) {
        if (*record_name == ':') {
            memcpy(path + length, "%3A", 3);
            length += 3;
        } else {
            path[length++] = *record_name;
        }
    }
    strcpy(path + length, ".ready");
    return true;
}

static void find_answer(struct request *request, char *const *environment) {
    static char cache[PATH_BYTES], path[PATH_BYTES], key_path[PATH_BYTES];
    char key[2 * KEY_BYTES + 1];
    struct world world = {
        .environment = environment,
        .uid = geteuid(),
        .directory = working_directory,
        .stamp = stamp_of,
        .context = request,
    };
    if (!cache_directory(environment, cache) || !record_path(cache, request->record_name, path)) return;
    request->record = path;
    ssize_t length = read_private(request, path, record, sizeof record);
    if (length <= 0) return;
    if (snprintf(key_path, sizeof key_path, "%s/key", cache) >= (int)sizeof key_path) return;
    if (read_private(request, key_path, key, sizeof key) != (ssize_t)sizeof key || key[2 * KEY_BYTES] != '\n') return;
    if (!read_hex(key, world.key, KEY_BYTES)) return;
    if (!read_boot_id(world.boot_id)) world.boot_id[0] = '\0';
    world.wall_ms = now_ms(CLOCK_REALTIME);
    world.boot_ms = now_ms(CLOCK_BOOTTIME);
    // What was not looked at for fear of waiting may be anything, and not only absent.
    bool holds = record_holds(record, (size_t)length, request->record_name, &world, &request->answer);
    request->is_answered = holds && !request->is_doubtful;
}

bool is_stdin_a_pipe(void) {
    struct known it;
    return know_file(0, &it) && (S_ISFIFO(it.mode) || S_ISSOCK(it.mode));
}

void read_input(enum verb verb, struct request *request) {
    if (!is_stdin_a_pipe() && isatty(0)) {
        request->is_terminal = true;
        return;
    }
    bool ends_at_newline = verb == GET || verb == ERASE;
    read_stdin(request, ends_at_newline ? LONGEST_HOST : LONGEST_JSON, ends_at_newline);
    if (request->is_complete && verb != STORE) read_host(verb, request);
}

void look_for_answer(enum verb verb, struct request *request, char *const *environment, bool may_wait) {
    request->may_wait = may_wait;
    request->is_doubtful = false;
    if ((verb == GET || verb == PROVIDE) && request->host[0] != '\0') find_answer(request, environment);
    request->file = NULL;
}
