import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensurePrivateDirectory, writePrivateFile } from '../../src/files/private-directory.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();
const isRoot = uid === 0;

test('it is made with its parents, and nobody else may look into it', async (t) => {
  const path = join(temporaryDirectory(t), '.cache', 'docker-credential-openshift', 'answers');
  assert.equal(await ensurePrivateDirectory(path, uid), true);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  assert.equal(await ensurePrivateDirectory(path, uid), true);
});

test('one that others may look into is not used, and not changed', async (t) => {
  const path = join(temporaryDirectory(t), 'open');
  mkdirSync(path);
  for (const mode of [0o755, 0o770, 0o701]) {
    chmodSync(path, mode);
    assert.equal(await ensurePrivateDirectory(path, uid), false);
    assert.equal(statSync(path).mode & 0o777, mode);
  }
});

test('a link, a file or a path below a file is not a directory of ours', async (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'private'), { mode: 0o700 });
  symlinkSync(join(directory, 'private'), join(directory, 'link'));
  writeFileSync(join(directory, 'file'), '');
  for (const name of ['link', 'file', 'file/below']) {
    assert.equal(await ensurePrivateDirectory(join(directory, name), uid), false, name);
  }
});

test('where a link of our name leads, nothing is made', async (t) => {
  const shared = temporaryDirectory(t);
  const elsewhere = join(shared, 'elsewhere');
  mkdirSync(elsewhere, { mode: 0o700 });
  symlinkSync(elsewhere, join(shared, 'docker-credential-openshift-1000'));
  for (const below of ['answers', 'tokens/deeper', '']) {
    const path = join(shared, 'docker-credential-openshift-1000', below);
    assert.equal(await ensurePrivateDirectory(path, uid), false);
  }
  assert.deepEqual(readdirSync(elsewhere), []);
});

test('nothing is kept below a directory of our name that others may write to', async (t) => {
  const ours = join(temporaryDirectory(t), 'docker-credential-openshift-1000');
  mkdirSync(ours);
  chmodSync(ours, 0o777);
  assert.equal(await ensurePrivateDirectory(join(ours, 'answers'), uid), false);
  chmodSync(ours, 0o755);
  assert.equal(await ensurePrivateDirectory(join(ours, 'answers'), uid), true);
});

test(`another user's directory is not used${isRoot ? '' : ' (by its id alone: to own one takes root)'}`, async (t) => {
  const ours = join(temporaryDirectory(t), 'docker-credential-openshift-1000');
  mkdirSync(ours, { mode: 0o700 });
  if (isRoot) chownSync(ours, 12345, 12345);
  assert.equal(await ensurePrivateDirectory(ours, isRoot ? 0 : 12345), false);
  assert.equal(await ensurePrivateDirectory(join(ours, 'answers'), isRoot ? 0 : 12345), false);
});

test(`root makes nothing in another's home${isRoot ? '' : ' (which is told by the id alone: to own one takes root)'}`, async (t) => {
  const home = temporaryDirectory(t);
  if (isRoot) chownSync(home, 12345, 12345);
  assert.equal(await ensurePrivateDirectory(join(home, '.cache', 'ours'), 0), false);
  assert.equal(existsSync(join(home, '.cache')), false);
});

test('a file is written whole, for its owner alone, with nothing left beside it', async (t) => {
  const path = join(temporaryDirectory(t), 'ours', 'file');
  for (const lasting of [true, false]) {
    assert.equal(await writePrivateFile(path, `lasting: ${lasting}`, uid, lasting), true);
    assert.equal(readFileSync(path, 'utf8'), `lasting: ${lasting}`);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(path, '..')), ['file']);
  }
});

test('a file that is there is replaced, and whoever reads the old one goes on reading it', async (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'old', { mode: 0o644 });
  const before = statSync(path).ino;
  assert.equal(await writePrivateFile(path, 'new', uid, false), true);
  assert.notEqual(statSync(path).ino, before);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('what an earlier writer was killed with goes, and what another writes just now stays', async (t) => {
  const directory = temporaryDirectory(t);
  const names = ['file.0123456789ab.tmp', 'file.ba9876543210.tmp'] as const;
  for (const name of names) writeFileSync(join(directory, name), 'a secret');
  utimesSync(join(directory, names[0]), 1e9, 1e9);
  assert.equal(await writePrivateFile(join(directory, 'file'), 'new', uid, true), true);
  assert.deepEqual(readdirSync(directory), ['file', names[1]]);
});

test('a link is replaced, and what it leads to stays as it was', async (t) => {
  const directory = temporaryDirectory(t);
  const target = join(directory, 'target');
  writeFileSync(target, 'old');
  symlinkSync(target, join(directory, 'link'));
  assert.equal(await writePrivateFile(join(directory, 'link'), 'new', uid, false), true);
  assert.equal(readFileSync(target, 'utf8'), 'old');
  assert.equal(readFileSync(join(directory, 'link'), 'utf8'), 'new');
});

test("what can't be written is no error, and leaves nothing behind", async (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'file'));
  assert.equal(await writePrivateFile(join(directory, 'file'), 'x', uid, false), false);
  assert.deepEqual(readdirSync(directory), ['file']);
  assert.equal(await writePrivateFile('/proc/ours/file', 'x', uid, false), false);
});

test('of many who write at once, one wins and none is torn', async (t) => {
  const path = join(temporaryDirectory(t), 'file');
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(20_000));
  const written = await Promise.all(texts.map((text) => writePrivateFile(path, text, uid, false)));
  assert.ok(written.every(Boolean));
  assert.ok(texts.includes(readFileSync(path, 'utf8')));
  assert.deepEqual(readdirSync(join(path, '..')), ['file']);
});
