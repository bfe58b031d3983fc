import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  applyEngineEdit,
  type PlanText,
  previewEngineEdit,
  whileEditing,
} from '../../../src/engines/edits/apply-engine-edit.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { bareFix } from '../../support/bare-fix.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const me = { uid: process.geteuid?.(), state: null, keeps: 'nothing' } as const;
const append: PlanText = (text) => ({ text: `${text ?? ''}+`, changes: ['appended'] });
const nothing: PlanText = (text) => ({ text, changes: [] });
const modeOf = (path: string) => statSync(path).mode & 0o777;
const refuses = (path: string, message: RegExp) =>
  assert.rejects(applyEngineEdit(path, append, me), (error) => {
    assert.ok(error instanceof AppError);
    assert.match(error.message, message);
    assert.ok(error.message.includes(path));
    return true;
  });

test('a new file is private, and so are the directories made for it', async (t) => {
  const path = join(temporaryDirectory(t), 'a', 'b', 'config.json');
  assert.deepEqual(await applyEngineEdit(path, append, me), ['appended']);
  assert.equal(readFileSync(path, 'utf8'), '+');
  assert.deepEqual(
    [modeOf(path), modeOf(dirname(path)), modeOf(dirname(dirname(path)))],
    [0o600, 0o700, 0o700],
  );
});

test('an edited file keeps its mode, and nothing is left beside it', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'config.json');
  writeFileSync(path, 'a');
  chmodSync(path, 0o644);
  await applyEngineEdit(path, append, me);
  assert.equal(readFileSync(path, 'utf8'), 'a+');
  assert.equal(modeOf(path), 0o644);
  assert.deepEqual(readdirSync(directory), ['config.json']);
});

test('without changes nothing is written: no directory, no new inode', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'config.json');
  writeFileSync(path, 'a');
  const { ino } = statSync(path);
  assert.deepEqual(await applyEngineEdit(path, nothing, me), []);
  assert.equal(statSync(path).ino, ino);
  await applyEngineEdit(join(directory, 'new', 'config.json'), nothing, me);
  assert.deepEqual(readdirSync(directory), ['config.json']);
});

test('a preview says what would change and writes nothing', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'new', 'config.json');
  const preview = { before: null, after: '+', changes: ['appended'] };
  assert.deepEqual(await previewEngineEdit(path, append, me), preview);
  assert.deepEqual(readdirSync(directory), []);
});

test('a symlink stays one, and its target is edited', async (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'dotfiles'));
  const target = join(directory, 'dotfiles', 'docker.json');
  writeFileSync(target, 'a');
  const path = join(directory, 'config.json');
  symlinkSync('dotfiles/docker.json', path);
  await applyEngineEdit(path, append, me);
  assert.equal(readlinkSync(path), 'dotfiles/docker.json');
  assert.equal(readFileSync(target, 'utf8'), 'a+');
});

test('a symlink that leads nowhere, or in circles, is refused and stays', async (t) => {
  const directory = temporaryDirectory(t);
  const dangling = join(directory, 'dangling.json');
  symlinkSync('nowhere', dangling);
  await refuses(dangling, /symbolic link to a file that is not there/);
  assert.ok(lstatSync(dangling).isSymbolicLink());
  const loop = join(directory, 'loop.json');
  symlinkSync(basename(loop), loop);
  await refuses(loop, /loop/);
});

test('what is not a regular file of a sane size and in UTF-8 is refused, and a FIFO does not block', async (t) => {
  const directory = temporaryDirectory(t);
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', [fifo]);
  await refuses(fifo, /not a regular file/);
  await refuses(directory, /it is a directory/);
  const huge = join(directory, 'huge');
  writeFileSync(huge, `{}${' '.repeat(50 * 1024 * 1024)}`);
  await refuses(huge, /larger than 16 MiB/);
  const utf16 = join(directory, 'utf16');
  writeFileSync(utf16, Buffer.from('\uFEFF{}', 'utf16le'));
  await refuses(utf16, /not in UTF-8/);
  await refuses(join(fifo, 'config.json'), /not a directory/);
});

test('a change made by another program in between is kept', async (t) => {
  const path = join(temporaryDirectory(t), 'config.json');
  writeFileSync(path, 'a');
  let calls = 0;
  const plan: PlanText = (text) => {
    calls++;
    if (calls === 1) writeFileSync(path, 'b');
    return append(text);
  };
  await applyEngineEdit(path, plan, me);
  assert.equal(calls, 2);
  assert.equal(readFileSync(path, 'utf8'), 'b+');
});

test('a file that never rests is left as the other program wrote it', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'config.json');
  let calls = 0;
  const plan: PlanText = (text) => {
    calls++;
    writeFileSync(path, `${calls}`);
    return append(text);
  };
  await assert.rejects(applyEngineEdit(path, plan, me), { code: 'engine-file-busy' });
  assert.equal(readFileSync(path, 'utf8'), `${calls}`);
  assert.deepEqual(readdirSync(directory), ['config.json']);
});

test('a plan that throws leaves the file alone', async (t) => {
  const path = join(temporaryDirectory(t), 'config.json');
  writeFileSync(path, 'a');
  const plan: PlanText = () => {
    throw new AppError({ code: 'X', message: 'broken' });
  };
  await assert.rejects(applyEngineEdit(path, plan, me), { code: 'X' });
  assert.equal(readFileSync(path, 'utf8'), 'a');
});

test("root writes nothing into another user's directory, not even in a directory yet to be made", async (t) => {
  const directory = temporaryDirectory(t);
  // As root the directory is given away; anyone else merely claims to be root in it.
  if (me.uid === 0) chownSync(directory, 4321, 4321);
  const owner = statSync(directory).uid;
  for (const path of [join(directory, 'config.json'), join(directory, 'a', 'b', 'config.json')]) {
    for (const edit of [applyEngineEdit, previewEngineEdit]) {
      await assert.rejects(edit(path, append, { ...me, uid: 0 }), (error) => {
        assert.ok(error instanceof AppError);
        assert.match(error.message, new RegExp(`belongs to user ${owner}`));
        assert.match(bareFix(error.fix), /without sudo/);
        return true;
      });
    }
  }
  assert.deepEqual(readdirSync(directory), []);
});

test('a file of another user is not taken over', async (t) => {
  const path = join(temporaryDirectory(t), 'config.json');
  writeFileSync(path, 'a');
  const stranger = { ...me, uid: statSync(path).uid + 1 };
  await assert.rejects(applyEngineEdit(path, append, stranger), { code: 'foreign-file' });
  assert.equal(readFileSync(path, 'utf8'), 'a');
});

test('what another process of ours has done meanwhile is not done again', async (t) => {
  const path = join(temporaryDirectory(t), 'config.json');
  writeFileSync(path, 'a');
  let calls = 0;
  const plan: PlanText = (text) => (calls++ === 0 ? append(text) : nothing(text));
  assert.deepEqual(await applyEngineEdit(path, plan, me), []);
  assert.deepEqual([calls, readFileSync(path, 'utf8')], [2, 'a']);
});

test('a lock is held while a file is edited; without a place for one it is edited all the same', async (t) => {
  const state = join(temporaryDirectory(t), 'state');
  const held = () => existsSync(join(state, 'edits.lock'));
  assert.equal(await whileEditing('/f', { ...me, state }, async () => held()), true);
  assert.equal(held(), false);
  assert.equal(await whileEditing('/f', me, async () => existsSync('null')), false);
});
