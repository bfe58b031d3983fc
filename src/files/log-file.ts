import { constants, type FileHandle, open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readPrivateFile } from './hot-files.ts';
import { withLock } from './lock.ts';
import { ensurePrivateDirectory } from './private-directory.ts';

/** In bytes, of each of the two files: together they hold a megabyte. */
const LARGEST_LOG = 512 * 1024;
/** Where a directory is broken in such a way that each line goes to a file that is gone. */
const MOST_TRIES = 3;
/** Neither another's link is followed, nor is a FIFO waited for; Windows knows neither. */
const APPEND =
  constants.O_RDWR |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

/** @returns where the log lies, the newest lines first, below the directory for what must last */
export function logFiles(state: string): readonly [current: string, before: string] {
  return [join(state, 'log.jsonl'), join(state, 'log.1.jsonl')];
}

/**
 * Appends a line to the log, in one write, so that no other process's line comes to stand within it. A file that is full is
 * renamed, and the one before it goes with its oldest lines: whoever has opened it still writes to it.
 * @param state the directory for what must last
 * @param line without its newline
 * @returns whether it was written; false: there is no place for a log, or none at this moment. Never throws
 */
export async function appendToLog(state: string, line: string, uid: number | undefined): Promise<boolean> {
  const [current, before] = logFiles(state);
  const bytes = Buffer.from(`${line}\n`);
  try {
    if (!(await ensurePrivateDirectory(state, uid))) return false;
    if (await isFull(current, bytes.length)) {
      await withLock(join(state, 'locks', 'log'), 0, uid, async () => {
        // Whoever was here before may have made room.
        if (await isFull(current, bytes.length)) await rename(current, before);
      });
    }
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const outcome = await append(current, bytes, uid);
      if (outcome !== 'gone') return outcome === 'written';
    }
    return false;
  } catch {
    // Full, read-only, a directory or a link in its place, no descriptor left: no line is worth an answer.
    return false;
  }
}

async function isFull(path: string, more: number): Promise<boolean> {
  try {
    return (await stat(path)).size + more > LARGEST_LOG;
  } catch {
    // It is not there yet, or out of reach: then it can't be opened either.
    return false;
  }
}

/** @returns `gone`: the file was renamed and replaced while it was open, and the line with it */
async function append(
  path: string,
  bytes: Buffer,
  uid: number | undefined,
): Promise<'written' | 'refused' | 'gone'> {
  const file = await open(path, APPEND, 0o600);
  try {
    const before = await file.stat();
    if (!before.isFile()) return 'refused';
    if (uid !== undefined && (before.uid !== uid || (before.mode & 0o077) !== 0)) return 'refused';
    const whole = (await endsLine(file, before.size)) ? bytes : Buffer.concat([Buffer.from('\n'), bytes]);
    const { bytesWritten } = await file.write(whole);
    if (bytesWritten < whole.length) return 'refused';
    return (await file.stat()).nlink === 0 ? 'gone' : 'written';
  } finally {
    await file.close();
  }
}

/** A disk that was full may have taken a part of a line: the next one starts anew after it. */
async function endsLine(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** @returns the lines of the log, the oldest first, without those that a full disk cut */
export function readLog(state: string, uid: number | undefined): readonly string[] {
  const [current, before] = logFiles(state);
  return [before, current]
    .map((path) => readPrivateFile(path, uid, 2 * LARGEST_LOG) ?? '')
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith('{') && line.endsWith('}'));
}

/** @returns the user and the context that a line of the log names: whoever was logged in then may be no more */
export function namesInLine(line: string): readonly string[] {
  try {
    const { user, context } = JSON.parse(line) as Record<string, unknown>;
    return [user, context].filter((name) => typeof name === 'string');
  } catch {
    // Another program wrote there: its line is shown as it is.
    return [];
  }
}
