import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { shellQuoted } from '../../src/credential/quoting.ts';

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
  const line = command.map(shellQuoted).join(' ');
  const child = spawn(SCRIPT, ['-qefc', line, '/dev/null'], {
    env: { ...env, TERM: 'xterm' },
    timeout: 30_000,
  });
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
