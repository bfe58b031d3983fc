import { createHash } from 'node:crypto';
import type { TimerPorts } from './timer-ports.ts';

/** The minute of the hour, 0 to 59, at which this user on this machine renews: others have others. */
export function spreadMinute({ hostname, uid, env }: Pick<TimerPorts, 'hostname' | 'uid' | 'env'>): number {
  const who = `${hostname}\n${uid ?? env.USERNAME ?? ''}`;
  return createHash('sha256').update(who).digest().readUInt32BE() % 60;
}
