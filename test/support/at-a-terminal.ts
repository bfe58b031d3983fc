import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { shellQuoted } from '../../src/hosts/quoting.ts';
import { type WatchedOutput, watchOutput } from './watch-output.ts';

/** util-linux's `script`, which runs a program at a terminal of its own. */
const SCRIPT = '/usr/bin/script';

/** Why no program can be run at a terminal here; false: it can. */
export const lacksTerminal = existsSync(SCRIPT) ? false : `${SCRIPT} is not installed`;

/**
 * Runs a command at a terminal, where a person answers `prompt`s with lines.
 * @param answers what is typed whenever the text of its key was printed, each once, in this order
 * @returns the exit status, and all that was shown
 */
export function atATerminal(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  answers: readonly (readonly [prompt: string, typed: string])[],
): Promise<{ status: number | null; shown: string }> {
  const child = spawnThere(command, env);
  const left = [...answers];
  let shown = '';
  let seen = 0;
  child.stdout.on('data', (bytes: Buffer) => {
    shown += bytes.toString();
    const [next] = left;
    const at = next === undefined ? -1 : shown.indexOf(next[0], seen);
    if (next === undefined || at < 0) return;
    seen = at + next[0].length;
    left.shift();
    child.stdin.write(next[1]);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, shown }));
  });
}

/**
 * Starts a command at a terminal; it is ended with the test, if it has not ended before. All that it shows is its stdout.
 * @returns besides what it prints, what types there: Ctrl-C is `\u0003`
 */
export function startAtATerminal(
  t: TestContext,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): WatchedOutput & { type(text: string): void } {
  const child = spawnThere(command, env);
  t.after(() => child.kill('SIGKILL'));
  child.stdin.on('error', () => {});
  return { ...watchOutput(child), type: (text) => void child.stdin.write(text) };
}

function spawnThere(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcessWithoutNullStreams {
  const line = command.map(shellQuoted).join(' ');
  return spawn(SCRIPT, ['-qefc', line, '/dev/null'], { env: { ...env, TERM: 'xterm' }, timeout: 240_000 });
}
