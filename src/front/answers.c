/* What engines ask and understand, and the sentences for it: the same on every system. */
#include <stdio.h>
#include <string.h>

#include "front.h"

const char *const RUNTIME_VARIABLES[] = {"BUN_OPTIONS=", "BUN_BE_BUN=", "BUN_INSPECT", "BUN_JSC_", NULL};

bool read_verb(int count, char **arguments, enum verb *found) {
    static const char *const words[] = {[GET] = "get", [STORE] = "store", [ERASE] = "erase", [LIST] = "list"};
    *found = PROVIDE;
    if (count == 3 && strcmp(arguments[1], "kubelet") == 0) return strcmp(arguments[2], "provide") == 0;
    for (int i = GET; i <= LIST && count > 1; i++) {
        if (strcmp(arguments[1], words[i]) != 0) continue;
        *found = (enum verb)i;
        return i == GET || count == 2;
    }
    return false;
}

bool is_host_character(char it) {
    return (it >= 'a' && it <= 'z') || (it >= '0' && it <= '9') || it == '.' || it == '-' || it == '_' || it == ':';
}

void read_host(enum verb verb, struct request *request) {
    const char *host = request->bytes;
    size_t length = 0;
    if (verb == PROVIDE) {
        length = host_of_provider_request(request->bytes, request->length, &host);
    } else {
        while (length < request->length && host[length] != '\n' && is_host_character(host[length])) length++;
        if (length < request->length && host[length] != '\n') return;
    }
    if (length == 0 || length > LONGEST_RECORD_NAME) return;
    memcpy(request->host, host, length);
    // As src/files/answer-file.ts has it, `kubeletsName`.
    snprintf(request->record_name, sizeof request->record_name, "%s%s", request->host, verb == PROVIDE ? "~kubelet" : "");
}

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

int status_that_answers(enum verb verb, const char *text, size_t length, int status) {
    // What ended it once its answer was whole does not change it.
    if ((verb == GET || verb == PROVIDE) && status == WAS_ENDED) return status_of_answer(verb, text, length);
    return status != WAS_ENDED && is_answer(verb, text, length, status) ? status : -1;
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

void why_not_startable(const char *path, const char *what, const char *cause, char why[WHY_BYTES]) {
    snprintf(why, WHY_BYTES, "%.600s %s (%s) [not-started]. Install " NAME " again: its two programs belong together.", path, what,
             cause);
}

void why_ended(int status, size_t length, char why[WHY_BYTES]) {
    snprintf(why, WHY_BYTES, "The main program ended with status %d and %s [program-ended]. Run: " NAME " doctor", status,
             length == 0 ? "no answer" : "what is no answer");
}

void why_too_much(char why[WHY_BYTES]) {
    snprintf(why, WHY_BYTES, "The main program said too much [program-ended]. Run: " NAME " doctor");
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
                           : verb == PROVIDE ? "No request came in time: stdin stayed open [late]. Run: " NAME " help kubelet"
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
