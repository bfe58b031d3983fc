import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { editTextFiles } from '../../src/files/edit-text-files.ts';
import { replaceFile } from '../../src/files/replace-file.ts';
import { findProgram } from '../support/find-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.() ?? 0;
const isRoot = uid === 0;
/** Of a user that no machine has. */
const OTHER = 54321;
const GROUP = 54322;

/** What these tests can't do here, as a part of their names. */
function limits(needsRoot: boolean): string | undefined {
  const missing = ['getfacl', 'setfacl', 'getfattr', 'setfattr'].filter(
    (name) => findProgram(name) === undefined,
  );
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  if (needsRoot && !isRoot) return 'needs root, to be another user';
  const directory = mkdtempSync(join(tmpdir(), 'attributes-'));
  const attempts = [
    ['setfacl', '-m', 'u:1:r', directory],
    ['setfattr', '-n', 'user.note', '-v', 'x', directory],
  ].map(([command = '', ...args]) => spawnSync(command, args).status);
  rmSync(directory, { recursive: true });
  return attempts.every((status) => status === 0) ? undefined : 'needs a file system with attributes';
}

function testOfAttributes(title: string, run: (t: TestContext) => Promise<void>, needsRoot = false): void {
  const why = limits(needsRoot);
  test(why === undefined ? title : `${title} (skipped: ${why})`, { skip: why !== undefined }, run);
}

const aclOf = (path: string) => execFileSync('getfacl', ['-pcn', path], { encoding: 'utf8' }).trim();
const attributeOf = (path: string) =>
  execFileSync('getfattr', ['--only-values', '-n', 'user.note', path], { encoding: 'utf8' });

/** A file with a text, and entries of an access control list. */
function fileWith(t: TestContext, acl: string): { path: string; directory: string } {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'config.json');
  writeFileSync(path, 'old', { mode: 0o644 });
  if (acl !== '') execFileSync('setfacl', ['-m', acl, path]);
  return { path, directory };
}

const replace = (path: string, text = 'new') => {
  const { mode, gid } = statSync(path);
  return replaceFile(path, text, { mode: mode & 0o7777, uid, gid, like: path });
};

/** Whether a user who is in one group alone can read a file. */
function canRead(path: string, user: number, group: number): boolean {
  const ids = [`--reuid=${user}`, `--regid=${group}`, '--clear-groups'];
  return spawnSync('setpriv', [...ids, 'cat', path]).status === 0;
}

testOfAttributes(
  'a file that is replaced keeps its access control list and the attributes of its user',
  async (t) => {
    const { path } = fileWith(t, `u:${OTHER}:r--,g:${GROUP}:---,g::---,m::r--`);
    execFileSync('setfattr', ['-n', 'user.note', '-v', 'mine', path]);
    const before = aclOf(path);
    assert.match(before, new RegExp(`^user:${OTHER}:r--$`, 'm'));
    assert.equal(await replace(path), true);
    assert.equal(readFileSync(path, 'utf8'), 'new');
    assert.equal(aclOf(path), before);
    assert.equal(attributeOf(path), 'mine');
  },
);

testOfAttributes(
  'whom an access control list refused is refused after the file was replaced, whatever its mode looks like',
  async (t) => {
    const { path, directory } = fileWith(t, `u:${OTHER}:r--,g:${GROUP}:---,g::---,o::---,m::r--`);
    chmodSync(directory, 0o755);
    const seen = () => [
      canRead(path, OTHER, OTHER),
      canRead(path, 1, GROUP),
      canRead(path, 1, statSync(path).gid),
    ];
    const before = seen();
    assert.deepEqual(before.slice(1), [false, false]);
    await replace(path);
    assert.deepEqual(seen(), before);
  },
);

testOfAttributes(
  'what a directory gives new files by default is given to no file that is replaced',
  async (t) => {
    const { path, directory } = fileWith(t, '');
    chmodSync(path, 0o640);
    execFileSync('setfacl', ['-d', '-m', `u:${OTHER}:rw-`, directory]);
    await replace(path);
    assert.equal(aclOf(path), ['user::rw-', 'group::r--', 'other::---'].join('\n'));
  },
);

testOfAttributes('where attributes can not be copied, a file is left to its owner alone', async (t) => {
  const { path, directory } = fileWith(t, '');
  const before = process.env.PATH;
  t.after(() => {
    process.env.PATH = before;
  });
  mkdirSync(join(directory, 'bin'));
  process.env.PATH = join(directory, 'bin');
  await replace(path);
  assert.equal(statSync(path).mode & 0o7777, 0o600);
});

testOfAttributes(
  'where a group can not be kept, its rights go to no other group',
  async (t) => {
    const directory = temporaryDirectory(t);
    const path = join(directory, 'config.json');
    const module = pathToFileURL(join(import.meta.dirname, '../../src/files/replace-file.ts')).href;
    const code = `
      const { replaceFile } = await import(${JSON.stringify(module)});
      const { chownSync, chmodSync, writeFileSync } = await import('node:fs');
      const path = ${JSON.stringify(path)};
      writeFileSync(path, 'old');
      chmodSync(path, 0o640);
      chownSync(path, ${OTHER}, ${GROUP});
      chownSync(${JSON.stringify(directory)}, ${OTHER}, ${OTHER});
      process.setgroups([]);
      process.setegid(${OTHER});
      process.seteuid(${OTHER});
      await replaceFile(path, 'new', { mode: 0o640, uid: ${OTHER}, gid: ${GROUP}, like: path });`;
    execFileSync(process.execPath, ['--input-type=module', '-e', code]);
    assert.equal(readFileSync(path, 'utf8'), 'new');
    assert.deepEqual([statSync(path).mode & 0o7777, statSync(path).gid], [0o600, OTHER]);
  },
  true,
);

test('a file with another name is left as it is, and the person is told how to part the two', async (t) => {
  const { path, directory } = fileWith(t, '');
  linkSync(path, join(directory, 'other name'));
  const edit = editTextFiles([path], process.geteuid?.(), () => ({ edits: [{ path, text: 'new' }] }));
  await assert.rejects(edit, { code: 'hard-linked' });
  assert.equal(readFileSync(path, 'utf8'), 'old');
});
