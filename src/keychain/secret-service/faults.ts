import { readFileSync } from 'node:fs';
import type { KeychainFault } from '../../hosts/secret-store.ts';
import { BusError } from './dbus-connection.ts';

const DBUS = 'org.freedesktop.DBus.Error.';
/** Nobody offers a Secret Service, nor is there one to be started. */
const NOBODY = [
  'ServiceUnknown',
  'NameHasNoOwner',
  'Spawn.ServiceNotFound',
  'Spawn.ExecFailed',
  'Spawn.ChildExited',
];
const START = 'Start one (gnome-keyring, KWallet or KeePassXC).';

/** There is no session of a desktop. */
export function noSession(env: Record<string, string | undefined>): KeychainFault {
  return {
    kind: 'absent',
    message: `this machine has no keychain: no desktop session is open${whereWeAre(env)}`,
    fix: { do: 'Log in to a desktop, or let DBUS_SESSION_BUS_ADDRESS name its message bus.' },
  };
}

/** A person has to type its password. */
export function locked(): KeychainFault {
  return {
    kind: 'locked',
    message: 'the keyring is locked',
    fix: {
      do: 'Unlock it in the program for your keyring (Passwords and Keys, KWalletManager, KeePassXC), and try again.',
    },
  };
}

/** The keyring is open, and an item of it is not: KeePassXC's default is to ask a person for each. */
export function lockedItem(): KeychainFault {
  return {
    kind: 'denied',
    message: 'the keyring is open, and wants to ask a person for every single secret',
    fix: {
      do: 'In KeePassXC, uncheck “Confirm when passwords are retrieved by clients” (Settings, Secret Service Integration), and try again.',
    },
  };
}

/** A person refused it. */
export function unconfirmed(): KeychainFault {
  return {
    kind: 'denied',
    message: 'the keyring asks for a confirmation, and did not get it',
    fix: { do: 'Try again, and allow it.' },
  };
}

/**
 * @param error what a call was ended by
 * @returns it in words
 * @throws what is no BusError: a defect
 */
export function faultOf(error: unknown, env: Record<string, string | undefined>): KeychainFault {
  if (!(error instanceof BusError)) throw error;
  const { reason, message } = error;
  if (reason === 'org.freedesktop.Secret.Error.IsLocked') return locked();
  if (reason === 'late') {
    const fix = { do: 'See whether it waits for you on your screen, or restart it.' };
    return { kind: 'hanging', message: 'the keyring does not answer', fix };
  }
  if (reason === `${DBUS}NoReply` || reason === `${DBUS}Disconnected`) {
    return {
      kind: 'broken',
      message: 'the keyring ended while it was asked',
      fix: { do: 'Start it again, and try again.' },
    };
  }
  // It is named where one would be, and nobody is there: a machine without a desktop, or one that was logged out of.
  if (reason === 'unreachable') return noSession(env);
  if (NOBODY.some((name) => reason === DBUS + name)) {
    return {
      kind: 'absent',
      message: 'no keyring (Secret Service) runs in this session',
      fix: { do: START },
    };
  }
  if (reason === 'rejected' || reason === `${DBUS}AccessDenied`) {
    const fix = { do: 'Run it in your own session.' };
    return {
      kind: 'denied',
      message: `the keychain refuses this program: ${message}${whereWeAre(env)}`,
      fix,
    };
  }
  return {
    kind: 'broken',
    message: `the keyring failed: ${message}`,
    fix: { do: 'Restart it, and try again.' },
  };
}

/** podman without root runs its helpers as root of a user namespace, and says so in this variable. */
function whereWeAre(env: Record<string, string | undefined>): string {
  if (env._CONTAINERS_ROOTLESS_UID !== undefined) return " (in podman's user namespace)";
  return isUserNamespace() ? ' (in a user namespace)' : '';
}

/** Outside of one every user is mapped to itself, in one line (user_namespaces(7)). */
function isUserNamespace(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const map = readFileSync('/proc/self/uid_map', 'latin1').trim();
    return map.split(/\s+/).join(' ') !== '0 0 4294967295';
  } catch {
    // A sandbox without /proc: nothing can be said.
    return false;
  }
}

/**
 * Where the message bus of the person's session listens.
 * @returns the path of its socket (an abstract one begins with a NUL); undefined: there is no session, or it is
 *   elsewhere than on a socket of this machine, where secrets would go over a network
 */
export function sessionBusPath(env: Record<string, string | undefined>): string | undefined {
  const given = env.DBUS_SESSION_BUS_ADDRESS;
  const runtime = env.XDG_RUNTIME_DIR;
  // systemd puts it there, and libdbus looks there when it is told nothing.
  if (given === undefined || given === '') return runtime?.startsWith('/') ? `${runtime}/bus` : undefined;
  for (const address of given.split(';')) {
    const [transport, keys = ''] = splitOnce(address, ':');
    if (transport !== 'unix') continue;
    for (const key of keys.split(',')) {
      const [name, value = ''] = splitOnce(key, '=');
      if (name === 'path') return unescaped(value);
      if (name === 'abstract') return `\0${unescaped(value)}`;
      if (name === 'runtime' && value === 'yes' && runtime !== undefined) return `${runtime}/bus`;
    }
  }
  return undefined;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** `%20` and its like (D-Bus specification, "Server Addresses"). */
function unescaped(value: string): string {
  return value.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
