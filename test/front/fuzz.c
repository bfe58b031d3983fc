/*
 * For libFuzzer (scripts/fuzz --front): everything that the front reads and that others may have written. The first byte says which:
 * a record in a world, a request with an environment, or what a main program said. Built without siphash.c: a digest is all
 * zeros here, so that what lies behind it is reached.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

#include "../../src/front/answers.c"
#include "../../src/front/provider.c"
#include "../../src/front/request.c"
#include "../../src/front/say.c"

volatile sig_atomic_t is_late;

void siphash_start(struct siphash *state, const uint8_t key[KEY_BYTES]) {
    (void)state, (void)key;
}
void siphash_add(struct siphash *state, const void *bytes, size_t length) {
    const volatile uint8_t *at = bytes;
    (void)state;
    // Read, for the sanitizer to see.
    for (size_t i = 0; i < length; i++) (void)at[i];
}
void siphash_end(struct siphash *state, uint8_t digest[DIGEST_BYTES]) {
    (void)state;
    memset(digest, 0, DIGEST_BYTES);
}

static void check(bool holds) {
    if (!holds) __builtin_trap();
}

static bool fuzzed_directory(const struct world *world, char text[PATH_BYTES]) {
    (void)world;
    strcpy(text, "/work");
    return true;
}

static void fuzzed_stamp(const struct world *world, const char *path, char text[STAMP_BYTES]) {
    (void)world;
    strcpy(text, strlen(path) % 2 == 0 ? "-" : "1:2:3:4:5");
}

/* The bytes up to a NUL, of which the rest is left; the fuzzer's own copy ends where they do, for overruns to be seen. */
static char *cut(const uint8_t **data, size_t *size) {
    const uint8_t *nul = memchr(*data, '\0', *size);
    size_t length = nul == NULL ? *size : (size_t)(nul - *data);
    char *text = malloc(length + 1);
    memcpy(text, *data, length);
    text[length] = '\0';
    *data += nul == NULL ? length : length + 1;
    *size -= nul == NULL ? length : length + 1;
    return text;
}

static void fuzz_record(const uint8_t *data, size_t size) {
    char *home = cut(&data, &size), *variable = cut(&data, &size);
    char *environment[] = {home, variable, NULL};
    struct world world = {.environment = environment,
                          .uid = 1000,
                          .wall_ms = 1700000001000,
                          .boot_ms = 5000,
                          .boot_id = "start",
                          .directory = fuzzed_directory,
                          .stamp = fuzzed_stamp};
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    struct answer answer;
    if (record_holds(text, size, "h", &world, &answer)) {
        check(answer.status == 0 || answer.status == 1);
        check(answer.out >= text && answer.out + answer.out_length <= text + size);
        check(answer.out_length > 0 && answer.out[answer.out_length - 1] == '\n');
        check(memchr(answer.out, '\n', answer.out_length - 1) == NULL);
        if (answer.err_length > 0) {
            check(answer.err >= answer.out + answer.out_length && answer.err + answer.err_length <= text + size);
            check(answer.err_length > 1 && answer.err[answer.err_length - 1] == '\n');
        }
    }
    free(text);
    free(home);
    free(variable);
}

static struct request fuzzed;

static void fuzz_request(const uint8_t *data, size_t size) {
    static char path[PATH_BYTES], cache[PATH_BYTES];
    char *variables[5] = {NULL};
    for (int i = 0; i < 4; i++) variables[i] = cut(&data, &size);
    memset(fuzzed.host, 0, sizeof fuzzed.host);
    memset(fuzzed.record_name, 0, sizeof fuzzed.record_name);
    fuzzed.length = size < LONGEST_HOST ? size : LONGEST_HOST;
    memcpy(fuzzed.bytes, data, fuzzed.length);
    read_host(size % 2 == 0 ? GET : PROVIDE, &fuzzed);
    for (const char *at = fuzzed.host; *at != '\0'; at++) check(strchr("abcdefghijklmnopqrstuvwxyz0123456789.-_:", *at) != NULL);
    check(strlen(fuzzed.host) <= LONGEST_RECORD_NAME);
    if (cache_directory(variables, cache)) {
        check(cache[0] == '/' && strlen(cache) < PATH_BYTES);
        if (record_path(cache, fuzzed.record_name, path)) {
            const char *name = strrchr(path, '/');
            check(strlen(path) < PATH_BYTES && name != NULL && strlen(name) >= sizeof ".ready");
        }
    }
    for (int i = 0; i < 4; i++) free(variables[i]);
}

/* All of stdin's ways: what is there, in the pieces that a file gives. */
static void fuzz_stdin(const uint8_t *data, size_t size) {
    static int file = -1;
    if (file == -1) {
        file = memfd_create("stdin", 0);
        dup2(file, 0);
    }
    if (ftruncate(0, 0) != 0 || pwrite(0, data, size, 0) != (ssize_t)size) return;
    lseek(0, 0, SEEK_SET);
    fuzzed.length = 0;
    fuzzed.is_complete = false;
    read_stdin(&fuzzed, size % 2 == 0 ? LONGEST_HOST : LONGEST_JSON, size % 3 != 0);
    check(fuzzed.is_complete && fuzzed.length <= size && memcmp(fuzzed.bytes, data, fuzzed.length) == 0);
}

static void fuzz_answer(const uint8_t *data, size_t size) {
    char *text = malloc(size);
    if (size > 0) memcpy(text, data, size);
    int status = status_of_answer(size % 2 == 0 ? GET : PROVIDE, text, size);
    check(status == -1 || (size > 0 && text[size - 1] == '\n' && memchr(text, '\n', size - 1) == NULL));
    for (int verb = GET; verb <= PROVIDE; verb++) is_answer((enum verb)verb, text, size, (int)(size % 3));
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    void (*const targets[])(const uint8_t *, size_t) = {fuzz_record, fuzz_record, fuzz_request, fuzz_answer, fuzz_stdin};
    targets[data[0] % 5](data + 1, size - 1);
    return 0;
}
