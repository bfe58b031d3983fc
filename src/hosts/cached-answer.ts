import type { AnonymousAnswer, CredentialAnswer, KeptAnswer } from './answer.ts';
import type { Moment } from './clock.ts';
import type { Reason } from './reason.ts';
import { siphash } from './siphash.ts';

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

/** What is known later of a credential that was answered: not its secret, which only the ready record repeats. */
export interface NotedCredential extends Omit<CredentialAnswer, 'secret'> {
  /** See `TokenKnowledge`. */
  readonly fingerprint: string;
}

/** What was answered for a registry host, as later decisions need it. What may be repeated is the ready record beside it. */
export interface CachedAnswer {
  /** The layout of this record; another one is not read. */
  readonly format: number;
  readonly host: string;
  readonly answer: NotedCredential | AnonymousAnswer | KeptAnswer;
  /** When the answer was decided. */
  readonly checkedAt: Moment;
  /** The environment that it depends on; see `answerEnvironment`. */
  readonly environment: string;
  readonly sources: readonly SourceStamp[];
  readonly token?: TokenKnowledge;
  /** Why what was typed for the host was not answered, where something else was. */
  readonly missed?: readonly Reason[];
}

export const CACHE_FORMAT = 5;

/**
 * Those by which the clouds' plugins, kubelogin and oc's know whose token is wanted (their documentation). What else a plugin
 * goes by belongs into its `env` in the kubeconfig, which is a condition of its own.
 */
export const PLUGIN_VARIABLES = [
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_ROLE_ARN',
  'AZURE_CONFIG_DIR',
  'AZURE_CLIENT_ID',
  'AZURE_TENANT_ID',
  'AAD_LOGIN_METHOD',
  'AAD_SERVICE_PRINCIPAL_CLIENT_ID',
  'CLOUDSDK_CONFIG',
  'CLOUDSDK_ACTIVE_CONFIG_NAME',
  'CLOUDSDK_CORE_ACCOUNT',
  'GOOGLE_APPLICATION_CREDENTIALS',
] as const;

/** The variables that decide where identities, bindings and proxies are found. */
export const DECIDING_VARIABLES = [
  ...PLUGIN_VARIABLES,
  'HOME',
  'KUBECONFIG',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  // Windows' own, of the kubeconfig and of our config.
  'USERPROFILE',
  'APPDATA',
  'DOCKER_CREDENTIAL_OPENSHIFT_CONFIG',
  'DOCKER_CREDENTIAL_OPENSHIFT_SERVER',
  // What was answered without one is not repeated once there is one; with one, nothing is kept.
  'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN',
  'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE',
  'DOCKER_CREDENTIAL_OPENSHIFT_CA_FILE',
  'DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT',
  'DOCKER_CREDENTIAL_OPENSHIFT_SERVICE_ACCOUNT',
  'DOCKER_CREDENTIAL_OPENSHIFT_REGISTRIES',
  // Where the log is on, each answer is decided and logged: what is repeated is logged by nobody.
  'DOCKER_CREDENTIAL_OPENSHIFT_LOG',
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

/** How much is logged. */
export type LogLevel = 'off' | 'info' | 'debug';

/** @returns what `DOCKER_CREDENTIAL_OPENSHIFT_LOG` asks for; whatever it can't mean is off, and changes no answer */
export function logLevel({
  DOCKER_CREDENTIAL_OPENSHIFT_LOG: level,
}: Record<string, string | undefined>): LogLevel {
  return level === 'info' || level === 'debug' ? level : 'off';
}

/**
 * The environment that answers depend on. What is decided while the log is on holds where it is off, and is repeated there
 * alone.
 * @param given the process's environment
 * @param uid the effective user id, or undefined where there is none (Windows)
 * @param cwd the working directory; asked only if it matters
 * @param key of this user's; without it nobody learns anything of a value, which may hold a proxy's password
 * @returns one line that differs whenever something that answers depend on differs: the variables' digest, the user id,
 *   and the working directory where a path depends on it
 */
export function answerEnvironment(
  given: Record<string, string | undefined>,
  uid: number | undefined,
  cwd: () => string,
  key: string,
): string {
  const env = logLevel(given) === 'off' ? given : { ...given, DOCKER_CREDENTIAL_OPENSHIFT_LOG: undefined };
  let isPlaced = false;
  for (const name of PATHS) isPlaced ||= dependsOnDirectory(env[name], uid === undefined);
  const digest = digestOf(DECIDING_VARIABLES, env, key);
  return isPlaced ? `${digest} ${uid ?? '-'} ${cwd()}` : `${digest} ${uid ?? '-'}`;
}

/** The digest of variables: of each its name, `=` and its value if it is set, and a NUL. */
export function digestOf(
  names: readonly string[],
  env: Record<string, string | undefined>,
  key: string,
): string {
  let text = '';
  for (const name of names) {
    const value = env[name];
    text += typeof value === 'string' ? `${name}=${value}\0` : `${name}\0`;
  }
  return siphash(key, new TextEncoder().encode(text));
}

/** Whether a path of these is not absolute: it means another file in every directory. */
function dependsOnDirectory(paths: string | undefined, isWindows: boolean): boolean {
  if (paths === undefined) return false;
  // One absolute path, as nearly always.
  if (!isWindows && paths.startsWith('/') && !paths.includes(':')) return false;
  const isAbsolute = (path: string) => path.startsWith('/') || (isWindows && /^[A-Za-z]:[\\/]/.test(path));
  return paths.split(isWindows ? ';' : ':').some((path) => path !== '' && !isAbsolute(path));
}
