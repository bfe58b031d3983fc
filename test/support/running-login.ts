import { spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import type { HelperProgram } from './helper-program.ts';

/** A `login` that waits for a browser, or has ended. */
export interface RunningLogin {
  /** The address that a browser is to visit; rejects if the program ends without telling one. */
  readonly url: Promise<string>;
  readonly pid: number | undefined;
  /** Types or pastes a line. */
  type(line: string): void;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<{
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
  /** What was printed so far. */
  printed(): string;
}

interface Options {
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** Starts `login --no-browser`; it is ended with the test, if it has not ended before. */
export function startLogin(
  t: TestContext,
  program: Pick<HelperProgram, 'command'>,
  { env, args = [] }: Options,
): RunningLogin {
  const [command, ...leading] = program.command;
  const child = spawn(command, [...leading, 'login', ...args], { env, stdio: 'pipe' });
  t.after(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  const ended = new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const url = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      const found = /https:\/\/\S+\/oauth\/authorize\?\S+/.exec(stderr)?.[0];
      // The last line is there when the program waits.
      if (found !== undefined && stderr.includes('Waiting for ')) resolve(found);
    });
    void ended.then(() => reject(new Error(`it ended: ${stderr}`)), reject);
  });
  // Not every test asks for it.
  url.catch(() => {});
  child.stdin.on('error', () => {});
  return {
    url,
    pid: child.pid,
    type: (line) => void child.stdin.write(`${line}\n`),
    signal: (name) => void child.kill(name),
    ended,
    printed: () => stdout + stderr,
  };
}

/** Where a login's browser is to come back to, with the query given. */
export function callbackOf(url: string, query: Readonly<Record<string, string>>): URL {
  const back = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
  for (const [name, value] of Object.entries(query)) back.searchParams.set(name, value);
  return back;
}
