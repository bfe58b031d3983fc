import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { applyEngineEdit } from '../../../src/engines/edits/apply-engine-edit.ts';
import { readEditRecord } from '../../../src/engines/edits/edit-record.ts';
import { planEngineEdit } from '../../../src/engines/edits/plan-engine-edit.ts';
import { planUndo } from '../../../src/engines/edits/plan-undo.ts';
import { killAtRandom } from '../../support/kill-at-random.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** `KILLS=1000`: as many as scripts/soak --repeats takes. */
const kills = Number(process.env.KILLS ?? 60);
const host = 'registry.example.com';

/** Two files of engines, one yet to be made, and a program that edits and undoes both, over and over. */
function editedOverAndOver(t: TestContext) {
  const directory = temporaryDirectory(t);
  const state = join(directory, 'docker-credential-openshift');
  const old = `{\n  "auths": {"${host}": {"auth": "c2VjcmV0"}, "other": {}},\n  "x": "${'x'.repeat(100_000)}"\n}\n`;
  const path = join(directory, 'docker', 'config.json');
  const made = join(directory, 'containers', 'auth.json');
  mkdirSync(join(directory, 'docker'));
  writeFileSync(path, old);
  const plan = (text: string | null) => planEngineEdit(text, { path, hosts: [host], addCredHelpers: true });
  const whole = { [path]: [old, plan(old).text], [made]: [null, plan(null).text] };
  const me = { uid: process.geteuid?.(), state };
  const seen = new Set<string | null>();
  const check = () => {
    for (const [file, texts] of Object.entries(whole)) {
      const text = textOf(file);
      assert.ok(texts.includes(text), `${file} holds ${text?.slice(0, 200)}`);
      seen.add(text);
    }
    for (const { path: recorded, original } of readEditRecord(state, me.uid).files)
      assert.equal(original, recorded === path ? old : null);
  };
  const program = fileURLToPath(import.meta.resolve('./edits-process.ts'));
  const command = [process.execPath, program, state, path, made];
  const kill = (kills: number, withinMs = 60) =>
    killAtRandom(command, { env: {}, kills, withinMs, after: 'first output', check });
  const undoAll = async () => {
    for (const edit of await planUndo(me)) await edit.apply();
    assert.equal(textOf(path), old);
    assert.equal(textOf(made), null);
    assert.deepEqual(await planUndo(me), []);
  };
  return { directory, path, plan, me, seen, kill, undoAll };
}

test(`killed ${kills} times at random, an edit leaves the old file or the new one, and can be undone`, async (t) => {
  const { directory, path, plan, me, seen, kill, undoAll } = editedOverAndOver(t);
  assert.equal((await kill(kills)).ended, 0);
  // On a busy machine these may all come before the second edit.
  for (let withinMs = 120; withinMs < 1000 && seen.size < 4; withinMs *= 2) await kill(kills / 4, withinMs);
  assert.equal(seen.size, 4, 'the kills came before all edits, or after');
  await undoAll();

  for (const name of readdirSync(join(directory, 'docker'))) {
    const isLeftover = /^config\.json\.[0-9a-f]{12}\.tmp$/.test(name);
    assert.ok(name === 'config.json' || isLeftover, name);
    if (isLeftover) utimesSync(join(directory, 'docker', name), 1e9, 1e9);
  }
  await applyEngineEdit(path, plan, { ...me, keeps: 'nothing' });
  assert.deepEqual(readdirSync(join(directory, 'docker')), ['config.json']);
});

test('of two programs that edit the same files at once, both killed at random, none harms them', async (t) => {
  const { kill, undoAll } = editedOverAndOver(t);
  const both = await Promise.all([kill(kills / 6), kill(kills / 6)]);
  assert.deepEqual(
    both.map(({ ended }) => ended),
    [0, 0],
  );
  await undoAll();
});

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // Nothing there is one of the things that may be.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}
