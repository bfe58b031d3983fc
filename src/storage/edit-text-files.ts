import { dirname } from 'node:path';
import { AppError } from '../credential/app-error.ts';
import { withLockFiles } from './lock-file.ts';
import { makeWithParents } from './private-directory.ts';
import { replaceFile } from './replace-file.ts';
import { asFileError, readTextFile, refuseUnwritable, type TextFile } from './text-file.ts';

/** What is to be written, in this order. */
interface Plan {
  readonly edits: readonly { readonly path: string; readonly text: string }[];
}
/** From all files' texts (null: no file) to what is to be written. Asked again if a file changed meanwhile. */
type PlanTexts<T extends Plan> = (files: readonly TextFile[]) => T;

export interface EditedTextFiles<T> {
  readonly plan: T;
  /** Files that were written and that others than their owner may read, with their permission bits. */
  readonly exposed: readonly { readonly path: string; readonly mode: number }[];
}

const MOST_ATTEMPTS = 5;
const LOCK_WAIT_MS = 3000;

/**
 * Edits files that kubectl edits too, under its lock: reads all, plans, and replaces each that changes atomically. Mode,
 * owner and symbolic links stay; a new file is 0600, a new directory 0700. What doesn't heed the lock is noticed by the
 * file's text, just before it is replaced; then it is planned anew. Nothing is locked or written if nothing changes.
 * @param uid the effective user id; undefined: owners are not asked (Windows)
 * @throws AppError that names the file: unreadable, read-only, another's, locked, no space; what `plan` throws
 */
export async function editTextFiles<T extends Plan>(
  paths: readonly string[],
  uid: number | undefined,
  plan: PlanTexts<T>,
): Promise<EditedTextFiles<T>> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const foreseen = await readAndPlan(paths, plan);
    if (foreseen.changes.length === 0) return { plan: foreseen.planned, exposed: [] };
    const done = await writeLocked(paths, uid, plan, foreseen);
    if (done !== undefined) return done;
  }
  throw new AppError({
    code: 'file-busy',
    message: `${paths.join(' and ')} changed again and again while it was being written; nothing was lost`,
    hint: 'Run this again when nothing else writes to it.',
  });
}

interface Foreseen<T> {
  readonly planned: T;
  readonly changes: readonly { readonly file: TextFile; readonly text: string }[];
}

async function readAndPlan<T extends Plan>(
  paths: readonly string[],
  plan: PlanTexts<T>,
): Promise<Foreseen<T>> {
  const files: TextFile[] = [];
  for (const path of paths) files.push(await readTextFile(path));
  const planned = plan(files);
  const changes = planned.edits.flatMap(({ path, text }) => {
    const file = files.find((each) => each.path === path);
    return file === undefined || file.text === text ? [] : [{ file, text }];
  });
  return { planned, changes };
}

/** @returns undefined if another wrote meanwhile, so that it is to be planned anew */
async function writeLocked<T extends Plan>(
  paths: readonly string[],
  uid: number | undefined,
  plan: PlanTexts<T>,
  { changes }: Foreseen<T>,
): Promise<EditedTextFiles<T> | undefined> {
  const locked = changes.map(({ file }) => file.path);
  for (const { file } of changes) {
    await refuseUnwritable(file, uid);
    await change(file.path, () => makeWithParents(dirname(file.target)));
  }
  const [first = ''] = locked;
  return change(first, () =>
    withLockFiles(locked, LOCK_WAIT_MS, uid, async () => {
      const now = await readAndPlan(paths, plan);
      if (now.changes.some(({ file }) => !locked.includes(file.path))) return undefined;
      for (const { file, text } of now.changes) {
        if (!(await change(file.path, () => replace(file, text)))) return undefined;
      }
      const exposed = now.changes.flatMap(({ file: { path, mode = 0 } }) =>
        mode & 0o077 ? [{ path, mode }] : [],
      );
      return { plan: now.planned, exposed: uid === undefined ? [] : exposed };
    }),
  );
}

function replace({ path, target, text: before, mode, uid, gid }: TextFile, text: string): Promise<boolean> {
  return replaceFile(target, text, { mode: mode ?? 0o600, uid, gid }, async () => {
    const now = await readTextFile(path);
    return now.text === before && now.target === target;
  });
}

async function change<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    // The system's refusal, told in words.
    throw asFileError(error, path, 'changed');
  }
}
