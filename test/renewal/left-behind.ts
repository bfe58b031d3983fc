import { hasEnded } from '../support/has-ended.ts';
import { processesWith } from '../support/processes.ts';

/**
 * Resolves once nothing runs any more that was started in this home: renewals go on behind the engine's back.
 * Without /proc there is no telling.
 */
export async function nothingLeftRunning(home: string): Promise<void> {
  if (process.platform !== 'linux') return;
  for (;;) {
    const [first] = processesWith(`HOME=${home} `);
    if (first === undefined || !(await hasEnded(first.pid))) return;
  }
}
