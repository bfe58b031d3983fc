import { readTextFile, type TextFile } from '../../files/text-file.ts';
import { AppError } from '../../hosts/reason.ts';

/** A config file as it was when read; `text` is null if there was none. */
export type FileSnapshot = TextFile;

/** In UTF-16 units. No engine's file is a thousandth of it. */
const LONGEST = 16 * 1024 * 1024;

/**
 * Reads a config file. Only a regular file in UTF-8 is read; a FIFO can't block it.
 * Throws an AppError for anything else, for one of more than 16 MiB, for a symlink that leads nowhere and if the file
 * can't be read.
 */
export async function readEngineFile(path: string): Promise<FileSnapshot> {
  const file = await readTextFile(path).catch((error: unknown) => {
    // Whatever is wrong with it: this program mends no file that it can't read.
    if (!(error instanceof AppError) || error.code === 'foreign-file') throw error;
    throw unusable(path, error.message, error.cause);
  });
  if (file.text === null || file.text.length <= LONGEST) return file;
  throw unusable(
    path,
    `${path} can't be read: it is larger than 16 MiB, so it is no config file of an engine`,
  );
}

function unusable(path: string, message: string, cause?: unknown): AppError {
  const fix = { do: `Mend ${path} or move it away, then run this again. It is left as it was.` };
  return new AppError({ code: 'unusable-file', message, fix, cause });
}

/**
 * Whether an engine's file exists and may be looked at.
 * @throws AppError naming the file, where that can't be told
 */
export async function isThere(path: string): Promise<boolean> {
  try {
    return (await readEngineFile(path)).text !== null;
  } catch (error) {
    // Without XDG_RUNTIME_DIR the primary file is below /run/containers, which may be root's alone; then
    // this user's podman can't have a login there either.
    const denied =
      error instanceof AppError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EACCES';
    if (denied && path.startsWith('/run/')) return false;
    throw error;
  }
}
