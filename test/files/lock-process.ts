import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./hold-lock.ts', import.meta.url));

/** A process that takes a lock. */
export interface LockProcess {
  /** What it says next: `held`, `done` or `busy`; undefined once it has ended. */
  says(): Promise<string | undefined>;
  /** Lets it give the lock back, and waits until it has ended. */
  release(): Promise<void>;
  /** Kills it, lock and all. */
  kill(): Promise<void>;
}

/** Starts one; it is ended after the test. */
export function lockProcess(t: TestContext, path: string, waitMs: number): LockProcess {
  const child: ChildProcess = spawn(process.execPath, [program, path, String(waitMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  t.after(() => child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('no stdout');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    says: async () => (await lines.next()).value,
    release: async () => {
      child.stdin?.end();
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
