import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { test } from 'node:test';
import fc from '../../support/properties.ts';
import { editedMachine } from './edited-machine.ts';
import { configFileText, hosts } from './random-config-file.ts';

/** `FILES=10000`: as many as scripts/soak --repeats takes. */
const files = Number(process.env.FILES ?? 150);

test(`${files} random files, behind links and of any mode, are what they were once they are undone`, async (t) => {
  const { at, setUp, undo, write, state } = editedMachine(t);
  const modes = fc.constantFrom(0o600, 0o644, 0o640, 0o664, 0o666, 0o700);
  let number = 0;
  await fc.assert(
    fc.asyncProperty(configFileText, modes, fc.nat(2), async (text, mode, links) => {
      const directory = `${number++}`;
      write(`${directory}/target.json`, text);
      chmodSync(at(`${directory}/target.json`), mode);
      let path = `${directory}/target.json`;
      for (let link = 0; link < links; link++) {
        const next = `${directory}/link-${link}.json`;
        symlinkSync(path.slice(directory.length + 1), at(next));
        path = next;
      }
      const look = () => {
        const { mode: bits, uid, gid } = statSync(at(path));
        const names = readdirSync(at(directory)).sort();
        const targets = names
          .filter((name) => lstatSync(at(`${directory}/${name}`)).isSymbolicLink())
          .map((name) => readlinkSync(at(`${directory}/${name}`)));
        return { bits, uid, gid, names, targets };
      };
      const before = look();
      await setUp(path, hosts);
      assert.deepEqual(look(), before);
      await undo();
      assert.equal(readFileSync(at(path), 'utf8'), text);
      assert.deepEqual(look(), before);
      assert.deepEqual(readdirSync(state), []);
    }),
    { numRuns: files },
  );
});

test('several edits at once come one after another, and all of them are there in the end', async (t) => {
  const { setUp, undo, write, read } = editedMachine(t);
  const text = '{"auths": {"registry.example.com": {"auth": "c2VjcmV0"}}}';
  write('config.json', text);
  const many = Array.from({ length: 12 }, (_, i) => `host-${i}.example.com`);
  await Promise.all(many.map((host) => setUp('config.json', [host])));
  assert.deepEqual(Object.keys(JSON.parse(read('config.json')).credHelpers).sort(), [...many].sort());
  await undo();
  assert.equal(read('config.json'), text);
});
