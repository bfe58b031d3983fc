import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { applyEngineEdit, previewEngineEdit } from '../../../src/engines/edits/apply-engine-edit.ts';
import { planEngineEdit } from '../../../src/engines/edits/plan-engine-edit.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NOBODYS_ID = 12_345;
const host = 'registry.example.com';

type Edit = typeof previewEngineEdit | typeof applyEngineEdit;

/** Everything below a directory: modes, owners, links and contents. */
function tree(directory: string) {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(directory, name);
      const stat = lstatSync(path);
      const content = stat.isSymbolicLink() ? readlinkSync(path) : stat.isFile() ? readFileSync(path) : null;
      return [name, stat.mode, stat.uid, stat.ino, stat.mtimeMs, content];
    });
}

/** Tries to set a host up in the file; the refusal must name it, say what to do, and leave all as it was. */
async function refused(
  path: string,
  root: string,
  uid = process.geteuid?.(),
  edits: readonly Edit[] = [previewEngineEdit, applyEngineEdit],
): Promise<string> {
  const before = tree(root);
  const state = edits.length > 1 ? join(root, 'docker-credential-openshift') : null;
  const plan = (text: string | null) => planEngineEdit(text, { path, hosts: [host], addCredHelpers: true });
  const messages = new Set<string>();
  for (const edit of edits) {
    const act = async () => edit(path, plan, { uid, state, keeps: 'record' });
    await assert.rejects(uid === process.geteuid?.() ? act() : as(uid ?? 0, act), (error) => {
      assert.ok(error instanceof AppError, String(error));
      assert.ok(error.message.includes(path), error.message);
      assert.ok(error.fix !== undefined, error.message);
      messages.add(error.message);
      return true;
    });
  }
  assert.deepEqual(tree(root), before);
  assert.equal(messages.size, 1);
  return [...messages].join();
}

/** Acts as another user, as far as files go. */
async function as<T>(uid: number, action: () => Promise<T>): Promise<T> {
  process.seteuid?.(uid);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}

function testAsRoot(name: string, run: (t: TestContext) => Promise<void>): void {
  const isRoot = process.geteuid?.() === 0;
  test(isRoot ? name : `${name} (left out: it takes root)`, { skip: !isRoot }, run);
}

test('what can be no config of an engine is named and left alone', async (t) => {
  const login = `"${host}": {"auth": "c2VjcmV0"}`;
  const cases: [text: string | Buffer, says: RegExp][] = [
    ['{"auths": {\n  ]', /:2:3: the file is not valid JSON/],
    ['{"auths": {}} // mine', /:1:15: the file is not valid JSON/],
    [`{"auths": {${login}}, "auths": {}}`, /:1:\d+: the file has the key "auths" twice/],
    [`{"credHelpers": {}, "CredHelpers": {}}`, /:1:21: the file has the key "credHelpers" twice/],
    ['{"credHelpers": []}', /:1:17: .* something else than an object/],
    ['["c2VjcmV0"]', /:1:1: the file does not hold a JSON object/],
    ['"c2VjcmV0"', /does not hold a JSON object/],
    [`\uFEFF{${login}}`, /:1:1: the file starts with a byte order mark/],
    [Buffer.from(`\uFEFF{${login}}`, 'utf16le'), /not in UTF-8/],
    [Buffer.from(`{${login}}`, 'utf16le'), /UTF-8/],
    [Buffer.from('{"a": "\xe4"}', 'latin1'), /not in UTF-8/],
    [`{"a": ${'['.repeat(50_000)}`, /nested too deeply/],
    [Buffer.alloc(50 * 1024 * 1024, ' '), /larger than 16 MiB/],
  ];
  for (const [content, says] of cases) {
    const root = temporaryDirectory(t);
    const path = join(root, 'config.json');
    writeFileSync(path, content);
    const message = await refused(path, root);
    assert.match(message, says);
    assert.doesNotMatch(message, /c2VjcmV0/);
  }
});

test('what is no file is named and left alone', async (t) => {
  const cases: [make: (path: string) => void, says: RegExp][] = [
    [(path) => mkdirSync(path), /it is a directory/],
    [(path) => execFileSync('mkfifo', [path]), /it is not a regular file/],
    [(path) => symlinkSync('nowhere', path), /symbolic link to a file that is not there/],
    [(path) => symlinkSync('config.json', path), /symbolic links form a loop/],
    [(path) => symlinkSync('/dev/null', path), /it is not a regular file/],
  ];
  for (const [make, says] of cases) {
    const root = temporaryDirectory(t);
    const path = join(root, 'config.json');
    make(path);
    assert.match(await refused(path, root), says);
  }
});

test('a file where its directory should be is told', async (t) => {
  const root = temporaryDirectory(t);
  writeFileSync(join(root, '.docker'), '');
  assert.match(await refused(join(root, '.docker', 'config.json'), root), /not a directory/);
});

test('a file that somebody made read-only stays as it is', async (t) => {
  const root = temporaryDirectory(t);
  const path = join(root, 'config.json');
  writeFileSync(path, '{}', { mode: 0o444 });
  assert.match(await refused(path, root), /it is read-only/);
});

testAsRoot(
  "root's file, an unreadable one and a directory that may not be written to are told",
  async (t) => {
    for (const prepare of [
      // Root's file in the user's own directory: it could be replaced, and its owner would be lost.
      (path: string) => writeFileSync(path, '{}', { mode: 0o644 }),
      (path: string) => writeFileSync(path, '{}', { mode: 0o600 }),
      (path: string) => {
        writeFileSync(path, '{}');
        chownSync(path, NOBODYS_ID, NOBODYS_ID);
        chmodSync(path, 0o000);
      },
      (path: string) => {
        writeFileSync(path, '{}');
        chownSync(path, NOBODYS_ID, NOBODYS_ID);
        chmodSync(dirname(path), 0o500);
      },
      (path: string) => chmodSync(dirname(path), 0o500),
    ]) {
      const root = temporaryDirectory(t);
      const directory = join(root, '.docker');
      mkdirSync(directory);
      for (const each of [root, directory]) chownSync(each, NOBODYS_ID, NOBODYS_ID);
      const path = join(directory, 'config.json');
      prepare(path);
      // What access(2) foresees is foreseen for the real user, who is root here.
      const says = await refused(path, root, NOBODYS_ID, [applyEngineEdit]);
      assert.match(says, /permission denied|belongs to user 0/);
    }
  },
);
