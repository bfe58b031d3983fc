import type { KeptToken, keepToken } from '../../src/hosts/keep-token.ts';

export const NOW = 1_700_000_000_000;
export const HOUR = 3_600_000;

/** A token of eight hours, of which so much is over. */
export function aged(spentMs: number, token = 'old'): KeptToken {
  return { token, startedAtMs: NOW - spentMs, expiresAtMs: NOW - spentMs + 8 * HOUR };
}

/** What a machine's memory, lock and clock would be; whatever is asked of them is noted. */
export interface KeepTokenMachine {
  readonly ports: Parameters<typeof keepToken>[3];
  /** What is kept, by key. */
  readonly kept: Map<string, KeptToken>;
  /** The waits that the lock was asked for, in ms. */
  readonly waits: number[];
  nowMs: number;
  remainingMs: number;
  /** Runs once the lock is had, before anything else is: what other processes did meanwhile. */
  meanwhile: () => void;
  /** The lock is held by another all the time. */
  isLocked: boolean;
}

export function keepTokenMachine(kept: Record<string, KeptToken> = {}): KeepTokenMachine {
  const machine: KeepTokenMachine = {
    kept: new Map(Object.entries(kept)),
    waits: [],
    nowMs: NOW,
    remainingMs: 4500,
    meanwhile: () => {},
    isLocked: false,
    ports: {
      nowMs: () => machine.nowMs,
      remainingMs: () => machine.remainingMs,
      recallKept: (key) => machine.kept.get(key),
      keep: async (key, token) => void machine.kept.set(key, token),
      alone: async (_key, waitMs, action) => {
        machine.waits.push(waitMs);
        machine.meanwhile();
        return machine.isLocked ? undefined : action();
      },
    },
  };
  return machine;
}
