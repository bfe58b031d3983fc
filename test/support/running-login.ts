import { spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import type { HelperProgram } from './helper-program.ts';
import { type WatchedOutput, watchOutput } from './watch-output.ts';

/** A `login` that waits for a browser, or has ended. */
export interface RunningLogin {
  /** The address that a browser is to visit; rejects as `says` does. */
  readonly url: Promise<string>;
  /**
   * Resolves once it has printed that text, to stdout or to stderr.
   * @throws Error with what it printed, without its secrets, if it ends before, or 25 s pass
   */
  says(text: string): Promise<void>;
  readonly pid: number | undefined;
  /** Types or pastes a line. */
  type(line: string): void;
  signal(name: NodeJS.Signals): void;
  readonly ended: WatchedOutput['ended'];
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
  const { ended, printed, says } = watchOutput(child);
  // The last line is there when the program waits.
  const url = says('where to log in', () =>
    printed().stderr.includes('Waiting for ')
      ? /https:\/\/\S+\/oauth\/authorize\?\S+/.exec(printed().stderr)?.[0]
      : undefined,
  );
  // Not every test asks for it.
  url.catch(() => {});
  const all = () => printed().stdout + printed().stderr;
  child.stdin.on('error', () => {});
  return {
    url,
    async says(text) {
      await says(JSON.stringify(text), () => all().includes(text) || undefined);
    },
    pid: child.pid,
    type: (line) => void child.stdin.write(`${line}\n`),
    signal: (name) => void child.kill(name),
    ended,
    printed: all,
  };
}

/** Where a login's browser is to come back to, with the query given. */
export function callbackOf(url: string, query: Readonly<Record<string, string>>): URL {
  const back = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
  for (const [name, value] of Object.entries(query)) back.searchParams.set(name, value);
  return back;
}
