import { CACHE_FORMAT, type CachedAnswer } from '../hosts/cached-answer.ts';
import type { Reason } from '../hosts/reason.ts';
import { readPrivateFile } from './hot-files.ts';

/** A token of 11 KB has been seen; a record is that and a dozen paths. */
const LARGEST_RECORD = 256 * 1024;
/** 32 digits and a newline. */
const KEY_BYTES = 33;

/** Where all answers lie, below our cache directory. */
export function answersDirectory(cache: string): string {
  return `${cache}/answers`;
}

/**
 * Where a registry host's answer lies.
 * @param cache our cache directory
 * @param host a normalised registry host
 */
export function answerFile(cache: string, host: string): string {
  return `${answersDirectory(cache)}/${encodeURIComponent(host)}.json`;
}

/** Where what may be repeated for a registry host lies, as docs/ready-record.md has it. */
export function readyFile(cache: string, host: string): string {
  return `${answersDirectory(cache)}/${encodeURIComponent(host)}.ready`;
}

/** What a kubelet's answer for a registry host is kept as: the sign in it stands in no host. */
export function kubeletsName(host: string): string {
  return `${host}~kubelet`;
}

/** Where the key of this user's digests lies. */
export function keyFile(cache: string): string {
  return `${cache}/key`;
}

/** @returns 32 hexadecimal digits; null: there is no key */
export function readKey(cache: string, uid: number | undefined): string | null {
  const text = readPrivateFile(keyFile(cache), uid, KEY_BYTES);
  return text?.length === KEY_BYTES && text.endsWith('\n') ? text.slice(0, -1) : null;
}

/** @returns the text of what may be repeated, whatever its conditions; null: nothing */
export function readReadyFile(cache: string, host: string, uid: number | undefined): string | null {
  return readPrivateFile(readyFile(cache, host), uid, LARGEST_RECORD);
}

/**
 * Reads a registry host's record, whether it is still good or not.
 * @param uid the owner that the file must have; undefined: not asked (Windows)
 * @returns the record; null if there is none or it can't be made out
 */
export function readAnswerFile(path: string, uid: number | undefined): CachedAnswer | null {
  const text = readPrivateFile(path, uid, LARGEST_RECORD);
  if (text === null) return null;
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : null;
  } catch {
    // Written by something else, or cut short by a full disk: as good as none.
    return null;
  }
}

/** Enough of a look that a foreign file can't make `get` fail; the owner and mode were checked before. */
function isRecord(value: unknown): value is CachedAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const { format, answer, sources, checkedAt, missed = [] } = value as Partial<CachedAnswer>;
  if (format !== CACHE_FORMAT || !Array.isArray(missed) || !missed.every(isReason)) return false;
  if (typeof checkedAt?.wallMs !== 'number' || !Array.isArray(sources)) return false;
  for (const source of sources) if (!Array.isArray(source)) return false;
  if (answer?.kind === 'anonymous') return Array.isArray(answer.reasons) && answer.reasons.every(isReason);
  if (answer?.kind === 'kept') return typeof answer.username === 'string' && typeof answer.id === 'string';
  return (
    answer?.kind === 'credential' &&
    typeof answer.username === 'string' &&
    typeof answer.fingerprint === 'string'
  );
}

function isReason(value: unknown): boolean {
  const { code, why, fix } = (value ?? {}) as Partial<Reason>;
  if (typeof code !== 'string' || typeof why !== 'string') return false;
  if (fix === undefined) return true;
  return typeof fix === 'object' && fix !== null && typeof ('run' in fix ? fix.run : fix.do) === 'string';
}
