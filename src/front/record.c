#include "record.h"

#include <string.h>

/* The largest whole number that both programs can tell from its neighbours. */
#define LARGEST_NUMBER 9007199254740991u

/* What has not been read of a record yet. */
struct rest {
    char *at;
    char *end;
};

/* The next line, without its newline and ended by a NUL; NULL if no whole one is left, or if it holds a NUL. */
static char *next_line(struct rest *rest) {
    char *line = rest->at;
    char *newline = memchr(line, '\n', (size_t)(rest->end - line));
    if (newline == NULL || memchr(line, '\0', (size_t)(newline - line)) != NULL) return NULL;
    *newline = '\0';
    rest->at = newline + 1;
    return line;
}

/* What follows the line's name and a space; NULL if it is another line. */
static char *after_name(char *line, const char *name) {
    size_t length = strlen(name);
    if (line == NULL || strncmp(line, name, length) != 0 || line[length] != ' ') return NULL;
    return line + length + 1;
}

/* The word that `text` begins with, ended by a NUL; what follows the space after it is left in `text`: NULL if none does. */
static char *next_word(char **text) {
    char *word = *text;
    if (word == NULL) return NULL;
    char *space = strchr(word, ' ');
    *text = space == NULL ? NULL : space + 1;
    if (space != NULL) *space = '\0';
    return word;
}

/* A whole number in its only spelling. */
static bool read_number(const char *text, uint64_t *number) {
    if (text == NULL || text[0] == '\0' || (text[0] == '0' && text[1] != '\0')) return false;
    *number = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || at - text > 16) return false;
        *number = *number * 10 + (uint64_t)(*at - '0');
    }
    return *number <= LARGEST_NUMBER;
}

bool read_hex(const char *text, uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < 2 * count; i++) {
        char digit = text[i];
        uint8_t value;
        if (digit >= '0' && digit <= '9') value = (uint8_t)(digit - '0');
        else if (digit >= 'a' && digit <= 'f') value = (uint8_t)(digit - 'a' + 10);
        else return false;
        bytes[i / 2] = (uint8_t)(i % 2 == 0 ? value << 4 : bytes[i / 2] | value);
    }
    return true;
}

/*
 * A variable's value; NULL if it is not set. What is set twice is told apart by no program alike: `twice` says so.
 */
static const char *value_of(char *const *environment, const char *name, bool *twice) {
    const char *value = NULL;
    size_t length = strlen(name);
    for (; *environment != NULL; environment++) {
        if (strncmp(*environment, name, length) != 0 || (*environment)[length] != '=') continue;
        if (value != NULL) *twice = true;
        else value = *environment + length + 1;
    }
    return value;
}

/* The digest of the named variables: of each its name, `=` and its value if it is set, and a NUL. */
static bool digest_of(char *names, const struct world *world, uint8_t digest[DIGEST_BYTES]) {
    struct siphash state;
    siphash_start(&state, world->key);
    while (names != NULL) {
        const char *name = next_word(&names);
        bool twice = false;
        if (name[0] == '\0' || strchr(name, '=') != NULL) return false;
        const char *value = value_of(world->environment, name, &twice);
        if (twice) return false;
        siphash_add(&state, name, strlen(name));
        if (value != NULL) {
            siphash_add(&state, "=", 1);
            siphash_add(&state, value, strlen(value));
        }
        siphash_add(&state, "", 1);
    }
    siphash_end(&state, digest);
    return true;
}

/* `environment DIGEST UID`, and the working directory if it matters. */
static bool environment_holds(char *names, char *text, const struct world *world) {
    uint8_t digest[DIGEST_BYTES], wanted[DIGEST_BYTES];
    uint64_t uid;
    char *hex = next_word(&text);
    if (hex == NULL || strlen(hex) != 2 * DIGEST_BYTES || !read_hex(hex, wanted, DIGEST_BYTES)) return false;
    if (!read_number(next_word(&text), &uid) || uid != world->uid) return false;
    if (text != NULL) {
        char directory[PATH_BYTES];
        if (!world->directory(world, directory) || strcmp(directory, text) != 0) return false;
    }
    return digest_of(names, world, digest) && memcmp(digest, wanted, DIGEST_BYTES) == 0;
}

/*
 * `wall FROM UNTIL`, and `boot ID FROM UNTIL` or `boot -`. Until the machine is started anew the time since its start
 * tells the age, whoever sets the wall clock back; one that ran ahead is believed.
 */
static bool time_holds(char *wall, char *boot, const struct world *world) {
    uint64_t wall_from, wall_until, boot_from, boot_until;
    if (!read_number(next_word(&wall), &wall_from) || !read_number(next_word(&wall), &wall_until)) return false;
    if (wall != NULL || boot == NULL || world->wall_ms >= wall_until) return false;
    if (strcmp(boot, "-") == 0) return world->wall_ms >= wall_from;
    const char *id = next_word(&boot);
    if (!read_number(next_word(&boot), &boot_from) || !read_number(next_word(&boot), &boot_until)) return false;
    if (boot != NULL || id[0] == '\0') return false;
    if (strcmp(id, world->boot_id) != 0) return world->wall_ms >= wall_from;
    return world->boot_ms >= boot_from && world->boot_ms < boot_until;
}

/* `source STAMP PATH` */
static bool source_holds(char *text, const struct world *world) {
    char stamp[STAMP_BYTES];
    const char *wanted = next_word(&text);
    if (text == NULL || text[0] != '/' || strlen(text) >= PATH_BYTES) return false;
    world->stamp(world, text, stamp);
    return strcmp(stamp, wanted) == 0;
}

/* The text of a line that is to be said, with its newline again. */
static void restore_line(char *text, const char **line, size_t *length) {
    *length = strlen(text);
    text[(*length)++] = '\n';
    *line = text;
}

/* `answer STATUS`, `out TEXT`, if something is to be said on stderr `err TEXT`, and `end`, with which the record ends. */
static bool read_answer(const char *status, struct rest *rest, struct answer *answer) {
    if (status == NULL || (strcmp(status, "0") != 0 && strcmp(status, "1") != 0)) return false;
    char *out = after_name(next_line(rest), "out");
    char *line = next_line(rest);
    char *err = after_name(line, "err");
    if (err != NULL) line = err[0] == '\0' ? NULL : next_line(rest);
    if (out == NULL || line == NULL || strcmp(line, "end") != 0 || rest->at != rest->end) return false;
    *answer = (struct answer){.status = status[0] - '0'};
    restore_line(out, &answer->out, &answer->out_length);
    if (err != NULL) restore_line(err, &answer->err, &answer->err_length);
    return true;
}

bool record_holds(char *record, size_t length, const char *host, const struct world *world, struct answer *answer) {
    struct rest rest = {record, record + length};
    char *line = next_line(&rest);
    if (line == NULL || strcmp(line, "ready 1") != 0) return false;
    const char *name = after_name(next_line(&rest), "host");
    if (name == NULL || strcmp(name, host) != 0) return false;
    char *names = after_name(next_line(&rest), "variables");
    char *environment = after_name(next_line(&rest), "environment");
    char *wall = after_name(next_line(&rest), "wall");
    char *boot = after_name(next_line(&rest), "boot");
    if (names == NULL || environment == NULL || wall == NULL) return false;
    if (!time_holds(wall, boot, world) || !environment_holds(names, environment, world)) return false;
    for (line = next_line(&rest); line != NULL; line = next_line(&rest)) {
        char *source = after_name(line, "source");
        if (source == NULL) return read_answer(after_name(line, "answer"), &rest, answer);
        if (!source_holds(source, world)) return false;
    }
    return false;
}
