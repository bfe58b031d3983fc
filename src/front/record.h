/*
 * The ready record: an answer, and the conditions under which it may be repeated (docs/ready-record.md).
 * src/files/ready-record.ts writes it and reads it by the same page.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KEY_BYTES = 16,
    DIGEST_BYTES = 16,
    /* Longest of "dev:ino:size:mtimeNs:ctimeNs", with the NUL. */
    STAMP_BYTES = 112,
    PATH_BYTES = 4096,
    BOOT_ID_BYTES = 37,
    LARGEST_RECORD = 256 * 1024,
};

/* What conditions are compared with. */
struct world {
    char *const *environment;
    uint64_t uid;
    uint64_t wall_ms;
    uint64_t boot_ms;
    /* Of this start of the machine; empty if it can't be told. */
    char boot_id[BOOT_ID_BYTES];
    uint8_t key[KEY_BYTES];
    /* Writes the working directory; false if there is none. */
    bool (*directory)(const struct world *, char text[PATH_BYTES]);
    /* Writes a file's stamp; "-" if there is no such file. */
    void (*stamp)(const struct world *, const char *path, char text[STAMP_BYTES]);
    void *context;
};

/* What is to be said, as it lies in the record. */
struct answer {
    int status;
    const char *out;
    size_t out_length;
    const char *err;
    size_t err_length;
};

/*
 * Whether a record answers for the host as it is, in this world. Anything in it that is not known is a no.
 * The record's bytes are changed; the answer points into them.
 */
bool record_holds(char *record, size_t length, const char *host, const struct world *world, struct answer *answer);

/* SipHash-2-4 with 128 bits: a digest that tells nothing of what it was made of, without the key. */
struct siphash {
    uint64_t v[4];
    uint64_t tail;
    size_t length;
};
void siphash_start(struct siphash *state, const uint8_t key[KEY_BYTES]);
void siphash_add(struct siphash *state, const void *bytes, size_t length);
void siphash_end(struct siphash *state, uint8_t digest[DIGEST_BYTES]);

/* Reads pairs of lower-case hexadecimal digits. */
bool read_hex(const char *text, uint8_t *bytes, size_t count);

#endif
