import { dirname } from 'node:path';
import { AppError } from '../../hosts/reason.ts';
import type { TimerMachine } from './scheduler.ts';

type Files = Pick<TimerMachine, 'readText' | 'writeText' | 'remove'>;

/**
 * Writes the timer's files and switches it on; if either fails, the files are as before.
 * @param files the text of each path
 * @param activate called with whether any file changed; throws if the timer can't be switched on
 * @param afterRestore called once the former files are back
 * @returns each path, and whether its file changed
 * @throws what `activate` throws, and an AppError `timer-not-written`
 */
export async function replaceTimerFiles(
  files: ReadonlyMap<string, string>,
  machine: Files,
  activate: (isChanged: boolean) => Promise<void>,
  afterRestore: () => Promise<void>,
): Promise<{ path: string; isChanged: boolean }[]> {
  const former = new Map<string, string | undefined>();
  for (const path of files.keys()) former.set(path, await onPath(path, () => machine.readText(path)));
  const changed = [...files].filter(([path, text]) => former.get(path) !== text);
  try {
    for (const [path, text] of changed) await onPath(path, () => machine.writeText(path, text));
    await activate(changed.length > 0);
  } catch (error) {
    // Whatever it was: no half of a timer may stay. The error goes up.
    for (const [path] of changed) await putBack(path, former.get(path), machine);
    await afterRestore();
    throw error;
  }
  return [...files.keys()].map((path) => ({ path, isChanged: changed.some(([name]) => name === path) }));
}

/** Removes files of the timer. @returns those that were there. @throws AppError `timer-not-written` */
export async function removeTimerFiles(
  paths: readonly string[],
  { readText, remove }: Files,
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const path of paths) {
    if ((await onPath(path, () => readText(path))) === undefined) continue;
    await onPath(path, () => remove(path));
    removed.push(path);
  }
  return removed;
}

/** Brings a file back as it was; `text` undefined: away with it. Where that is denied it leaves things alone. */
export async function putBack(path: string, text: string | undefined, machine: Files): Promise<void> {
  try {
    await (text === undefined ? machine.remove(path) : machine.writeText(path, text));
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
    throw new AppError({
      code: 'timer-not-written',
      message: `${path} can't be kept (${error.code})`,
      fix: { run: path.includes('\\') ? `icacls "${path}"` : `ls -ld '${dirname(path)}'` },
      cause: error,
    });
  }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Text for an XML element, in ASCII: the file then reads the same in every encoding that a program takes it for.
 * @param text without control characters and lone surrogates
 */
export function xmlText(text: string): string {
  return text.replaceAll(/[&<>"]|[^ -~]/gu, (char) => NAMED[char] ?? `&#${char.codePointAt(0)};`);
}
