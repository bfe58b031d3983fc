/* Reads what is asked, and looks for the record that answers it. Everything that can hang is here. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "front.h"

/* File systems take 255 bytes; a longer host has no record. */
enum { LONGEST_RECORD_NAME = 200 };

static char record[LARGEST_RECORD];

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

/* The first line, if it is a host as engines spell it nearly always; every other spelling is the main program's. */
static void read_host(struct request *request) {
    size_t length = 0;
    while (length < request->length && request->bytes[length] != '\n') length++;
    if (length == 0 || length > LONGEST_RECORD_NAME) return;
    for (size_t i = 0; i < length; i++) {
        char it = request->bytes[i];
        bool is_usual = (it >= 'a' && it <= 'z') || (it >= '0' && it <= '9') || it == '.' || it == '-' || it == '_' || it == ':';
        if (!is_usual) return;
    }
    memcpy(request->host, request->bytes, length);
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
static ssize_t read_private(const char *path, char *bytes, size_t limit) {
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd == -1) return -1;
    struct stat it;
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
    struct request *request = world->context;
    struct stat it;
    request->file = path;
    if (stat(path, &it) != 0) {
        strcpy(text, "-");
        return;
    }
    snprintf(text, STAMP_BYTES, "%lld:%lld:%lld:%lld:%lld", (long long)it.st_dev, (long long)it.st_ino,
             (long long)it.st_size, it.st_mtim.tv_sec * 1000000000ll + it.st_mtim.tv_nsec,
             it.st_ctim.tv_sec * 1000000000ll + it.st_ctim.tv_nsec);
}

/* The host's file: of all that may be in its name, only a colon is written otherwise. */
static bool record_path(const char *cache, const char *host, char path[PATH_BYTES]) {
    int length = snprintf(path, PATH_BYTES, "%s/answers/", cache);
    if (length >= PATH_BYTES - 3 * LONGEST_RECORD_NAME - 8) return false;
    for (; *host != '\0'; host++) {
        if (*host == ':') {
            memcpy(path + length, "%3A", 3);
            length += 3;
        } else {
            path[length++] = *host;
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
    if (!cache_directory(environment, cache) || !record_path(cache, request->host, path)) return;
    request->record = path;
    request->file = path;
    ssize_t length = read_private(path, record, sizeof record);
    if (length <= 0) return;
    if (snprintf(key_path, sizeof key_path, "%s/key", cache) >= (int)sizeof key_path) return;
    request->file = key_path;
    if (read_private(key_path, key, sizeof key) != (ssize_t)sizeof key || key[2 * KEY_BYTES] != '\n') return;
    if (!read_hex(key, world.key, KEY_BYTES)) return;
    if (!read_boot_id(world.boot_id)) world.boot_id[0] = '\0';
    world.wall_ms = now_ms(CLOCK_REALTIME);
    world.boot_ms = now_ms(CLOCK_BOOTTIME);
    request->is_answered = record_holds(record, (size_t)length, request->host, &world, &request->answer);
}

void read_request(enum verb verb, struct request *request, char *const *environment) {
    // A second look, once another process has decided.
    if (request->is_complete) {
        find_answer(request, environment);
        request->file = NULL;
        return;
    }
    if (isatty(0)) {
        request->is_terminal = true;
        return;
    }
    read_stdin(request, verb == STORE ? LONGEST_STORE : LONGEST_HOST, verb != STORE);
    if (!request->is_complete || verb == STORE) return;
    read_host(request);
    if (verb == GET && request->host[0] != '\0') find_answer(request, environment);
    request->file = NULL;
}
