/* What engines understand, and how it is said. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "front.h"

static const char NOT_FOUND[] = "credentials not found in native keychain\n";

bool skip_text(const char **at, const char *end, const char *text) {
    size_t length = strlen(text);
    if ((size_t)(end - *at) < length || memcmp(*at, text, length) != 0) return false;
    *at += length;
    return true;
}

bool skip_string(const char **at, const char *end) {
    if (!skip_text(at, end, "\"")) return false;
    for (; *at < end; ++*at) {
        unsigned char it = (unsigned char)**at;
        if (it == '"') {
            ++*at;
            return true;
        }
        if (it < ' ') return false;
        if (it == '\\' && ++*at == end) return false;
    }
    return false;
}

/* A credential, whole: one line of JSON with these three, in this order. */
static bool is_credential(const char *text, size_t length) {
    const char *at = text, *end = text + length;
    return skip_text(&at, end, "{\"ServerURL\":") && skip_string(&at, end) && skip_text(&at, end, ",\"Username\":") &&
           skip_string(&at, end) && skip_text(&at, end, ",\"Secret\":") && skip_string(&at, end) &&
           skip_text(&at, end, "}\n") && at == end;
}

bool skip_strings(const char **at, const char *end) {
    if (!skip_text(at, end, "{")) return false;
    for (bool is_first = true; *at < end && **at != '}'; is_first = false) {
        if (!is_first && !skip_text(at, end, ",")) return false;
        if (!skip_string(at, end) || !skip_text(at, end, ":") || !skip_string(at, end)) return false;
    }
    return skip_text(at, end, "}");
}

/* A JSON object of strings, on one line. */
static bool is_listing(const char *text, size_t length) {
    const char *at = text, *end = text + length;
    return skip_strings(&at, end) && skip_text(&at, end, "\n") && at == end;
}

int status_of_answer(enum verb verb, const char *text, size_t length) {
    if (verb == PROVIDE) return is_provider_response(text, length) ? 0 : -1;
    if (length == sizeof NOT_FOUND - 1 && memcmp(text, NOT_FOUND, length) == 0) return 1;
    return is_credential(text, length) ? 0 : -1;
}

bool is_answer(enum verb verb, const char *text, size_t length, int status) {
    switch (verb) {
        case GET:
        case PROVIDE: return status == status_of_answer(verb, text, length);
        case LIST: return status == 0 && is_listing(text, length);
        case ERASE: return status == 0;
        // A store that failed says why.
        case STORE: return status == 0 || (status == 1 && length > 1 && text[length - 1] == '\n');
    }
    return false;
}

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

int fail(enum verb verb, const struct request *request, const char *why) {
    char none[PROVIDER_NONE_BYTES];
    char line[WHY_BYTES + sizeof NAME + 3];
    bool is_store = verb == STORE;
    int length = snprintf(line, sizeof line, "%s%s\n", is_store ? "" : NAME ": ", why);
    if (is_store) {
        // Engines show a person what a store that failed says on stdout.
        say(line, (size_t)length, NULL, 0);
        return 1;
    }
    if (verb == PROVIDE) write_no_credential(request, none);
    const char *out = verb == GET ? NOT_FOUND : verb == LIST ? "{}\n" : verb == PROVIDE ? none : "";
    say(out, strlen(out), line, (size_t)length);
    // podman, buildah and skopeo can't bear an erase that fails; a classic docker build no list that does; and a kubelet
    // takes no answer from a provider that does.
    return verb == GET ? 1 : 0;
}

/* A path as it may reach a terminal. */
static void copy_visible(const char *text, char *copy, size_t size) {
    size_t i = 0;
    for (; text[i] != '\0' && i + 1 < size; i++) copy[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
    copy[i] = '\0';
}

void why_late(enum verb verb, const struct request *request, bool is_started, char why[WHY_BYTES]) {
    const char *file = request->file;
    char host[256], shown[512];
    copy_visible(request->host, host, sizeof host);
    if (!is_started && !request->is_complete) {
        const char *text = verb == GET
                               ? "No registry host came in time: stdin stayed open [late]. Run: echo REGISTRY_HOST | " NAME " get"
                           : verb == PROVIDE ? "No request came in time: stdin stayed open [late]"
                                             : "It could not be done in time: stdin stayed open [out-of-time]";
        snprintf(why, WHY_BYTES, "%s", text);
    } else if (!is_started && file != NULL) {
        copy_visible(file, shown, sizeof shown);
        snprintf(why, WHY_BYTES,
                 "No answer for %s in time: the file system of %s does not answer [late]. Reconnect or unmount it.", host,
                 shown);
    } else if ((verb != GET && verb != PROVIDE) || host[0] == '\0') {
        snprintf(why, WHY_BYTES,
                 "It could not be done in time: a cluster, a plugin, the keychain or a file takes too long [out-of-time]");
    } else {
        snprintf(why, WHY_BYTES,
                 "No answer for %s in time: a cluster, a plugin or a file takes too long [late]. Run: " NAME " %s %s", host,
                 verb == GET ? "renew" : "doctor", host);
    }
}
