import { dirname } from 'node:path';
import { AppError } from '../hosts/reason.ts';
import { withLockFiles } from './lock.ts';
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
  readonly exposed: readonly FileMode[];
  /** Files that were written and that others could read before, with the permission bits that they had. */
  readonly closed: readonly FileMode[];
}

interface FileMode {
  readonly path: string;
  readonly mode: number;
}

/** What a file's group and everybody else may do. */
const OTHERS_BITS = 0o077;

const MOST_ATTEMPTS = 5;
const LOCK_WAIT_MS = 3000;

/**
 * Edits files that kubectl edits too, under its lock: reads all, plans, and replaces each that changes atomically. Owner
 * and symbolic links stay; of the user's own file others may do nothing any more, and what its owner may do stays; a new
 * file is 0600, a new directory 0700. What doesn't heed the lock is noticed by the
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
    if (foreseen.changes.length === 0) return { plan: foreseen.planned, exposed: [], closed: [] };
    const done = await writeLocked(paths, uid, plan, foreseen);
    if (done !== undefined) return done;
  }
  throw new AppError({
    code: 'file-busy',
    message: `${paths.join(' and ')} changed again and again while it was being written; nothing was lost`,
    fix: { do: 'Run this again when nothing else writes to it.' },
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
        if (!(await change(file.path, () => replace(file, text, uid)))) return undefined;
      }
      const open = now.changes.filter(({ file: { mode = 0 } }) => uid !== undefined && mode & OTHERS_BITS);
      const modes = (own: boolean): FileMode[] =>
        open.flatMap(({ file }) => {
          const { path, mode = 0 } = file;
          return isOwn(file, uid) === own ? [{ path, mode }] : [];
        });
      return { plan: now.planned, exposed: modes(false), closed: modes(true) };
    }),
  );
}

function replace(file: TextFile, text: string, ownUid: number | undefined): Promise<boolean> {
  const { path, target, text: before, mode = 0o600, uid, gid } = file;
  // Whoever reads it by its group, or from another account, has the token in it for as long as that lives.
  const kept = isOwn(file, ownUid) ? mode & ~OTHERS_BITS : mode;
  const like = before === null ? undefined : target;
  return replaceFile(target, text, { mode: kept, uid, gid, like }, async () => {
    const now = await readTextFile(path);
    return now.text === before && now.target === target;
  });
}

function isOwn(file: TextFile, uid: number | undefined): boolean {
  return uid !== undefined && file.uid === uid;
}

async function change<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    // The system's refusal, told in words.
    throw asFileError(error, path, 'changed');
  }
}
