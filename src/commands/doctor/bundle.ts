import { writeFile } from 'node:fs/promises';
import { arch, release, userInfo } from 'node:os';
import type { ConfigFile } from '../../config/read-settings.ts';
import { readEngineFile } from '../../engines/config-files/engine-file-on-disk.ts';
import { engineFiles } from '../../engines/config-files/engine-files.ts';
import { redactEngineText } from '../../engines/edits/show-edit.ts';
import { MAIN_ENGINES } from '../../engines/engines.ts';
import { engineVersion } from '../../engines/program-versions.ts';
import { listAnswers } from '../../files/answers.ts';
import { type Place, stateDirectory } from '../../files/directories.ts';
import { namesInLine, readLog } from '../../files/log-file.ts';
import { causeOf } from '../../files/read-regular-file.ts';
import { AppError, describeError, withoutSecrets } from '../../hosts/reason.ts';
import { runProgram } from '../../process/run-program.ts';
import { runtime, VERSION } from '../../process/version.ts';
import { createSession, type Session } from '../../session/session.ts';
import { ENVIRONMENT_VARIABLES } from '../declaration.ts';
import { type Report, reportForJson } from './report.ts';

/** Writes the report for a bug tracker. @returns the lines that tell what was written. @throws AppError */
export async function writeBundle(path: string, report: Report, here: Place): Promise<readonly string[]> {
  const text = bundleText(report, await factsOf(here, report.findings));
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw notWritten(path, error as NodeJS.ErrnoException);
  }
  return [
    `${path} is written (${Buffer.byteLength(text)} bytes, for you alone to read). Tokens, passwords and names of users are`,
    'taken out of it; names of hosts, namespaces and images stay. Look through it before you make it public.',
  ];
}

function notWritten(path: string, error: NodeJS.ErrnoException): AppError {
  const code = error.code ?? error.message;
  const isThere = code === 'EEXIST';
  return new AppError({
    code: 'bundle-not-written',
    message: isThere
      ? `${path} is there already, and is left as it is`
      : `${path} can't be written: ${code === 'ENOENT' ? 'there is no such directory' : causeOf(code)}`,
    fix: { do: isThere ? 'Name a file that is not there yet.' : 'Name a file in a directory of yours.' },
    cause: error,
  });
}

async function factsOf(here: Place, findings: Report['findings']): Promise<BundleFacts> {
  const { env, platform } = here;
  const session = createSession(here);
  const log = logOf(here);
  const config = await session.config();
  const engines = await Promise.all(
    MAIN_ENGINES.map(
      async (engine) => [engine, (await engineVersion(engine, here, runProgram)).program] as const,
    ),
  );
  return {
    versions: [
      ['program', `${VERSION} (${runtime()})`],
      ['system', `${platform} ${release()} ${arch()}`],
      ...engines,
    ],
    variables: variablesIn(env),
    files: [...ownConfig(config), ...(await enginesFiles(here))],
    userNames: [
      ...(await userNames(config, session)),
      ...findings.flatMap(({ user }) => user ?? []),
      ...log.flatMap(namesInLine),
    ],
    home: platform === 'win32' ? env.USERPROFILE : env.HOME,
    log,
  };
}

function logOf(here: Place): BundleFacts['log'] {
  const state = stateDirectory(here);
  return state === null ? [] : readLog(state, here.uid);
}

/** What could be understood of our config: a comment, or what is broken, may hold anything. */
function ownConfig({ path, parsed, fault }: ConfigFile): BundleFacts['files'] {
  if (path === null || fault !== undefined) return [];
  const { registries, ...rest } = parsed.config;
  const text = JSON.stringify({ ...rest, registries: Object.fromEntries(registries) }, null, 2);
  return [{ path, text }];
}

async function enginesFiles(here: Place): Promise<BundleFacts['files']> {
  const files = await Promise.all(
    engineFiles(here).map(async ({ path }) => {
      const text = await redacted(path);
      return text === null ? [] : [{ path, text }];
    }),
  );
  return files.flat();
}

async function redacted(path: string): Promise<string | null> {
  try {
    const { text } = await readEngineFile(path);
    return text === null ? null : redactEngineText(text);
  } catch (error) {
    // A directory, a loop, no permission: that is what the report has to say of it.
    if (error instanceof AppError) return `(${describeError(error)})`;
    throw error;
  }
}

async function userNames(
  { parsed }: ConfigFile,
  { here, cache, identities }: Session,
): Promise<readonly string[]> {
  const { all } = (await identities()).identities;
  const configured = [...parsed.config.registries.values()];
  return [
    ...[here.env.USER, here.env.LOGNAME, here.env.SUDO_USER, here.env.USERNAME, accountName()],
    ...all.flatMap(({ user, context }) => [user, context]),
    ...configured.flatMap(({ user, context }) => [user, context]),
    ...Object.values(cache === null ? {} : listAnswers(cache, here.uid)),
  ].flatMap((name) => name ?? []);
}

function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A user id without an account, as in many containers.
    return undefined;
  }
}

/** What a bug tracker needs beside the findings. Nothing here may hold a secret; names are taken out of it. */
export interface BundleFacts {
  /** Of the program, its runtime, the system, the engines: a name and what it is. */
  readonly versions: readonly (readonly [name: string, value: string])[];
  /** Variables that the program or the engines heed: their values, or `(set)` where those may be secret. */
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** Files, with what is secret in them blacked out. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Names of users: each is replaced wherever it stands. */
  readonly userNames: readonly string[];
  /** The home directory, which is written as `~`. */
  readonly home: string | undefined;
  /** Lines of the log, the oldest first. */
  readonly log: readonly string[];
}

const ABOUT = `# docker-credential-openshift: a report for a bug tracker

It holds versions, the findings of doctor, which variables are set, our config, the files that docker and podman read, and our
log, where there is one.
Of the files' values only names of helpers are shown, others are blacked out ("…"); names of users are replaced (user-1), the
home directory is "~". Names of hosts, namespaces and images stay: look through it before you make it public.`;

const NO_LOG = '(none; `DOCKER_CREDENTIAL_OPENSHIFT_LOG=debug` makes one)';

/** What engines and this program heed besides the variables of `--help`. */
const MORE = [
  'PATH',
  'SSL_CERT_DIR',
  'DOCKER_CONTEXT',
  'KUBERNETES_SERVICE_HOST',
  'WSL_DISTRO_NAME',
  'no_proxy',
];
/** Variables of which only that they are set may be told: they may hold a secret, or a user's name. */
const HIDDEN: readonly string[] = [
  'DOCKER_AUTH_CONFIG',
  'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN',
  'DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT',
  'DOCKER_CREDENTIAL_OPENSHIFT_SERVICE_ACCOUNT',
  ...['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'BROWSER', 'SUDO_USER'],
];

/** @returns the variables that matter, as far as their values may be told */
export function variablesIn(env: Readonly<Record<string, string | undefined>>): BundleFacts['variables'] {
  const names = new Set([...Object.keys(ENVIRONMENT_VARIABLES), ...MORE, ...HIDDEN]);
  return [...names].flatMap((name) => {
    const value = env[name] ?? '';
    return value === '' ? [] : [[name, HIDDEN.includes(name) ? '(set)' : value] as const];
  });
}

/** @returns the text of `doctor --bundle` */
export function bundleText(report: Report, facts: BundleFacts): string {
  const pairs = (list: readonly (readonly [string, string])[]) =>
    list.length === 0 ? '(none)' : list.map(([name, value]) => `${name}: ${value}`).join('\n');
  const files = facts.files.map(({ path, text }) => `### ${path}\n\n${fenced(text)}`);
  const text = [
    ABOUT,
    `## Versions\n\n${fenced(pairs(facts.versions))}`,
    `## Variables\n\n${fenced(pairs(facts.variables))}`,
    `## Findings\n\n${fenced(JSON.stringify(reportForJson(report), null, 2))}`,
    '## Files',
    ...(files.length === 0 ? ['(none)'] : files),
    `## Log\n\n${facts.log.length === 0 ? NO_LOG : fenced(facts.log.join('\n'))}`,
  ].join('\n\n');
  return `${withoutSecrets(redactNames(withoutSecrets(text), facts.userNames, facts.home))}\n`;
}

/** The text as it is, whatever it holds. */
function fenced(text: string): string {
  return `\`\`\`\`\n${text.replaceAll('````', "''''").trimEnd()}\n\`\`\`\``;
}

/** Names that are no person's. */
const NOBODY =
  /^(?:root|admin|administrator|kubeadmin|developer|default|user|users|system|nobody|serviceaccount|unused)$|^system:/i;

/**
 * Takes names of users and the home directory out of a text.
 * @param names as they are written somewhere: `alice`, `alice/api-example-com:6443`
 * @returns the text with `user-1`, `user-2` … and `~` in their place; the same name is the same number everywhere
 */
export function redactNames(text: string, names: readonly string[], home: string | undefined): string {
  const isHome = home !== undefined && home !== '' && home !== '/';
  // As JSON writes it, too: a path of Windows.
  const homes = isHome ? [home, JSON.stringify(home).slice(1, -1)] : [];
  const atHome = homes.reduce((done, path) => replaced(done, path, '~'), text);
  const people = [...new Set(names.flatMap(partsOf))].filter((name) => name.length > 1 && !NOBODY.test(name));
  const numbered = people.map((name, index) => [name, `user-${index + 1}`] as const);
  // The longest first: one name may be a part of another.
  const sorted = numbered.toSorted(([a], [b]) => b.length - a.length);
  return sorted.reduce((done, [name, number]) => replaced(done, name, number), atHome);
}

/** `oc login` names the kubeconfig's user NAME/CLUSTER, and its context NAMESPACE/CLUSTER/NAME. */
function partsOf(name: string): string[] {
  const parts = name.split('/');
  if (parts.length === 3) return [parts[2] ?? ''];
  return [parts[0] ?? ''];
}

function replaced(text: string, name: string, by: string): string {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replaceAll(new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'g'), by);
}
