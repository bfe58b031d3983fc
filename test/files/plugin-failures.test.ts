import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { noteFailure, recentFailure } from '../../src/files/plugin-failures.ts';
import { plugin } from '../support/identities.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();
const NOW = 1_700_000_000_000;
const MINUTE = 60_000;

test('a failure is remembered for ten minutes, and not after that', async (t) => {
  const cache = temporaryDirectory(t);
  const recent = (nowMs: number) => recentFailure(cache, plugin(), uid, nowMs);
  assert.equal(recent(NOW), undefined);
  await noteFailure(cache, plugin(), 'exited with 1', uid, NOW);
  assert.equal(recent(NOW), 'exited with 1');
  assert.equal(recent(NOW + 10 * MINUTE - 1), 'exited with 1');
  assert.equal(recent(NOW + 10 * MINUTE), undefined);
});

test('a failure from the future, as after a clock was set back, is none', async (t) => {
  const cache = temporaryDirectory(t);
  await noteFailure(cache, plugin(), 'm', uid, NOW);
  assert.equal(recentFailure(cache, plugin(), uid, NOW - 1), undefined);
});

test('a later failure takes the place of an earlier one', async (t) => {
  const cache = temporaryDirectory(t);
  await noteFailure(cache, plugin(), 'first', uid, NOW);
  await noteFailure(cache, plugin(), 'second', uid, NOW + 11 * MINUTE);
  assert.equal(recentFailure(cache, plugin(), uid, NOW + 12 * MINUTE), 'second');
});

test('each plugin fails for itself: another command, argument, variable or directory is another plugin', async (t) => {
  const cache = temporaryDirectory(t);
  await noteFailure(cache, plugin(), 'm', uid, NOW);
  for (const other of [
    plugin({ command: 'kubelogin' }),
    plugin({ args: ['get-token', '--cluster=b'] }),
    plugin({ env: { AWS_PROFILE: 'b' } }),
    plugin({ directory: '/elsewhere' }),
  ]) {
    assert.equal(recentFailure(cache, other, uid, NOW), undefined);
  }
});

test('a record that is torn is as good as none', async (t) => {
  const cache = temporaryDirectory(t);
  await noteFailure(cache, plugin(), 'm', uid, NOW);
  const [name = ''] = readdirSync(`${cache}/failures`);
  for (const text of ['', '{', 'null', '{}']) {
    writeFileSync(`${cache}/failures/${name}`, text, { mode: 0o600 });
    assert.equal(recentFailure(cache, plugin(), uid, NOW), undefined, text);
  }
});

test('without a cache nothing is remembered', async () => {
  await noteFailure(null, plugin(), 'm', uid, NOW);
  assert.equal(recentFailure(null, plugin(), uid, NOW), undefined);
});
