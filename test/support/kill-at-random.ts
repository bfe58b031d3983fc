import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

interface Killing {
  readonly env: Record<string, string>;
  readonly kills: number;
  /** From when on a kill may come: the program's start, its first output, or what is waited for in each run. */
  readonly after: 'start' | 'first output' | (() => Promise<unknown>);
  /** The kill comes at a random moment up to this many ms later; 0: at once. */
  readonly withinMs: number;
  /** Looks at what is left behind. Throws what is wrong with it. @param wasKilled else it had ended before */
  readonly check: (wasKilled: boolean) => void | Promise<void>;
}

/**
 * Runs a command again and again and kills it at random moments, so hard that it can't do anything about it.
 * @param command the program and its arguments
 * @returns how many runs were killed, and how many had ended before
 */
export async function killAtRandom(
  command: readonly string[],
  { env, kills, withinMs, after, check }: Killing,
): Promise<{ killed: number; ended: number }> {
  const count = { killed: 0, ended: 0 };
  while (count.killed < kills) {
    const child = spawn(command[0] ?? '', command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const exit = once(child, 'exit');
    const close = once(child, 'close');
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
      });
    if (after === 'first output') {
      await Promise.race([once(child.stdout, 'data'), close]);
      if (said === '') throw new Error('the program says nothing');
    } else if (after !== 'start') await Promise.race([exit, after()]);
    // No event tells when: a kill at any moment is what is tried.
    if (withinMs > 0) await Promise.race([exit, pause(Math.random() * withinMs)]);
    child.kill('SIGKILL');
    const [, signal] = (await close) as [number | null, NodeJS.Signals | null];
    const wasKilled = signal === 'SIGKILL';
    count[wasKilled ? 'killed' : 'ended']++;
    await check(wasKilled);
    if (count.ended > 20 * kills + 20)
      throw new Error(`${command.join(' ')} ends before it can be killed: ${said}`);
  }
  return count;
}
