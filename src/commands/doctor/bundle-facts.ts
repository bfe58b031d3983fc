import { writeFile } from 'node:fs/promises';
import { arch, release, userInfo } from 'node:os';
import type { ConfigFile } from '../../config/read-settings.ts';
import { readEngineFile } from '../../engines/config-files/engine-file-on-disk.ts';
import { engineFiles } from '../../engines/config-files/engine-files.ts';
import { redactEngineText } from '../../engines/edits/show-edit.ts';
import { MAIN_ENGINES } from '../../engines/engines.ts';
import { engineVersion } from '../../engines/program-versions.ts';
import type { Place } from '../../files/directories.ts';
import { listAnswers } from '../../files/list-answers.ts';
import { AppError, describeError } from '../../hosts/reason.ts';
import { runProgram } from '../../process/run-program.ts';
import { runtime, VERSION } from '../../process/version.ts';
import { createSession, type Session } from '../../session/session.ts';
import { type BundleFacts, bundleText, variablesIn } from './bundle.ts';
import type { Report } from './report.ts';

const FAULTS: Record<string, string> = {
  ENOENT: 'there is no such directory',
  ENOTDIR: 'a part of the path is no directory',
  EACCES: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

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
      : `${path} can't be written: ${FAULTS[code] ?? code}`,
    fix: { do: isThere ? 'Name a file that is not there yet.' : 'Name a file in a directory of yours.' },
    cause: error,
  });
}

async function factsOf(here: Place, findings: Report['findings']): Promise<BundleFacts> {
  const { env, platform } = here;
  const session = createSession(here);
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
    userNames: [...(await userNames(config, session)), ...findings.flatMap(({ user }) => user ?? [])],
    home: platform === 'win32' ? env.USERPROFILE : env.HOME,
  };
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
