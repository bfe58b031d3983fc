import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { readPrivateFile } from '../files/hot-files.ts';
import { namesIn } from '../files/read-regular-file.ts';
import { hostFileName, hostInFileName } from '../files/sign-outs.ts';
import { clockShiftMs, type Moment } from '../hosts/clock.ts';
import type { StoredLogin } from '../hosts/secret-store.ts';

/** A secret of 1 MB that JSON writes in six characters for each of its own. */
const LARGEST_RECORD = 8 * 1024 * 1024;
const FORMAT = 1;

/** What lies in a host's file: what is known of its secret, and of `where: 'file'` the secret itself. */
export interface StoredRecord {
  readonly format: typeof FORMAT;
  readonly host: string;
  /** Undefined: nothing is stored any more, and `items` are left over. */
  readonly login: Omit<StoredLogin, 'host'> | undefined;
  readonly storedAt: Moment;
  /** Every item of this host that may be in the keychain, by its id. */
  readonly items: readonly string[];
  /** What was noted of the host's items could not be read any more: there may be others than these. */
  readonly lost?: true;
  readonly secret?: string;
}

/** @returns a record of this layout */
export function storedRecord(fields: Omit<StoredRecord, 'format'>): StoredRecord {
  return { format: FORMAT, ...fields };
}

/**
 * Where a host's record lies.
 * @param state our state directory
 * @param host a normalised registry host
 */
export function storedLoginFile(state: string, host: string): string {
  return `${storedLoginsDirectory(state)}/${hostFileName(host)}.json`;
}

/** Where all records lie, below our state directory. */
export function storedLoginsDirectory(state: string): string {
  return `${state}/stored`;
}

/** @returns the record; undefined if there is none, or none that counts: see `whyStoredUnusable` */
export function readStoredRecord(path: string, uid: number | undefined): StoredRecord | undefined {
  const isPrivate = isOwn(dirname(path), uid, 0o077) && isOwn(dirname(dirname(path)), uid, 0o022);
  return isPrivate ? parsed(readPrivateFile(path, uid, LARGEST_RECORD)) : undefined;
}

/** @returns the record, whether it counts or not: what is to be erased is no less there for that */
export function readRecordAsItIs(path: string): StoredRecord | undefined {
  return parsed(readPrivateFile(path, undefined, LARGEST_RECORD));
}

/** @param forbidden the mode bits that must not be set */
function isOwn(directory: string, uid: number | undefined, forbidden: number): boolean {
  if (uid === undefined) return true;
  try {
    const stats = lstatSync(directory);
    return stats.isDirectory() && stats.uid === uid && (stats.mode & forbidden) === 0;
  } catch {
    // Not there, or out of reach: what it holds is no nearer.
    return false;
  }
}

function parsed(text: string | null): StoredRecord | undefined {
  if (text === null) return undefined;
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : undefined;
  } catch {
    // These files are replaced as a whole: something else wrote it.
    return undefined;
  }
}

/** @returns the secret of that id; undefined if it is not kept in a file any more */
export function readStoredSecret(
  state: string | null,
  host: string,
  id: string,
  uid: number | undefined,
): string | undefined {
  const record = state === null ? undefined : readStoredRecord(storedLoginFile(state, host), uid);
  return record?.login?.id === id ? record.secret : undefined;
}

/** @returns what a record says of a secret, its end told by the clock of now */
export function storedLoginIn(record: StoredRecord | undefined, now: Moment): StoredLogin | undefined {
  if (record?.login === undefined) return undefined;
  const { expiresAtMs } = record.login;
  const end =
    typeof expiresAtMs === 'number' ? expiresAtMs + clockShiftMs(record.storedAt, now) : expiresAtMs;
  // JSON has no `undefined`.
  const { boundTo } = record.login;
  return { ...record.login, host: record.host, boundTo, expiresAtMs: end };
}

/** @returns all records that count */
export function readStoredRecords(state: string, uid: number | undefined): StoredRecord[] {
  return storedHosts(state)
    .map((host) => readStoredRecord(storedLoginFile(state, host), uid))
    .filter((record) => record !== undefined);
}

/** @returns the hosts that there is a record of, whether it counts or not */
export function storedHosts(state: string | null): string[] {
  if (state === null) return [];
  const directory = storedLoginsDirectory(state);
  return namesIn(directory).flatMap((name) => {
    if (!name.endsWith('.json')) return [];
    const host = hostInFileName(name.slice(0, -5), () => readRecordAsItIs(`${directory}/${name}`)?.host);
    return host === undefined ? [] : [host];
  });
}

function isRecord(value: unknown): value is StoredRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { format, host, login, storedAt, items, secret } = value as Partial<StoredRecord>;
  if (format !== FORMAT || typeof host !== 'string' || typeof storedAt?.wallMs !== 'number') return false;
  if (!Array.isArray(items) || !items.every((item) => typeof item === 'string')) return false;
  if (login === undefined) return true;
  const { serverUrl, username, where, id, expiresAtMs } = login;
  return (
    [serverUrl, username, id].every((text) => typeof text === 'string') &&
    (where === 'keychain' || (where === 'file' && typeof secret === 'string')) &&
    (expiresAtMs === undefined || expiresAtMs === null || typeof expiresAtMs === 'number')
  );
}
