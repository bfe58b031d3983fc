import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  credsStoreIn,
  namedHelpersIn,
  parseJsonObject,
} from '../../../src/engines/config-files/json-fields.ts';

const read = (text: string) => {
  const root = parseJsonObject(text, 'f');
  return { helpers: namedHelpersIn(root, text, 'f'), store: credsStoreIn(root) };
};

test('the names of fields are read in any case, as engines do, and those of hosts as they are', () => {
  const text = '{"CREDHELPERS": {"R.io": "a"}, "credHelperſ": {"r.io": "b"}, "CredſStore": "c"}';
  assert.deepEqual(read(text), {
    helpers: [
      { key: 'R.io', helper: 'a' },
      { key: 'r.io', helper: 'b' },
    ],
    store: 'c',
  });
});

test('of two stores the last one counts, and an empty one is none', () => {
  assert.equal(read('{"credsStore": "a", "credsstore": "b"}').store, 'b');
  assert.equal(read('{"credsStore": "a", "credsstore": ""}').store, undefined);
  assert.equal(read('{"credsStore": null}').store, undefined);
});

test("null stands for no helpers, and what engines can't read is told with its place", () => {
  assert.deepEqual(read('{"credHelpers": null}').helpers, []);
  // Seen with docker 20.10 and podman 4.3: they go by the others.
  const { helpers } = read('{"credHelpers": {"a.io": null, "b.io": "x"}}');
  assert.deepEqual(helpers, [
    { key: 'a.io', helper: '' },
    { key: 'b.io', helper: 'x' },
  ]);
  assert.throws(() => read('{"credHelpers": []}'), /f:1:17: .* something else than an object/);
  assert.throws(() => read('{"credHelpers": {"r": 1}}'), /f:1:23: the file names no helper for "r"/);
});
