import assert from 'node:assert/strict';
import { helperIn } from '../conformance/helper-under-test.ts';
import { withFiles, withKeychain } from '../conformance/our-helper.ts';
import { compiledHelper } from '../support/helper-program.ts';
import fc from '../support/properties.ts';
import { secretServicePrograms, testOfKeyring } from '../support/secret-service.ts';

const LONGEST = 16 * 1024;
/** Where a length takes another byte or block, or some keychain ends: Windows' at 2,560 bytes. */
const EDGES = [1, 2, 15, 16, 17, 127, 128, 255, 256, 2560, 4096, 8192];
const LENGTHS = [...new Set(EDGES.flatMap((edge) => [edge, edge + 1])), LONGEST - 1, LONGEST];

const places = [
  { kind: withKeychain(compiledHelper), needed: secretServicePrograms },
  { kind: withFiles(compiledHelper), needed: [] },
];

/** Every character that a text may hold but NUL, in texts of at most 16 KiB. */
function* allCharacters(): Generator<string> {
  let text = '';
  let bytes = 0;
  for (let point = 1; point <= 0x10ffff; point += 1) {
    // Halves of a pair are no characters.
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const character = String.fromCodePoint(point);
    const size = Buffer.byteLength(character);
    if (bytes + size > LONGEST) {
      yield text;
      text = '';
      bytes = 0;
    }
    text += character;
    bytes += size;
  }
  yield text;
}

for (const { kind, needed } of places) {
  testOfKeyring(
    needed,
    `${kind.name}: a secret of every length up to 16 KiB comes back as it is`,
    async (t) => {
      const helper = helperIn(await kind.start(t));
      for (const length of LENGTHS) {
        const secret = 'abcdefghijklm'.repeat(length / 13 + 1).slice(0, length);
        await helper.keep('registry.example.com', 'robot', secret);
        assert.ok((await helper.answer('registry.example.com')).Secret === secret, `${length} bytes`);
      }
    },
  );

  testOfKeyring(needed, `${kind.name}: every character of Unicode but NUL comes back as it is`, async (t) => {
    const helper = helperIn(await kind.start(t));
    // One after another: gnome-keyring 42 was seen to fall off its bus.
    for (const secret of allCharacters()) {
      await helper.keep('registry.example.com', 'robot', secret);
      const from = secret.codePointAt(0)?.toString(16);
      assert.ok(
        (await helper.answer('registry.example.com')).Secret === secret,
        `a character from U+${from} on is another`,
      );
    }
  });

  testOfKeyring(needed, `${kind.name}: any text is kept as it is, with any user name`, async (t) => {
    const helper = helperIn(await kind.start(t));
    const text = (maxLength: number) =>
      fc.string({ unit: 'binary', minLength: 1, maxLength }).filter((it) => !/\0|\p{Cs}/u.test(it));
    // What registries would refuse is not kept: see `storeCredential`.
    const name = text(200).filter((it) => !/\p{Cc}|:/u.test(it));
    const secret = text(4000).filter((it) => !/[\r\n]$/.test(it));
    await fc.assert(
      fc.asyncProperty(name, secret, async (username, secret) => {
        await helper.keep('registry.example.com', username, secret);
        const answer = await helper.answer('registry.example.com');
        assert.ok(answer.Username === username && answer.Secret === secret);
        assert.deepEqual(await helper.list(), { 'registry.example.com': username });
      }),
      { numRuns: 30 },
    );
  });
}
