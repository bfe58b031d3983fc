import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../hosts/reason.ts';
import { readPrivateFile } from './hot-files.ts';
import { writePrivateFile } from './private-directory.ts';
import { removeFile } from './remove-file.ts';
import { whyNotPrivate } from './why-not-private.ts';

/** Tokens that a person signed out of a registry host with; more than these are forgotten, oldest first. */
const MOST_REMEMBERED = 20;
/** Stands in place of fingerprints once every token was signed out of. */
const EVERY_TOKEN = '*';

/**
 * Where it lies who signed out of a registry host.
 * @param state our state directory
 * @param host a normalised registry host
 */
export function signOutFile(state: string, host: string): string {
  return `${state}/signed-out/${hostFileName(host)}.json`;
}

/** @returns the fingerprints of the tokens that were signed out of, newest last */
export function readSignOuts(path: string, uid: number | undefined): string[] {
  const text = readPrivateFile(path, uid, 64 * 1024);
  if (text === null) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  } catch {
    // Cut short by a full disk: as good as none.
    return [];
  }
}

/**
 * Remembers a sign-out until the host is signed in again.
 * @returns whether it could be kept
 */
export async function addSignOut(
  path: string,
  fingerprint: string,
  uid: number | undefined,
): Promise<boolean> {
  const others = readSignOuts(path, uid).filter((item) => item !== fingerprint);
  if (others.includes(EVERY_TOKEN)) return true;
  const kept = [...others, fingerprint].slice(-MOST_REMEMBERED);
  return writePrivateFile(path, JSON.stringify(kept), uid, true);
}

/**
 * Remembers that a person signed out of a host with whatever token it would get, now or later, until it is signed in
 * again.
 * @returns whether it could be kept
 */
export async function signOutOfHost(path: string, uid: number | undefined): Promise<boolean> {
  return writePrivateFile(path, JSON.stringify([EVERY_TOKEN]), uid, true);
}

/** @returns why a sign-out of the host could not be kept */
export async function notSignedOut(host: string, path: string, uid: number | undefined): Promise<AppError> {
  const { message, fix } = await whyNotPrivate(path, uid);
  return new AppError({
    code: 'not-signed-out',
    message: `You are still signed in to ${host}, since it can't be kept that you signed out: ${message}`,
    fix,
  });
}

/** @returns whether the host was signed out of as a whole */
export function isHostSignedOut(path: string, uid: number | undefined): boolean {
  return readSignOuts(path, uid).includes(EVERY_TOKEN);
}

/** @returns the hosts of which somebody signed out, with one token or all; none whose name had to be shortened */
export function listSignOuts(state: string): string[] {
  try {
    const names = readdirSync(dirname(signOutFile(state, 'host')));
    return names
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => hostInFileName(name.slice(0, -5), () => undefined) ?? []);
  } catch {
    // Nobody signed out of anything yet, or the name of a file there is not ours.
    return [];
  }
}

/** Signs the host in again. @throws AppError naming the file, if it can't be removed */
export async function clearSignOuts(path: string): Promise<void> {
  await removeFile(path);
}

/**
 * Names a token without telling it. The prefix keeps it from being the token's object name on the cluster.
 * @returns 32 hexadecimal digits
 */
export function fingerprintOf(token: string): string {
  return createHash('sha256').update(`docker-credential-openshift ${token}`).digest('hex').slice(0, 32);
}

/** In bytes. File systems take 255, of which locks and files on their way need the rest. */
const LONGEST = 200;
const KEPT_OF_IT = 120;
/** No host has it, and no encoding of one. */
const SHORTENED = '~';

/**
 * How a registry host is named in the name of a file of ours.
 * @param host a normalised registry host
 */
export function hostFileName(host: string): string {
  const name = encodeURIComponent(host);
  if (name.length <= LONGEST) return name;
  const rest = createHash('sha256').update(host).digest('hex').slice(0, 32);
  return `${name.slice(0, KEPT_OF_IT)}${SHORTENED}${rest}`;
}

/**
 * @param readHost what tells the host where its name was shortened
 * @returns the host; undefined: somebody else made that name, or it can't be told
 */
export function hostInFileName(name: string, readHost: () => string | undefined): string | undefined {
  if (name.includes(SHORTENED)) return readHost();
  try {
    return decodeURIComponent(name);
  } catch {
    // No name of ours.
    return undefined;
  }
}
