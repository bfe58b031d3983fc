import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { appendToLog, logFiles, namesInLine, readLog } from '../../src/files/log-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();
const program = fileURLToPath(new URL('./append-lines.ts', import.meta.url));
const line = (number: number, length = 0) => JSON.stringify({ number, filler: 'x'.repeat(length) });

test('lines are appended to a private file, and read back in their order', async (t) => {
  const state = `${temporaryDirectory(t)}/state`;
  for (const number of [1, 2]) assert.equal(await appendToLog(state, line(number), uid), true);
  assert.deepEqual(readLog(state, uid), [line(1), line(2)]);
  assert.equal(statSync(logFiles(state)[0]).mode & 0o777, 0o600);
  assert.equal(statSync(state).mode & 0o777, 0o700);
});

test('the log takes a megabyte at most, and its oldest lines go first', async (t) => {
  const state = `${temporaryDirectory(t)}/state`;
  for (let number = 0; number < 300; number += 1) await appendToLog(state, line(number, 8000), uid);
  const sizes = logFiles(state).map((path) => statSync(path).size);
  for (const size of sizes) assert.ok(size <= 512 * 1024, `${size} bytes`);
  const numbers = readLog(state, uid).map((text) => JSON.parse(text).number as number);
  assert.ok(numbers.length >= 64 && numbers.length <= 131, `${numbers.length} lines`);
  assert.deepEqual(
    numbers,
    Array.from(numbers, (_, index) => 300 - numbers.length + index),
  );
  assert.deepEqual(readdirSync(join(state, 'locks')), []);
});

test('of processes that write at once while the log is rotated, no line is torn, and none is lost but the oldest', async (t) => {
  const state = `${temporaryDirectory(t)}/state`;
  const names = ['a', 'b', 'c', 'd'];
  const processes = names.map((name) =>
    spawn(process.execPath, [program, state, name, '50', '4000'], { stdio: 'inherit' }),
  );
  const statuses = await Promise.all(processes.map(async (child) => (await once(child, 'close'))[0]));
  assert.deepEqual(statuses, [0, 0, 0, 0]);
  const [current, before] = logFiles(state);
  assert.ok(existsSync(before), 'it was rotated');
  const texts = [before, current].map((path) => readFileSync(path, 'utf8'));
  const lines = texts.flatMap((text) => text.split('\n')).filter((text) => text !== '');
  const found = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const text of lines) {
    const { name, number } = JSON.parse(text);
    found.get(name)?.push(number);
  }
  // Once: 200 lines of 4 KB fill the first file, and not the second.
  for (const [name, numbers] of found) {
    assert.deepEqual(
      numbers,
      Array.from({ length: 50 }, (_, index) => index),
      name,
    );
  }
});

test('a line that a full disk cut stands alone, and is left out by who reads', async (t) => {
  const state = `${temporaryDirectory(t)}/state`;
  await appendToLog(state, line(1), uid);
  appendFileSync(logFiles(state)[0], '{"number":2,"fil');
  await appendToLog(state, line(3), uid);
  assert.deepEqual(readLog(state, uid), [line(1), line(3)]);
});

test('a line that is cut by a limit for files is told, and nothing is thrown', async (t) => {
  const state = `${temporaryDirectory(t)}/state`;
  const limited = ['-c', 'ulimit -f 8; exec "$@"', 'sh', process.execPath, program, state, 'a', '3', '3000'];
  const { status } = spawnSync('sh', limited);
  assert.equal(status, 1);
  assert.ok(readLog(state, uid).length >= 1);
});

test('what is in the place of the log is neither written to nor waited for', async (t) => {
  const places: Record<string, (path: string, directory: string) => void> = {
    'a directory': (path) => mkdirSync(path),
    'a link': (path, directory) => {
      writeFileSync(join(directory, 'other'), 'mine');
      symlinkSync(join(directory, 'other'), path);
    },
    'a FIFO': (path) => void spawnSync('mkfifo', [path]),
    'a file that others may read': (path) => {
      writeFileSync(path, '');
      chmodSync(path, 0o644);
    },
  };
  for (const [name, put] of Object.entries(places)) {
    const directory = temporaryDirectory(t);
    const state = join(directory, 'state');
    mkdirSync(state, { mode: 0o700 });
    put(logFiles(state)[0], directory);
    assert.equal(await appendToLog(state, line(1), uid), false, name);
    assert.deepEqual(readLog(state, uid), [], name);
    if (name === 'a link') assert.equal(readFileSync(join(directory, 'other'), 'utf8'), 'mine');
  }
});

test('where the directory is somebody else’s to read, or is none, nothing is logged', async (t) => {
  const directory = temporaryDirectory(t);
  const open = join(directory, 'open');
  mkdirSync(open);
  chmodSync(open, 0o755);
  writeFileSync(join(directory, 'file'), '');
  for (const state of [open, join(directory, 'file')])
    assert.equal(await appendToLog(state, line(1), uid), false, state);
  assert.deepEqual(readdirSync(open), []);
});

test('the names in a line are those of its user and context, where it has any', () => {
  assert.deepEqual(namesInLine('{"user":"alice/api","context":"team/api/alice"}'), [
    'alice/api',
    'team/api/alice',
  ]);
  assert.deepEqual(namesInLine('{"event":"started","user":1}'), []);
  assert.deepEqual(namesInLine('{no JSON}'), []);
});
