import { dirname, posix, win32 } from 'node:path';
import { AppError } from '../../hosts/reason.ts';
import type { TimerMachine } from './scheduler.ts';

export interface TimerEnvironment {
  /** What the timer sets, in a fixed order. No value holds a control character or a secret. */
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** Variables that were set but are not written down, since they hold a login. */
  readonly leftOut: readonly string[];
}

/** Timers start without the shell's environment: these decide where `renew` finds kubeconfigs, files and clusters. */
const SEARCH_PATHS = ['KUBECONFIG', 'SSL_CERT_DIR'];
const SINGLE_PATHS = ['SSL_CERT_FILE', 'DOCKER_CONFIG', 'REGISTRY_AUTH_FILE'];
/** By their specification a relative one counts as unset. */
const XDG_PATHS = ['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME', 'XDG_RUNTIME_DIR'];
const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);
const IN_CLUSTER = ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'];
const OWN_PREFIX = 'DOCKER_CREDENTIAL_OPENSHIFT_';

/** What neither XML nor systemd (`utf8_is_valid`, `string_has_cc`) takes; a newline would start a setting. */
const UNFIT = /[\p{Cc}\p{Cs}\p{NChar}]/u;
const TOKEN_LIKE = /sha256~|eyJ[\w-]{3}/;

/**
 * The environment that the timer's `renew` needs, as it is set now: paths made absolute, without tokens.
 * @throws AppError `home-unknown`; `timer-would-keep-token`, for a token can't be renewed from a unit file, which is no
 * place for it either; `environment-unfit` for control characters
 */
export function timerEnvironment({
  platform,
  env,
  cwd,
}: Pick<TimerMachine, 'platform' | 'env' | 'cwd'>): TimerEnvironment {
  const paths = platform === 'win32' ? win32 : posix;
  const variables = new Map<string, string>();
  const leftOut: string[] = [];
  const set = (names: readonly string[], toValue: (value: string) => string | undefined) => {
    for (const name of names) {
      const value = toValue(env[name] ?? '');
      if (value !== undefined && value !== '') variables.set(name, value);
    }
  };
  const asIs = (value: string) => value;
  const absolute = (path: string) =>
    path === '' || paths.isAbsolute(path) ? path : paths.resolve(cwd, path);
  const onlyAbsolute = (path: string) => (paths.isAbsolute(path) ? path : undefined);
  const split = (list: string) => list.split(paths.delimiter).filter((path) => path !== '');

  if (platform !== 'win32') set(['HOME'], () => homeOf(env));
  else set(['HOME'], asIs);
  set(SEARCH_PATHS, (list) => split(list).map(absolute).join(paths.delimiter));
  set(SINGLE_PATHS, absolute);
  if (platform !== 'win32') {
    set(XDG_PATHS, onlyAbsolute);
    // Exec plugins are looked up there, and a service's own PATH is short. Windows gives tasks the user's.
    set(['PATH'], (list) => split(list).filter(paths.isAbsolute).join(paths.delimiter));
  }
  set(IN_CLUSTER, asIs);
  for (const name of PROXIES) {
    // Windows knows no case in names; one of them is enough.
    if (platform === 'win32' && variables.has(name.toUpperCase())) continue;
    if ((env[name] ?? '').includes('@')) leftOut.push(name);
    else set([name], asIs);
  }
  for (const name of ownNames(env)) {
    if (/TOKEN(?!_FILE$)/.test(name)) refuseToken(name);
    set([name], /_(?:CONFIG|FILE|DIR)$/.test(name) ? absolute : asIs);
  }
  for (const [name, value] of variables) {
    if (TOKEN_LIKE.test(value)) refuseToken(name);
    if (UNFIT.test(value)) refuseUnfit(name);
  }
  return { variables: [...variables], leftOut };
}

/** The user's home directory, absolute. @throws AppError `home-unknown` */
export function homeOf(env: TimerMachine['env']): string {
  const home = env.HOME;
  if (home?.startsWith('/')) return home;
  throw new AppError({
    code: 'home-unknown',
    message: 'HOME is not set to an absolute path, so there is no place for a timer',
    fix: { run: 'export HOME=~' },
  });
}

function ownNames(env: TimerMachine['env']): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(OWN_PREFIX) && /^\w+$/.test(name) && (env[name] ?? '') !== '')
    .sort();
}

function refuseToken(name: string): never {
  throw new AppError({
    code: 'timer-would-keep-token',
    message: `${name} holds a token, and a timer would write it into a file; name a file with the token instead`,
    fix: { run: `unset ${name}; export ${OWN_PREFIX}TOKEN_FILE=PATH` },
  });
}

function refuseUnfit(name: string): never {
  throw new AppError({
    code: 'environment-unfit',
    message: `${name} holds a control character, which a timer can't carry`,
    fix: { run: `export ${name}=VALUE` },
  });
}

type Files = Pick<TimerMachine, 'readText' | 'writeText' | 'remove'>;

/**
 * Writes the timer's files and switches it on; if either fails, the files are as before.
 * @param files the text of each path
 * @param activate called with whether any file changed; throws if the timer can't be switched on
 * @param afterRestore called once the former files are back
 * @returns each path, and whether its file changed
 * @throws what `activate` throws, and an AppError `timer-not-written`
 */
export async function replaceTimerFiles(
  files: ReadonlyMap<string, string>,
  machine: Files,
  activate: (isChanged: boolean) => Promise<void>,
  afterRestore: () => Promise<void>,
): Promise<{ path: string; isChanged: boolean }[]> {
  const former = new Map<string, string | undefined>();
  for (const path of files.keys()) former.set(path, await onPath(path, () => machine.readText(path)));
  const changed = [...files].filter(([path, text]) => former.get(path) !== text);
  try {
    for (const [path, text] of changed) await onPath(path, () => machine.writeText(path, text));
    await activate(changed.length > 0);
  } catch (error) {
    // Whatever it was: no half of a timer may stay. The error goes up.
    for (const [path] of changed) await putBack(path, former.get(path), machine);
    await afterRestore();
    throw error;
  }
  return [...files.keys()].map((path) => ({ path, isChanged: changed.some(([name]) => name === path) }));
}

/** Removes files of the timer. @returns those that were there. @throws AppError `timer-not-written` */
export async function removeTimerFiles(
  paths: readonly string[],
  { readText, remove }: Files,
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const path of paths) {
    if ((await onPath(path, () => readText(path))) === undefined) continue;
    await onPath(path, () => remove(path));
    removed.push(path);
  }
  return removed;
}

/** Brings a file back as it was; `text` undefined: away with it. Where that is denied it leaves things alone. */
export async function putBack(path: string, text: string | undefined, machine: Files): Promise<void> {
  try {
    await (text === undefined ? machine.remove(path) : machine.writeText(path, text));
  } catch (error) {
    // A directory that can't be written holds nothing of ours; the first error is the one to tell.
    if (!isFileError(error)) throw error;
  }
}

async function onPath<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    // Of node:fs: denied, read-only, full. Anything else is a defect.
    if (!isFileError(error)) throw error;
    throw new AppError({
      code: 'timer-not-written',
      message: `${path} can't be kept (${error.code})`,
      fix: { run: path.includes('\\') ? `icacls "${path}"` : `ls -ld '${dirname(path)}'` },
      cause: error,
    });
  }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Text for an XML element, in ASCII: the file then reads the same in every encoding that a program takes it for.
 * @param text without control characters and lone surrogates
 */
export function xmlText(text: string): string {
  return text.replaceAll(/[&<>"]|[^ -~]/gu, (char) => NAMED[char] ?? `&#${char.codePointAt(0)};`);
}
