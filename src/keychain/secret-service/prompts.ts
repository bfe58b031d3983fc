import type { KeychainFault } from '../../hosts/secret-store.ts';
import type { DbusValue } from './dbus-types.ts';
import { unconfirmed } from './faults.ts';
import { type Client, NONE, ROOT } from './service-client.ts';

const BUS = 'org.freedesktop.DBus';

/** Opens what needs no password for it. @returns undefined if a person would have to be asked. @throws BusError */
export async function unlock(
  paths: readonly string[],
  client: Client,
): Promise<readonly string[] | undefined> {
  if (paths.length === 0) return [];
  const [unlocked, prompt] = await client.call(ROOT, 'Unlock', 'ao', paths);
  if (prompt === NONE) return unlocked as readonly string[];
  await client.call(String(prompt), 'org.freedesktop.Secret.Prompt Dismiss').catch(() => {
    // Gone by itself.
  });
  return undefined;
}

/**
 * Goes through with a change: KeePassXC has a prompt for each, and mostly shows none of them.
 * @returns that a person refused it
 * @throws BusError
 */
export async function confirm(
  prompt: DbusValue | undefined,
  { bus, call }: Client,
): Promise<KeychainFault | undefined> {
  if (typeof prompt !== 'string' || prompt === NONE) return undefined;
  const rule = `type='signal',interface='org.freedesktop.Secret.Prompt',path='${prompt}'`;
  const match = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member: 'AddMatch' };
  await bus.call({ ...match, signature: 's', args: [rule] });
  const completed = bus.signalled(prompt, 'Completed');
  const [[dismissed]] = await Promise.all([
    completed,
    call(prompt, 'org.freedesktop.Secret.Prompt Prompt', 's', ''),
  ]);
  return dismissed === true ? unconfirmed() : undefined;
}
