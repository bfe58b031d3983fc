import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import {
  type BusConnection,
  BusError,
  connectToBus,
} from '../../src/keychain/secret-service/dbus-connection.ts';
import { testWith } from './find-program.ts';

const PASSWORD = 'correct horse battery staple';
const READY_WITHIN_MS = 120_000;
const BUS = 'org.freedesktop.DBus';
const BUS_PATH = '/org/freedesktop/DBus';
const SECRETS = 'org.freedesktop.secrets';
const LOGIN_COLLECTION = '/org/freedesktop/secrets/collection/login';
const MOST_ATTEMPTS = 3;
/** How many daemons have ended in this process without being told to. */
let fallen = 0;

/** A D-Bus session of its own with a gnome-keyring in it, whose `login` collection is the default and unlocked. */
export interface SecretService {
  /** The whole environment for programs that are to reach it, with a HOME of its own. */
  readonly env: Readonly<Record<string, string>>;
  /** Locks the collection. There is nobody to ask for its password: every prompt is dismissed at once. */
  lock(): Promise<void>;
  /** How many items are in the collection. */
  countItems(): Promise<number>;
  /** Ends the keyring's daemon and starts it anew, unlocked, as at the next login. */
  restart(): Promise<void>;
  /** Ends the keyring's daemon only: D-Bus stays, and knows no Secret Service. */
  endKeyring(): Promise<void>;
  /** The keyring's daemon answers nothing until `resume`. */
  freeze(): void;
  resume(): void;
  /** Ends both. What the keyring kept stays in the directory. */
  stop(): Promise<void>;
}

/** What must be on PATH for a Secret Service. */
export const secretServicePrograms = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'] as const;

/**
 * Starts both in a new directory below the given one, and resolves when the collection can be used.
 * @param parent a path short enough for a socket in it: less than 80 bytes
 */
export async function startSecretService(parent: string): Promise<SecretService> {
  const home = join(parent, 'keyring');
  mkdirSync(home, { mode: 0o700 });
  const socket = join(home, 'bus');
  const address = `unix:path=${socket}`;
  const env = {
    HOME: home,
    XDG_RUNTIME_DIR: home,
    DBUS_SESSION_BUS_ADDRESS: address,
    PATH: process.env.PATH ?? '',
  };
  const bus = await startBus(home, address, env);
  let keyring: ChildProcess | undefined;
  const endKeyring = async (): Promise<void> => {
    // Everything is on disk when a call returns, and the daemon takes two seconds to end by SIGTERM.
    if (keyring !== undefined) await end(keyring, 'SIGKILL');
    keyring = undefined;
  };
  const start = async (): Promise<void> => {
    keyring = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    keyring.stdin?.end(PASSWORD);
    // A test ends one by SIGKILL only.
    keyring.once('exit', (_status, signal) => {
      if (signal !== 'SIGKILL') fallen += 1;
    });
    await ready(keyring, socket);
  };
  const stop = async (): Promise<void> => {
    await endKeyring();
    await end(bus, 'SIGTERM');
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    env,
    async lock() {
      const method = 'org.freedesktop.Secret.Service.Lock';
      await call(env, SECRETS, '/org/freedesktop/secrets', method, [`array:objpath:${LOGIN_COLLECTION}`]);
    },
    async countItems() {
      const words = ['string:org.freedesktop.Secret.Collection', 'string:Items'];
      const method = 'org.freedesktop.DBus.Properties.Get';
      const reply = await call(env, SECRETS, LOGIN_COLLECTION, method, words);
      return reply.match(/object path/g)?.length ?? 0;
    },
    async restart() {
      await endKeyring();
      await start();
    },
    endKeyring,
    freeze: () => void keyring?.kill('SIGSTOP'),
    resume: () => void keyring?.kill('SIGCONT'),
    stop,
  };
}

/**
 * A test that asks keyrings of its own. It is run again, at most twice, if one of them ended by itself meanwhile:
 * gnome-keyring 42 does so about once in ten thousand clients that come and go, where one leaves as the next one arrives (an
 * assertion of its own, then SIGTRAP), and what is seen then says nothing of the program under test.
 * @param needed programs that must be on PATH
 * @param run starts keyrings anew each time
 */
export function testOfKeyring(
  needed: readonly string[],
  title: string,
  run: (t: TestContext) => Promise<void>,
): void {
  test(...testWith(needed, title), async (t) => {
    for (let left = MOST_ATTEMPTS - 1; ; left -= 1) {
      const before = fallen;
      try {
        await run(t);
        return;
      } catch (error) {
        if (left === 0 || fallen === before) throw error;
        t.diagnostic('gnome-keyring ended by a fault of its own; once more with another');
      }
    }
  });
}

/** A bus that starts no service by itself, nor a dialogue: what is not running is absent. */
async function startBus(home: string, address: string, env: Record<string, string>): Promise<ChildProcess> {
  const config = join(home, 'bus.conf');
  writeFileSync(
    config,
    `<busconfig>
  <type>session</type>
  <listen>${address}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`,
  );
  const bus = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // It tells its address once it listens.
  const ended = once(bus, 'exit').then(() => Promise.reject(new Error('dbus-daemon ended at once')));
  await Promise.race([once(bus.stdout, 'data'), ended]);
  ended.catch(() => {});
  return bus;
}

/**
 * Resolves when the keyring has its name on the bus: it answers no call before its collection is unlocked.
 * @param socket of the bus
 */
async function ready(keyring: ChildProcess, socket: string): Promise<void> {
  const bus = connectToBus(socket, READY_WITHIN_MS);
  const ended = once(keyring, 'exit').then(() =>
    Promise.reject(new Error('gnome-keyring-daemon ended at once')),
  );
  ended.catch(() => {});
  try {
    const rule = `type='signal',sender='${BUS}',member='NameOwnerChanged',arg0='${SECRETS}'`;
    await callBus(bus, 'AddMatch', rule);
    for (;;) {
      // Before the look, so that no change falls between the two.
      const changed = bus.signalled(BUS_PATH, 'NameOwnerChanged');
      changed.catch(() => {});
      if ((await ownerOf(bus)) === keyring.pid) return;
      await Promise.race([changed, ended]);
    }
  } finally {
    bus.close();
  }
}

/** The id of the process that has the Secret Service's name; undefined: nobody has it. */
async function ownerOf(bus: BusConnection): Promise<unknown> {
  try {
    return (await callBus(bus, 'GetConnectionUnixProcessID', SECRETS))[0];
  } catch (error) {
    if (!(error instanceof BusError) || !error.reason.endsWith('.NameHasNoOwner')) throw error;
    return undefined;
  }
}

function callBus(bus: BusConnection, member: string, text: string): ReturnType<BusConnection['call']> {
  return bus.call({
    destination: BUS,
    path: BUS_PATH,
    interface: BUS,
    member,
    signature: 's',
    args: [text],
  });
}

async function call(
  env: Record<string, string>,
  name: string,
  object: string,
  method: string,
  args: readonly string[],
): Promise<string> {
  const all = ['--session', '--print-reply', `--dest=${name}`, object, method, ...args];
  return (await promisify(execFile)('dbus-send', all, { env })).stdout;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
