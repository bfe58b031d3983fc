/* SipHash-2-4, 128 bits (Aumasson, Bernstein: "SipHash: a fast short-input PRF", and its reference code's long output). */
#include "record.h"

static uint64_t rotated(uint64_t word, int bits) {
    return word << bits | word >> (64 - bits);
}

static void round_of(uint64_t v[4]) {
    v[0] += v[1];
    v[1] = rotated(v[1], 13) ^ v[0];
    v[0] = rotated(v[0], 32);
    v[2] += v[3];
    v[3] = rotated(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotated(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotated(v[1], 17) ^ v[2];
    v[2] = rotated(v[2], 32);
}

static void take(uint64_t v[4], uint64_t word) {
    v[3] ^= word;
    round_of(v);
    round_of(v);
    v[0] ^= word;
}

static uint64_t read_word(const uint8_t *bytes) {
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

void siphash_start(struct siphash *state, const uint8_t key[KEY_BYTES]) {
    uint64_t k0 = read_word(key), k1 = read_word(key + 8);
    *state = (struct siphash){.v = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d ^ 0xee,
                                    k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573}};
}

void siphash_add(struct siphash *state, const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++) {
        state->tail |= (uint64_t)at[i] << (8 * (state->length % 8));
        if (++state->length % 8 == 0) {
            take(state->v, state->tail);
            state->tail = 0;
        }
    }
}

void siphash_end(struct siphash *state, uint8_t digest[DIGEST_BYTES]) {
    uint64_t *v = state->v;
    take(v, state->tail | (uint64_t)state->length << 56);
    v[2] ^= 0xee;
    for (int half = 0; half < 2; half++) {
        if (half == 1) v[1] ^= 0xdd;
        for (int i = 0; i < 4; i++) round_of(v);
        uint64_t word = v[0] ^ v[1] ^ v[2] ^ v[3];
        for (int i = 0; i < 8; i++) digest[half * 8 + i] = (uint8_t)(word >> (8 * i));
    }
}
