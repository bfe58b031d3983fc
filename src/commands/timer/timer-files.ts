import { dirname } from 'node:path';
import { AppError, type Fix } from '../../hosts/reason.ts';
import type { CommandResult, TimerPorts } from './timer-ports.ts';

/**
 * Writes the timer's files and switches it on; if either fails, the files are as before.
 * @param files the text of each path
 * @param activate called with whether any file changed; throws if the timer can't be switched on
 * @param afterRestore called once the former files are back
 * Throws what `activate` throws, and an AppError TIMER_NOT_WRITTEN.
 */
export async function replaceTimerFiles(
  files: ReadonlyMap<string, string>,
  ports: Pick<TimerPorts, 'readText' | 'writeText' | 'remove' | 'print'>,
  activate: (changed: boolean) => Promise<void>,
  afterRestore: () => Promise<void>,
): Promise<void> {
  const former = new Map<string, string | undefined>();
  for (const path of files.keys()) former.set(path, await onPath(path, () => ports.readText(path)));
  const changed = [...files].filter(([path, text]) => former.get(path) !== text);
  try {
    for (const [path, text] of changed) await onPath(path, () => ports.writeText(path, text));
    await activate(changed.length > 0);
  } catch (error) {
    // Whatever it was: no half of a timer may stay. The error goes up.
    for (const [path] of changed) await putBack(path, former.get(path), ports);
    await afterRestore();
    throw error;
  }
  for (const path of files.keys()) {
    ports.print(`${path}: ${changed.some(([name]) => name === path) ? 'written' : 'nothing to change'}`);
  }
}

/** Removes files of the timer. Returns those that were there. Throws an AppError TIMER_NOT_WRITTEN. */
export async function removeTimerFiles(
  paths: readonly string[],
  ports: Pick<TimerPorts, 'readText' | 'remove'>,
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const path of paths) {
    if ((await onPath(path, () => ports.readText(path))) === undefined) continue;
    await onPath(path, () => ports.remove(path));
    removed.push(path);
  }
  return removed;
}

/**
 * Runs a program that has to succeed.
 * Throws an AppError TIMER_COMMAND_FAILED: the command, what it said first, and `fix`.
 */
export async function mustRun(
  ports: Pick<TimerPorts, 'run'>,
  command: string,
  args: readonly string[],
  fix: Fix,
): Promise<void> {
  const result = await ports.run(command, args);
  if (result !== 'missing' && result.status === 0) return;
  throw new AppError({
    code: 'TIMER_COMMAND_FAILED',
    message: `\`${[command, ...args].join(' ')}\` failed (${reasonOf(result)})`,
    fix,
  });
}

/** Why a program failed, in its own first line. */
export function reasonOf(result: CommandResult | 'missing'): string {
  if (result === 'missing') return 'no such program';
  const [line = ''] = `${result.stderr.trim()}\n${result.stdout.trim()}`.trim().split(/\r?\n/);
  return line === '' ? `exit status ${result.status}` : line.replace(/\.$/, '');
}

/** Brings a file back as it was; `text` undefined: away with it. Where that is denied it leaves things alone. */
export async function putBack(
  path: string,
  text: string | undefined,
  ports: Pick<TimerPorts, 'writeText' | 'remove'>,
): Promise<void> {
  try {
    await (text === undefined ? ports.remove(path) : ports.writeText(path, text));
  } catch (error) {
    // A directory that can't be written holds nothing of ours; the first error is the one to tell.
    if (!isFileError(error)) throw error;
  }
}

async function onPath<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    // Of node:fs: denied, read-only, full. Anything else is a defect.
    if (!isFileError(error)) throw error;
    const { code, cause } = { code: error.code, cause: error };
    const fix = { run: path.includes('\\') ? `icacls "${path}"` : `ls -ld '${dirname(path)}'` };
    throw new AppError({
      code: 'TIMER_NOT_WRITTEN',
      message: `${path} can't be kept (${code})`,
      fix,
      cause,
    });
  }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
