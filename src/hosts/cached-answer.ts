import type { Answer, KeptAnswer } from './answer.ts';
import { isUsable } from './answer.ts';
import { clockShiftMs, type Moment } from './clock.ts';

/**
 * What is known of a token beyond the answer that was given with it. It outlives that answer: a
 * cluster whose token validation is down says 401 to live tokens too, and erases nothing of this.
 */
export interface TokenKnowledge {
  /** Names the token without telling it; see `fingerprintOf`, and of a typed login that goes to no cluster `nameOfStored`. */
  readonly fingerprint: string;
  /** Ms since the epoch; null: it never ends; undefined: the cluster did not say. */
  readonly expiresAtMs?: number | null;
  /** How long it lives in all; undefined: the cluster did not say. */
  readonly lifeMs?: number;
  /** When its end was last announced, in ms since the epoch. */
  readonly announcedAtMs?: number;
  /** The token ends earlier if it is not used; its end may move. */
  readonly endsWhenIdle?: boolean;
  /** False once the cluster said that its scope opens no image. */
  readonly opensImages?: boolean;
  /** The cluster said that the token's own object is gone: it stays dead. */
  readonly revoked?: boolean;
  /** The registry that the login was typed for refused it, and has not accepted it since. */
  readonly refused?: boolean;
  /** It was typed, and only a person can have another in its place. */
  readonly isTyped?: boolean;
  /** The user name that the cluster knows the token by. */
  readonly username?: string;
}

/** A file that an answer was derived from, as it was then; null: there was none. */
export type SourceStamp = readonly [path: string, stamp: string | null];

/** One registry host's answer, as it lies in its file. */
export interface CachedAnswer<A extends Answer | KeptAnswer = Answer | KeptAnswer> {
  /** The layout of this record; another one is not read. */
  readonly format: number;
  readonly host: string;
  readonly answer: A;
  /** When the answer was decided. */
  readonly checkedAt: Moment;
  /** The environment that it depends on; see `answerEnvironment`. */
  readonly environment: string;
  readonly sources: readonly SourceStamp[];
  readonly token?: TokenKnowledge;
}

export const CACHE_FORMAT = 3;

/** The variables that decide where identities, bindings and proxies are found. */
const DECIDING_VARIABLES = [
  'HOME',
  'KUBECONFIG',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'DOCKER_CREDENTIAL_OPENSHIFT_CONFIG',
  'DOCKER_CREDENTIAL_OPENSHIFT_SERVER',
  'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE',
  'DOCKER_CREDENTIAL_OPENSHIFT_CA_FILE',
  'DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT',
  'DOCKER_CREDENTIAL_OPENSHIFT_SERVICE_ACCOUNT',
  'DOCKER_CREDENTIAL_OPENSHIFT_REGISTRIES',
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
] as const;

/** Those of them that hold paths. A relative one of XDG's is ignored, as its specification has it. */
const PATHS = [
  'HOME',
  'KUBECONFIG',
  'DOCKER_CREDENTIAL_OPENSHIFT_CONFIG',
  'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE',
  'DOCKER_CREDENTIAL_OPENSHIFT_CA_FILE',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
] as const;

/** A path of these that is not absolute means another file in every directory. A colon may follow a drive letter. */
const RELATIVE = /(?:^|(?<!(?:^|;)[A-Za-z])[:;])(?!\/|[A-Za-z]:[\\/]|[:;]|$)/;

/**
 * @param env the process's environment
 * @param uid the effective user id, or undefined where there is none (Windows)
 * @param cwd the working directory; asked only if it matters
 * @returns one string that differs whenever something that answers depend on differs
 */
export function answerEnvironment(
  env: Record<string, string | undefined>,
  uid: number | undefined,
  cwd: () => string,
): string {
  let isPlaced = false;
  for (const name of PATHS) isPlaced ||= dependsOnDirectory(env[name]);
  const values: unknown[] = [uid ?? null, isPlaced ? cwd() : null];
  for (const name of DECIDING_VARIABLES) values.push(env[name] ?? null);
  return JSON.stringify(values);
}

function dependsOnDirectory(paths: string | undefined): boolean {
  if (paths === undefined) return false;
  // One absolute path, as nearly always: to compile the expression would take longer than all else here.
  if (paths.startsWith('/') && !paths.includes(':') && !paths.includes(';')) return false;
  return RELATIVE.test(paths);
}

/**
 * Whether a record may be answered as it is: derived from what is there now, and young enough.
 * @param record the file's content
 * @param now `stampOf` gives a file's stamp as `SourceStamp` has it
 */
export function isStillGood(
  record: CachedAnswer,
  now: { host: string; environment: string; moment: Moment; stampOf(path: string): string | null },
): boolean {
  const isThisAnswer =
    record.format === CACHE_FORMAT && record.host === now.host && record.environment === now.environment;
  if (!isThisAnswer) return false;
  const nowMs = now.moment.wallMs - clockShiftMs(record.checkedAt, now.moment);
  if (!isUsable(record.answer, record.checkedAt.wallMs, nowMs)) return false;
  for (const [path, stamp] of record.sources) if (now.stampOf(path) !== stamp) return false;
  return true;
}
