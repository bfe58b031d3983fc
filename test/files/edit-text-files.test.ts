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
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { editTextFiles } from '../../src/files/edit-text-files.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();
const isWindows = process.platform === 'win32';

function file(t: TestContext, text = 'before', mode = 0o600): string {
  const path = join(temporaryDirectory(t), 'config');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
const modeOf = (path: string) => statSync(path).mode & 0o777;
const setTo = (text: string) => (files: readonly { path: string }[]) => ({
  edits: files.map(({ path }) => ({ path, text })),
});
const refused = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AppError);
  assert.equal(error.code, code);
  assert.match(error.message, words);
  assert.ok(error.fix);
  return true;
};

test('a file is replaced, keeps its mode, and leaves no lock or copy beside it', async (t) => {
  const path = file(t);
  const { exposed } = await editTextFiles([path], uid, setTo('after'));
  assert.equal(readFileSync(path, 'utf8'), 'after');
  assert.deepEqual(readdirSync(join(path, '..')), ['config']);
  assert.deepEqual(exposed, []);
  if (!isWindows) assert.equal(modeOf(path), 0o600);
});

test("of one's own file others can't read anything any more, and it is said", {
  skip: isWindows,
}, async (t) => {
  for (const [mode, after] of [
    [0o644, 0o600],
    [0o640, 0o600],
    [0o755, 0o700],
  ] as const) {
    const target = file(t, 'before', mode);
    const link = join(temporaryDirectory(t), 'link');
    symlinkSync(target, link);
    const { exposed, closed } = await editTextFiles([link], uid, setTo('after'));
    assert.deepEqual([exposed, closed], [[], [{ path: link, mode }]]);
    assert.equal(modeOf(target), after);
  }
});

test('a file in which nothing changes is left as open as it is', { skip: isWindows }, async (t) => {
  const path = file(t, 'before', 0o644);
  const { exposed, closed } = await editTextFiles([path], uid, setTo('before'));
  assert.deepEqual([exposed, closed, modeOf(path)], [[], [], 0o644]);
});

test("another's file that others may read keeps that, and it is said", {
  skip: uid === 0 ? false : 'only root can give a file away',
}, async (t) => {
  const path = file(t, 'before', 0o644);
  chownSync(path, 12_345, 12_345);
  const { exposed, closed } = await editTextFiles([path], uid, setTo('after'));
  assert.deepEqual([exposed, closed], [[{ path, mode: 0o644 }], []]);
  assert.deepEqual([modeOf(path), statSync(path).uid], [0o644, 12_345]);
});

test('a new file is private, and so is its directory', { skip: isWindows }, async (t) => {
  const path = join(temporaryDirectory(t), '.kube', 'config');
  await editTextFiles([path], uid, setTo('after'));
  assert.deepEqual([modeOf(path), modeOf(join(path, '..'))], [0o600, 0o700]);
});

test('a symbolic link stays one, and the file behind it changes', { skip: isWindows }, async (t) => {
  const target = file(t);
  const link = join(temporaryDirectory(t), 'link');
  symlinkSync(target, link);
  await editTextFiles([link], uid, setTo('after'));
  assert.equal(readFileSync(target, 'utf8'), 'after');
  assert.ok(existsSync(link));
  assert.deepEqual(
    readdirSync(join(link, '..'), { withFileTypes: true }).map((it) => it.isSymbolicLink()),
    [true],
  );
});

test('nothing is locked, made or written where nothing changes', async (t) => {
  const path = join(temporaryDirectory(t), '.kube', 'config');
  const { plan } = await editTextFiles([path], uid, () => ({ edits: [], word: 'kept' }));
  assert.equal(plan.word, 'kept');
  assert.ok(!existsSync(join(path, '..')));
});

test('only files that change are written, all are read', async (t) => {
  const [first, second] = [file(t, 'one'), file(t, 'two')];
  const before = statSync(first, { bigint: true });
  await editTextFiles([first, second], uid, (files) => {
    assert.deepEqual(
      files.map(({ text }) => text?.slice(0, 3)),
      ['one', 'two'],
    );
    return { edits: [{ path: second, text: 'two after' }] };
  });
  assert.equal(readFileSync(second, 'utf8'), 'two after');
  assert.equal(statSync(first, { bigint: true }).ino, before.ino);
});

test('what another program writes meanwhile is not lost', async (t) => {
  const path = file(t, 'a');
  let looks = 0;
  await editTextFiles([path], uid, ([it]) => {
    looks += 1;
    // The first look is without the lock, the second with it: this writer heeds none.
    if (looks === 2) writeFileSync(path, 'ab');
    return { edits: [{ path, text: `${it?.text}!` }] };
  });
  assert.equal(readFileSync(path, 'utf8'), 'ab!');
});

test('who writes again and again is told', async (t) => {
  const path = file(t, 'a');
  let looks = 0;
  const busy = editTextFiles([path], uid, ([it]) => {
    looks += 1;
    writeFileSync(path, `other ${looks}`);
    return { edits: [{ path, text: `${it?.text}!` }] };
  });
  await assert.rejects(busy, refused('file-busy', /again and again/));
  assert.match(readFileSync(path, 'utf8'), /^other \d+$/);
  assert.deepEqual(readdirSync(join(path, '..')), ['config']);
});

test('a defect of the plan gives the lock back', async (t) => {
  const path = file(t);
  let looks = 0;
  const failing = editTextFiles([path], uid, () => {
    looks += 1;
    if (looks === 2) throw new TypeError('defect');
    return { edits: [{ path, text: 'after' }] };
  });
  await assert.rejects(failing, TypeError);
  assert.deepEqual(readdirSync(join(path, '..')), ['config']);
});

test('a read-only file, a directory and a link to nowhere are refused, and nothing changes', {
  skip: isWindows,
}, async (t) => {
  const path = file(t, 'before', 0o400);
  await assert.rejects(editTextFiles([path], uid, setTo('after')), refused('unusable-file', /read-only/));
  assert.equal(readFileSync(path, 'utf8'), 'before');
  const directory = temporaryDirectory(t);
  await assert.rejects(
    editTextFiles([directory], uid, setTo('')),
    refused('unusable-file', /is a directory/),
  );
  const link = join(directory, 'link');
  symlinkSync(join(directory, 'nowhere'), link);
  await assert.rejects(editTextFiles([link], uid, setTo('')), refused('unusable-file', /symbolic link/));
  const latin = join(directory, 'latin');
  writeFileSync(latin, Buffer.from([0xe9]));
  await assert.rejects(editTextFiles([latin], uid, setTo('')), refused('unusable-file', /not in UTF-8/));
});

test('a place where nobody can make a directory is told', {
  skip: process.platform !== 'linux',
}, async () => {
  await assert.rejects(
    editTextFiles(['/proc/none/config'], uid, setTo('')),
    refused('unusable-file', /proc/),
  );
});

test("root leaves nothing of its own in another's home", { skip: uid !== 0 }, async (t) => {
  const home = join(temporaryDirectory(t), 'home');
  mkdirSync(home);
  chownSync(home, 12345, 12345);
  const path = join(home, '.kube', 'config');
  await assert.rejects(editTextFiles([path], 0, setTo('')), refused('foreign-file', /belongs to user 12345/));
  assert.deepEqual(readdirSync(home), []);
});

test("another's file is refused", { skip: isWindows }, async (t) => {
  const path = file(t);
  const other = editTextFiles([path], (uid ?? 0) + 1, setTo('after'));
  await assert.rejects(other, refused('foreign-file', /belongs to user/));
});
