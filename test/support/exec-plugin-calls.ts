import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HANG_SECONDS } from './exec-plugin-script.ts';
import { onceChanged } from './once-changed.ts';

const COMMAND_LINE_ATTEMPTS = 1000;

/** How a plugin was called. */
export interface ExecPluginCall {
  readonly pid: number;
  /** Of a child that it left behind. */
  readonly childPid?: number;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Values of several lines are cut after the first. */
  readonly environment: Readonly<Record<string, string>>;
  /** KUBERNETES_EXEC_INFO; absent if it was not set. */
  readonly info?: ExecInfo;
  readonly stdin: 'terminal' | 'pipe' | 'socket' | 'null' | 'file' | 'closed';
  /** The line that it read, if it asked for one and got it. */
  readonly typed?: string;
}

/** What Kubernetes tells a plugin: an ExecCredential with a `spec`. */
export interface ExecInfo {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: {
    readonly interactive?: boolean;
    readonly cluster?: Readonly<Record<string, unknown>>;
  };
}

/** Reads the calls recorded in a directory, oldest first. */
export async function readPluginCalls(directory: string): Promise<ExecPluginCall[]> {
  const names = (await readdir(directory)).filter((name) => name.startsWith('call-'));
  const calls = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      // `pid` is written first and never again.
      const { mtimeNs } = await stat(join(path, 'pid'), { bigint: true });
      return { mtimeNs, call: await readCall(path) };
    }),
  );
  return calls.sort((a, b) => (a.mtimeNs < b.mtimeNs ? -1 : 1)).map(({ call }) => call);
}

/** Resolves once so many calls are recorded. */
export function awaitPluginCalls(directory: string, count: number): Promise<ExecPluginCall[]> {
  return onceChanged(directory, async () => {
    const calls = await readPluginCalls(directory);
    return calls.length >= count ? calls : undefined;
  });
}

/** Ends the processes that recorded calls and their children, if they still are what they were. */
export async function endPluginProcesses(directory: string, command: string): Promise<void> {
  for (const { pid, childPid } of await readPluginCalls(directory)) {
    for (const candidate of childPid === undefined ? [pid] : [pid, childPid]) {
      const line = (await commandLine(candidate)) ?? '';
      if (line.includes(command) || line.includes(`sleep ${HANG_SECONDS}`)) endProcess(candidate);
    }
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function readCall(path: string): Promise<ExecPluginCall> {
  const text = (name: string) => readFile(join(path, name), 'utf8');
  const optional = (name: string) =>
    text(name).catch((error: NodeJS.ErrnoException) => {
      // Not every call has every file.
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  const [childPid, info, typed] = await Promise.all(['child', 'info', 'typed'].map(optional));
  const environment = (await text('environment')).split('\n').flatMap((line) => {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value]];
  });
  return {
    pid: Number(await text('pid')),
    ...(childPid === undefined ? {} : { childPid: Number(childPid) }),
    args: (await text('arguments')).split('\0').slice(0, -1),
    cwd: (await text('cwd')).trimEnd(),
    environment: Object.fromEntries(environment),
    ...(info === undefined ? {} : { info: JSON.parse(info) as ExecInfo }),
    stdin: (await text('stdin')).trimEnd() as ExecPluginCall['stdin'],
    ...(typed === undefined ? {} : { typed }),
  };
}

/** The command line of a process; undefined: there is none of that id. */
async function commandLine(pid: number): Promise<string | undefined> {
  let line: string | undefined = '';
  // Empty while a process is changing from one program to the next; with a zombie it stays so.
  for (let attempt = 0; line === '' && attempt < COMMAND_LINE_ATTEMPTS; attempt++) {
    line = await readCommandLine(pid);
  }
  return line;
}

async function readCommandLine(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    return readFile(`/proc/${pid}/cmdline`, 'utf8').then(
      (text) => text.replaceAll('\0', ' '),
      // It has ended, before or while being looked at.
      () => undefined,
    );
  }
  return promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    // `ps` fails for a process that is not there.
    () => undefined,
  );
}
