import assert from 'node:assert/strict';
import { test } from 'node:test';
import { siphash } from '../../src/hosts/siphash.ts';

test('digests are those of the reference code, and of OpenSSL', () => {
  const key = '000102030405060708090a0b0c0d0e0f';
  for (const [length, digest] of [
    [0, 'a3817f04ba25a8e66df67214c7550293'],
    [1, 'da87c1d86b99af44347659119b22fc45'],
    [7, 'a1f1ebbed8dbc153c0b84aa61ff08239'],
    [8, '3b62a9ba6258f5610f83e264f31497b4'],
    [15, '5493e99933b0a8117e08ec0f97cfc3d9'],
    [63, '5150d1772f50834a503e069a973fbd7c'],
    [500, 'c62c8546872ef565a97c7e800beb2424'],
  ] as const) {
    assert.equal(
      siphash(
        key,
        Uint8Array.from({ length }, (_, i) => i),
      ),
      digest,
      String(length),
    );
  }
});
