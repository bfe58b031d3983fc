/*
 * Reads cases from stdin, each a record and a world, and says what the front makes of each. A field is LENGTH:BYTES. Of a
 * world: key, user id, wall clock, time since start, the start's name, working directory (empty: none), variables and
 * stamps (NUL-ended, of stamps each path followed by its stamp).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/front/record.h"

enum { MOST_VARIABLES = 256 };

struct files {
    const char *directory;
    const char *stamps;
    size_t length;
};

static char *read_field(size_t *length) {
    if (scanf("%zu:", length) != 1) exit(0);
    char *bytes = malloc(*length + 1);
    if (bytes == NULL || fread(bytes, 1, *length, stdin) != *length) exit(2);
    bytes[*length] = '\0';
    return bytes;
}

static uint64_t read_number_field(void) {
    size_t length;
    char *text = read_field(&length);
    uint64_t number = strtoull(text, NULL, 10);
    free(text);
    return number;
}

static bool directory_in(const struct world *world, char text[PATH_BYTES]) {
    const struct files *files = world->context;
    snprintf(text, PATH_BYTES, "%s", files->directory);
    return files->directory[0] != '\0';
}

static void stamp_in(const struct world *world, const char *path, char text[STAMP_BYTES]) {
    const struct files *files = world->context;
    const char *end = files->stamps + files->length;
    for (const char *at = files->stamps; at < end;) {
        const char *stamp = at + strlen(at) + 1;
        if (strcmp(at, path) == 0) {
            snprintf(text, STAMP_BYTES, "%s", stamp);
            return;
        }
        at = stamp + strlen(stamp) + 1;
    }
    strcpy(text, "-");
}

int main(void) {
    for (;;) {
        size_t length, unused, variables_length;
        char *host = read_field(&unused);
        char *text = read_field(&length);
        char *key = read_field(&unused);
        struct files files = {0};
        struct world world = {.directory = directory_in, .stamp = stamp_in, .context = &files};
        world.uid = read_number_field();
        world.wall_ms = read_number_field();
        world.boot_ms = read_number_field();
        char *boot_id = read_field(&unused);
        char *directory = read_field(&unused);
        char *variables = read_field(&variables_length);
        char *stamps = read_field(&files.length);
        char *environment[MOST_VARIABLES + 1];
        size_t count = 0;
        for (char *at = variables; at < variables + variables_length && count < MOST_VARIABLES; at += strlen(at) + 1) {
            environment[count++] = at;
        }
        environment[count] = NULL;
        world.environment = environment;
        files.directory = directory;
        files.stamps = stamps;
        if (!read_hex(key, world.key, KEY_BYTES)) return 2;
        snprintf(world.boot_id, sizeof world.boot_id, "%s", boot_id);
        struct answer answer;
        if (record_holds(text, length, host, &world, &answer)) {
            printf("%d %zu %zu\n", answer.status, answer.out_length, answer.err_length);
            fwrite(answer.out, 1, answer.out_length, stdout);
            if (answer.err_length > 0) fwrite(answer.err, 1, answer.err_length, stdout);
        } else {
            printf("no\n");
        }
        char *all[] = {host, text, key, boot_id, directory, variables, stamps};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    }
}
