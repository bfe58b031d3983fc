import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

interface Killing {
  readonly env: Record<string, string>;
  readonly kills: number;
  /** A kill comes at a random moment up to this many ms after the program's start, or its first output. */
  readonly withinMs: number;
  readonly after: 'start' | 'first output';
  /** Looks at what is left behind. Throws what is wrong with it. */
  readonly check: () => void | Promise<void>;
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
    const child = spawn(command[0] ?? '', command.slice(1), { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    if (after === 'first output') await firstOutput(child);
    else child.stdout.resume();
    // No event tells when: a kill at any moment is what is tried.
    await Promise.race([exit, pause(Math.random() * withinMs)]);
    child.kill('SIGKILL');
    const [, signal] = (await exit) as [number | null, NodeJS.Signals | null];
    count[signal === 'SIGKILL' ? 'killed' : 'ended']++;
    await check();
    if (count.ended > 20 * kills + 20) throw new Error(`${command.join(' ')} ends before it can be killed`);
  }
  return count;
}

/** A program that ends without a word fails the test, and is not waited for. */
async function firstOutput({ stdout, exitCode }: ChildProcess): Promise<void> {
  if (stdout === null || exitCode !== null) throw new Error('the program says nothing');
  for await (const _ of stdout.iterator({ destroyOnReturn: false })) break;
  stdout.resume();
}
