import type { KeychainFault } from '../../src/hosts/secret-store.ts';
import type { Keychain, KeychainItem } from '../../src/keychain/keychain.ts';

/** A keychain in memory, whose next calls can be made to fail. */
export interface MemoryKeychain extends Keychain {
  /** Secrets by `HOST ID`. */
  readonly items: ReadonlyMap<string, string>;
  /** Every call fails like this; undefined: it works. */
  fault: KeychainFault | undefined;
  /** The call with this number from now on throws before (`-`) or after it did its work, as if the process was killed. */
  killAt: { call: number; isDone: boolean } | undefined;
}

export class Killed extends Error {}

export function memoryKeychain(): MemoryKeychain {
  const items = new Map<string, string>();
  const nameOf = ({ host, id }: KeychainItem) => `${host} ${id}`;
  const act = <T>(action: () => T): T => {
    const { killAt } = it;
    if (killAt !== undefined) killAt.call -= 1;
    const isKilled = killAt?.call === 0;
    if (isKilled && !killAt.isDone) throw new Killed();
    const result = action();
    if (isKilled) throw new Killed();
    return result;
  };
  const it: MemoryKeychain = {
    items,
    fault: undefined,
    killAt: undefined,
    read: async (item) => {
      if (it.fault !== undefined) return { fault: it.fault };
      const secret = items.get(nameOf(item));
      return secret === undefined ? { fault: 'gone' } : { secret };
    },
    write: async (item, _username, secret) => {
      if (it.fault !== undefined) return it.fault;
      act(() => {
        if (items.has(nameOf(item))) throw new Error('an item is never changed');
        items.set(nameOf(item), secret);
      });
      return undefined;
    },
    remove: async (gone) => {
      if (it.fault !== undefined) return it.fault;
      for (const item of gone) act(() => items.delete(nameOf(item)));
      return undefined;
    },
    removeAll: async (host, _ids, except) => {
      if (it.fault !== undefined) return it.fault;
      for (const name of [...items.keys()]) {
        if (name.startsWith(`${host} `) && name !== `${host} ${except}`) act(() => items.delete(name));
      }
      return undefined;
    },
    health: async () => it.fault ?? { kind: 'ok' },
  };
  return it;
}
