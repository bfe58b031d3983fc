import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../credential/app-error.ts';
import { replaceFile } from '../storage/replace-file.ts';
import type { EnginePlan } from './engine-draft.ts';
import { asFileError, type FileSnapshot, readEngineFile } from './read-engine-file.ts';

/** From a file's text (null: no file) to what it should be. Pure: it is asked again if the file changed. */
export type PlanText = (text: string | null) => EnginePlan;

/** Who writes: the effective user id, undefined on Windows. */
export interface Writer {
  readonly uid: number | undefined;
}

const maxAttempts = 5;

/**
 * What `applyEngineEdit` would change in the file at `path`, in sentences; writes nothing.
 * Throws every AppError that can be foreseen.
 */
export async function previewEngineEdit(
  path: string,
  plan: PlanText,
  writer: Writer,
): Promise<readonly string[]> {
  const { before, planned } = await readAndPlan(path, plan);
  if (wouldWrite(before, planned)) await refuseForeignOwner(before, writer);
  return planned.changes;
}

/**
 * Edits the config file at `path`: reads it, plans, and replaces it atomically, keeping mode, owner and
 * symlinks (a new file is 0600, new directories 0700). No engine locks these files, so it looks again just
 * before the rename and plans anew if the file changed meanwhile. Writes nothing if nothing changes.
 * Returns what it changed, in sentences. Throws an AppError; the file is then as it was.
 */
export async function applyEngineEdit(
  path: string,
  plan: PlanText,
  writer: Writer,
): Promise<readonly string[]> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const { before, planned } = await readAndPlan(path, plan);
    if (!wouldWrite(before, planned)) return planned.changes;
    await refuseForeignOwner(before, writer);
    if (await write(before, planned.text)) return planned.changes;
  }
  throw new AppError({
    code: 'ENGINE_FILE_BUSY',
    message: `${path} was changed by another program again and again; it is left as that program wrote it`,
    hint: 'Run this again when no docker or podman login is going on.',
  });
}

async function readAndPlan(
  path: string,
  plan: PlanText,
): Promise<{ before: FileSnapshot; planned: EnginePlan }> {
  const before = await readEngineFile(path);
  return { before, planned: plan(before.text) };
}

function wouldWrite(before: FileSnapshot, planned: EnginePlan): planned is EnginePlan & { text: string } {
  return planned.text !== null && planned.text !== before.text;
}

async function write(before: FileSnapshot, text: string): Promise<boolean> {
  const { path, target, uid, gid } = before;
  const isUnchanged = async () => {
    const now = await readEngineFile(path);
    return now.text === before.text && now.target === before.target;
  };
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    return await replaceFile(target, text, { mode: before.mode ?? 0o600, uid, gid }, isUnchanged);
  } catch (error) {
    // The system's refusal, told in words.
    throw asFileError(error, path, 'write');
  }
}

/**
 * Root must not leave files of its own in someone's home (`sudo` may keep HOME), and others can't keep the
 * owner of a file that is not theirs.
 */
async function refuseForeignOwner(before: FileSnapshot, writer: Writer): Promise<void> {
  if (writer.uid === undefined) return;
  const owner = writer.uid === 0 ? await ownerOfNearestDirectory(before.target) : (before.uid ?? writer.uid);
  if (owner === writer.uid) return;
  throw new AppError({
    code: 'ENGINE_FILE_FOREIGN',
    message: `${before.path} belongs to user ${owner}, and you are user ${writer.uid}`,
    hint:
      writer.uid === 0
        ? `Run it without sudo, or: sudo -H -u '#${owner}' docker-credential-openshift setup HOST`
        : `Run it as that user: sudo -H -u '#${owner}' docker-credential-openshift setup HOST`,
  });
}

async function ownerOfNearestDirectory(target: string): Promise<number> {
  for (let directory = dirname(target); ; directory = dirname(directory)) {
    try {
      return (await stat(directory)).uid;
    } catch (error) {
      // Not made yet: its owner will be whoever may write to the directory above it.
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!missing || directory === dirname(directory)) throw asFileError(error, target, 'write');
    }
  }
}
