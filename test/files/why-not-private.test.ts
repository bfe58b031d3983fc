import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { whyNotPrivate } from '../../src/files/why-not-private.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();
const asRoot = uid === 0 ? {} : { skip: 'only root can give files away' };

function stateFile(t: TestContext): { home: string; path: string } {
  const home = temporaryDirectory(t);
  return { home, path: join(home, 'state/docker-credential-openshift/signed-out/host.json') };
}

test('a file that lies where a directory is to be made is named, however far above', async (t) => {
  const { home, path } = stateFile(t);
  const inTheWay = join(home, 'state');
  writeFileSync(inTheWay, '');
  assert.deepEqual(await whyNotPrivate(path, uid), {
    message: `${inTheWay} is not a directory`,
    fix: { run: `ls -ld ${inTheWay}` },
  });
});

test('a link in place of a directory of ours is not a directory; above them it is what it leads to', async (t) => {
  const { home, path } = stateFile(t);
  mkdirSync(join(home, 'elsewhere'));
  symlinkSync('elsewhere', join(home, 'state'));
  assert.deepEqual(await whyNotPrivate(path, uid), {
    message: 'the disk is full or read-only',
    fix: { run: `df ${join(home, 'state')}` },
  });
  mkdirSync(dirname(dirname(path)), { mode: 0o700 });
  symlinkSync('/tmp', dirname(path));
  assert.equal((await whyNotPrivate(path, uid)).message, `${dirname(path)} is not a directory`);
});

test('directories that are open to others are named with what closes them', async (t) => {
  const { path } = stateFile(t);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  chmodSync(dirname(dirname(path)), 0o777);
  assert.deepEqual((await whyNotPrivate(path, uid)).fix, { run: `chmod 700 ${dirname(dirname(path))}` });
  chmodSync(dirname(path), 0o755);
  assert.deepEqual((await whyNotPrivate(path, uid)).fix, { run: `chmod 700 ${dirname(path)}` });
});

test(
  'root in another’s HOME is told to go without sudo, before and after the directories are made',
  asRoot,
  async (t) => {
    const { home, path } = stateFile(t);
    chownSync(home, 12345, 12345);
    const expected = (place: string) => ({
      message: `${place} belongs to user 12345, and you are user 0`,
      fix: { do: 'Run this without sudo.' },
    });
    assert.deepEqual(await whyNotPrivate(path, 0), expected(home));
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    chownSync(dirname(path), 12345, 12345);
    assert.deepEqual(await whyNotPrivate(path, 0), expected(dirname(path)));
  },
);
