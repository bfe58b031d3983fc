import { whyNotPrivate } from '../../files/why-not-private.ts';
import { writePrivateFile } from '../../files/write-private-file.ts';
import { AppError } from '../../hosts/reason.ts';
import type { StoredRecord } from './stored-logins.ts';

/** Writes a host's record as a whole, onto the disk. @throws AppError `not-written`: why, and what mends it */
export async function writeStoredRecord(
  path: string,
  record: StoredRecord,
  uid: number | undefined,
): Promise<void> {
  if (await writePrivateFile(path, JSON.stringify(record), uid, true)) return;
  const why = await whyNotPrivate(path, uid);
  throw new AppError({
    code: 'not-written',
    message: `${path} can't be written: ${why.message}`,
    fix: why.fix,
  });
}
