import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { KeychainFault } from '../../src/hosts/secret-store.ts';
import { createSecretService } from '../../src/keychain/secret-service/secret-service.ts';
import { testWith } from '../support/find-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ITEM = { host: 'registry.example.com', id: '1' };
/** No other process changes the keyring of a test. */
const AT_ONCE = <T>(_waitMs: number, action: () => Promise<T>) => action();
const READY_WITHIN_MS = 120_000;

interface Session {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Starts a program of the session, which ends with the test. */
  start(command: string, args: readonly string[], stdin?: string): ChildProcess;
  /** What a method answers, as dbus-send prints it; empty: it failed. */
  call(destination: string, path: string, member: string, ...args: string[]): string;
  /** Resolves once the default collection is there. */
  ready(): Promise<void>;
}

/** A D-Bus session of its own. */
function session(t: TestContext): Session {
  const home = temporaryDirectory(t);
  mkdirSync(`${home}/.config`);
  const env = {
    HOME: home,
    XDG_RUNTIME_DIR: home,
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${home}/bus`,
    QT_QPA_PLATFORM: 'offscreen',
    PATH: process.env.PATH ?? '',
  };
  const start: Session['start'] = (command, args, stdin) => {
    const stdio = [stdin === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'] as const;
    const child = spawn(command, args, { env, stdio: [...stdio] });
    child.stdin?.end(stdin);
    t.after(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    return child;
  };
  // It starts no program by itself: gnome-keyring would be there first.
  const config = `<busconfig><type>session</type><listen>${env.DBUS_SESSION_BUS_ADDRESS}</listen>
    <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
    </busconfig>`;
  writeFileSync(`${home}/bus.conf`, config);
  start('dbus-daemon', ['--nofork', '--nopidfile', `--config-file=${home}/bus.conf`]);
  const call: Session['call'] = (destination, path, member, ...args) => {
    const words = ['--session', '--print-reply=literal', `--dest=${destination}`, path, member, ...args];
    try {
      return execFileSync('dbus-send', words, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
      // Not there yet.
      return '';
    }
  };
  const ready = async (): Promise<void> => {
    const alias = ['org.freedesktop.Secret.Service.ReadAlias', 'string:default'] as const;
    for (const untilMs = performance.now() + READY_WITHIN_MS; performance.now() < untilMs; ) {
      if (call('org.freedesktop.secrets', '/org/freedesktop/secrets', ...alias).includes('/collection/'))
        return;
      await pause(100);
    }
    assert.fail('the keyring did not start in time');
  };
  return { home, env, start, call, ready };
}

/** KWallet with a wallet, opened as by the desktop's login, or not. */
async function kwallet(t: TestContext, isOpen: boolean): Promise<Session> {
  const it = session(t);
  writeFileSync(
    `${it.home}/.config/kwalletrc`,
    '[Wallet]\nFirst Use=false\nDefault Wallet=kdewallet\n\n[org.freedesktop.secrets]\napiEnabled=true\n',
  );
  const key = `array:byte:${[...randomBytes(56)].join(',')}`;
  const wallet = (member: string, ...args: string[]) =>
    it.call('org.kde.kwalletd5', '/modules/kwalletd5', `org.kde.KWallet.${member}`, ...args);
  const open = async (): Promise<void> => {
    const isThere = () => wallet('isOpen', 'string:kdewallet').includes('true');
    for (const untilMs = performance.now() + READY_WITHIN_MS; performance.now() < untilMs && !isThere(); ) {
      wallet('pamOpen', 'string:kdewallet', key, 'int32:0');
      await pause(100);
    }
    assert.ok(isThere(), 'the wallet did not open in time');
  };
  const first = it.start('kwalletd5', []);
  await open();
  // Only one that starts beside a wallet knows it as a collection.
  first.kill('SIGTERM');
  await once(first, 'exit');
  it.start('kwalletd5', []);
  await it.ready();
  if (isOpen) await open();
  return it;
}

const kwalletPrograms = ['dbus-daemon', 'dbus-send', 'kwalletd5'];

test(
  ...testWith(kwalletPrograms, 'KWallet keeps and gives back a secret after the login alone'),
  async (t) => {
    const keychain = createSecretService((await kwallet(t, true)).env, AT_ONCE);
    assert.equal(await keychain.write(ITEM, 'robot', 'hunter2'), undefined);
    assert.deepEqual(await keychain.read(ITEM), { secret: 'hunter2' });
    assert.equal(await keychain.remove([ITEM]), undefined);
    assert.deepEqual(await keychain.read(ITEM), { fault: 'gone' });
  },
);

test(...testWith(kwalletPrograms, 'KWallet shows no dialogue for a wallet that is not open'), async (t) => {
  const keychain = createSecretService((await kwallet(t, false)).env, AT_ONCE);
  assert.equal((await keychain.health()).kind, 'locked');
  assert.equal((await keychain.write(ITEM, 'robot', 'hunter2'))?.kind, 'locked');
});

/** KeePassXC with a database that is open, and whose items are for the Secret Service. */
async function keepassxc(t: TestContext, confirmsAccess: boolean): Promise<Session> {
  const it = session(t);
  mkdirSync(`${it.home}/.config/keepassxc`);
  writeFileSync(
    `${it.home}/.config/keepassxc/keepassxc.ini`,
    `[General]\nConfigVersion=2\nUpdateCheckMessageShown=true\n\n[FdoSecrets]\nEnabled=true\nConfirmAccessItem=${confirmsAccess}\nConfirmDeleteItem=false\n`,
  );
  const database = `${it.home}/t.kdbx`;
  const cli = (words: readonly string[], input: string) =>
    execFileSync('keepassxc-cli', words, {
      env: it.env,
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  cli(['db-create', '-p', database], 'pw\npw\n');
  const xml = cli(['export', '-q', database], 'pw\n');
  const group = Buffer.from(/<Root>\s*<Group>\s*<UUID>([^<]+)</.exec(xml)?.[1] ?? '', 'base64').toString(
    'hex',
  );
  const uuid = group.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const exposed = `<CustomData><Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{${uuid}}</Value></Item></CustomData>`;
  const file = `${it.home}/t.xml`;
  const meta = /<Meta>[\s\S]*<\/Meta>/.exec(xml)?.[0] ?? '';
  const bare = meta.replace(/<CustomData>[\s\S]*<\/CustomData>|<CustomData\s*\/>/, '');
  writeFileSync(
    file,
    xml.replace(meta, () => bare.replace('</Meta>', `${exposed}</Meta>`)),
  );
  rmSync(database);
  cli(['import', '-p', file, database], 'pw\npw\n');
  it.start('keepassxc', ['--pw-stdin', database], 'pw\n');
  await it.ready();
  const words = ['string:org.freedesktop.Secret.Collection', 'string:Locked'] as const;
  const isLocked = () =>
    !it
      .call(
        'org.freedesktop.secrets',
        '/org/freedesktop/secrets/collection/t',
        'org.freedesktop.DBus.Properties.Get',
        ...words,
      )
      .includes('false');
  for (const untilMs = performance.now() + READY_WITHIN_MS; isLocked() && performance.now() < untilMs; )
    await pause(100);
  return it;
}

const keepassPrograms = ['dbus-daemon', 'dbus-send', 'keepassxc', 'keepassxc-cli'];

test(
  ...testWith(keepassPrograms, 'KeePassXC keeps and gives back a secret where it asks nobody'),
  async (t) => {
    const keychain = createSecretService((await keepassxc(t, false)).env, AT_ONCE);
    assert.equal(await keychain.write(ITEM, 'robot', 'hunter2'), undefined);
    assert.deepEqual(await keychain.read(ITEM), { secret: 'hunter2' });
    assert.equal(await keychain.remove([ITEM]), undefined);
    assert.deepEqual(await keychain.read(ITEM), { fault: 'gone' });
  },
);

test(
  ...testWith(keepassPrograms, 'KeePassXC that asks for each item keeps nothing, and its setting is named'),
  async (t) => {
    const keychain = createSecretService((await keepassxc(t, true)).env, AT_ONCE);
    const fault = (await keychain.write(ITEM, 'robot', 'hunter2')) as KeychainFault;
    assert.deepEqual([fault.kind, fault.isLeft], ['denied', undefined]);
    assert.match(JSON.stringify(fault.fix), /Confirm when passwords are retrieved by clients/);
    assert.deepEqual(await keychain.read(ITEM), { fault: 'gone' });
  },
);
