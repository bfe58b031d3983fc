import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindings } from '../../../../src/commands/doctor/checks/bindings.ts';
import { keychain } from '../../../../src/commands/doctor/checks/keychain.ts';
import { ownConfig } from '../../../../src/commands/doctor/checks/own-config.ts';
import { ownDirectories } from '../../../../src/commands/doctor/checks/own-directories.ts';
import { signOuts } from '../../../../src/commands/doctor/checks/sign-outs.ts';
import { timer } from '../../../../src/commands/doctor/checks/timer.ts';
import type { Login } from '../../../../src/commands/doctor/network-state.ts';
import { AppError } from '../../../../src/hosts/reason.ts';
import type { KeychainHealth } from '../../../../src/hosts/secret-store.ts';
import { type Binding, bindHost } from '../../../../src/registry/bind-host.ts';
import { CONTEXT, HOST, inShort } from './checking.ts';
import { noToken, token } from './network.ts';

test('each fault of the config is a problem of its own, with its line', async () => {
  const reading = {
    path: '/c.yaml',
    isThere: true,
    hosts: 1,
    problems: ['/c.yaml:3:5: unknown key', 'X_SERVER is no URL'],
  };
  const found = await ownConfig({ readConfig: async () => reading });
  assert.deepEqual(
    found.map(({ status, mend }) => [status, mend]),
    [
      ['problem', 'Mend that line of /c.yaml.'],
      ['problem', 'Mend or unset that variable.'],
    ],
  );
  const sound = { ...reading, problems: [] };
  for (const readConfig of [async () => sound, async () => ({ ...sound, isThere: false })]) {
    assert.deepEqual(inShort(await ownConfig({ readConfig })), [['ok', undefined]]);
  }
  assert.deepEqual(inShort(await ownConfig({ readConfig: async () => undefined })), [['note', undefined]]);
});

test('each host is told with the cluster it belongs to', async () => {
  const check = async (
    host: string,
    binding: Binding,
    stored: readonly { host: string; username: string }[] = [],
  ) => {
    const [finding] = await bindings(
      { bindingOf: async () => binding, storedLogins: () => stored },
      { ...CONTEXT, hosts: [host] },
    );
    return finding;
  };
  const server = 'https://api.example.com:6443';
  const bound = await check(HOST, bindHost(HOST, { server, user: 'alice' }));
  assert.equal(bound?.saw, `${HOST} belongs to api.example.com:6443 (${server}), user alice`);
  assert.equal((await check(HOST, bindHost(HOST, { anonymous: true })))?.status, 'ok');
  assert.equal(
    (await check(HOST, bindHost(HOST, undefined)))?.mend,
    `docker-credential-openshift setup ${HOST}`,
  );
  // Of a host that no cluster claims, setup would only be told that.
  const unclaimed = await check('r.example.com', bindHost('r.example.com', undefined));
  assert.equal(unclaimed?.mend, 'docker-credential-openshift setup');
  assert.equal((await check('quay.io', bindHost('quay.io', undefined)))?.status, 'note');
  // What was typed for a host of no cluster is answered, whatever any cluster says.
  for (const host of [HOST, 'quay.io']) {
    const typed = await check(host, bindHost(host, undefined), [{ host, username: 'bob' }]);
    assert.deepEqual(
      [typed?.status, typed?.saw, typed?.why, typed?.mend],
      ['ok', `${host} gets what bob typed for it: it is bound to no cluster`, undefined, undefined],
    );
  }
  const gone = 'registry.svc.ci.openshift.org';
  const closed = await check(gone, bindHost(gone, undefined));
  assert.equal(closed?.status, 'problem');
  assert.match(closed?.saw ?? '', /was decommissioned.*[^.]$/);
});

test('without any host the next step is named', async () => {
  const ports = { bindingOf: () => assert.fail('there is no host'), storedLogins: () => [] };
  const [finding] = await bindings(ports, { hosts: [], ours: [], subject: { kind: 'all' } });
  assert.equal(finding?.mend, 'docker-credential-openshift setup');
});

test('a sign-out is told, with the command that get names, and no other is', async () => {
  const check = async (login: Login) =>
    (await signOuts({ loginOf: async () => login }, CONTEXT)).map(({ status, saw, mend }) => [
      status,
      saw,
      mend,
    ]);
  assert.deepEqual(await check(token()), []);
  assert.deepEqual(await check(noToken('It is over.')), []);
  const lift = 'docker-credential-openshift login work';
  const reason = `You signed out of ${HOST}. To sign in to app.ci again, run: ${lift}`;
  assert.deepEqual(await check(noToken(reason, { isSignedOut: true })), [
    ['note', `You signed out of ${HOST}`, lift],
  ]);
});

test('a timer that is not there is worth a note; one that is not right is a warning', async () => {
  const check = (
    state: Parameters<typeof timer>[0]['timerState'] extends () => Promise<infer S> ? S : never,
  ) => timer({ timerState: async () => state, lingers: async () => true, env: {} });
  const [running] = await check({ next: 'at noon', problems: [] });
  assert.deepEqual([running?.status, running?.saw], ['ok', 'The renewal timer runs (next: at noon)']);
  assert.deepEqual(inShort(await check(undefined)), [['note', undefined]]);
  const problem = { code: 'timer-repeated', why: 'Your crontab has two lines', fix: { run: 'crontab -e' } };
  const [old] = await check({ next: undefined, problems: [problem] });
  assert.deepEqual([old?.status, old?.saw, old?.mend], ['warning', problem.why, 'crontab -e']);
});

test('a keychain is needed for typed logins alone', async () => {
  const absent = { kind: 'absent', message: 'there is none', fix: { do: 'Start one.' } } as const;
  const check = (
    health: KeychainHealth,
    stored: readonly string[] = [],
    place: 'file' | 'keychain' = 'keychain',
    left: readonly string[] = [],
  ) =>
    keychain({
      keychainHealth: async () => health,
      storedLogins: () => stored.map((host) => ({ host, where: 'keychain' as const })),
      secretPlace: async () => place,
      leftOver: () => left,
      configFile: '/c.yaml',
    });
  assert.deepEqual(inShort(await check({ kind: 'ok' })), [['ok', undefined]]);
  assert.deepEqual(inShort(await check(absent)), [['note', undefined]]);
  assert.deepEqual(inShort(await check(absent, [], 'file')), [['ok', undefined]]);
  const [lost] = await check(absent, ['quay.io']);
  assert.deepEqual([lost?.status, lost?.saw], ['problem', 'There is none']);
  assert.match(lost?.why ?? '', /quay\.io/);
  assert.match(lost?.mend ?? '', /^Start one\. Or .*`secrets: file` into \/c\.yaml/);
  for (const place of ['keychain', 'file'] as const) {
    for (const health of [{ kind: 'ok' }, absent] as const) {
      const left = (await check(health, [], place, ['quay.io'])).at(-1);
      const mend = 'echo quay.io | docker-credential-openshift erase';
      assert.deepEqual([left?.status, left?.host, left?.mend], ['warning', 'quay.io', mend]);
    }
  }
});

test('a directory of ours that is open, and a typed login that does not count, are problems of their own', async () => {
  const why = new AppError({ code: 'x', message: 'The login is not used', fix: { run: 'chmod 600 f' } });
  const path = '/home/alice/.cache/docker-credential-openshift/answers';
  const obstacle = { message: `${path} is open to others`, fix: { run: `chmod 700 ${path}` } };
  const check = (open: boolean, unusable: readonly { host: string; why: AppError }[] = []) =>
    ownDirectories({
      ownDirectories: async () => [{ path, what: 'answers', obstacle: open ? obstacle : undefined }],
      unusableLogins: async () => unusable,
    });
  assert.deepEqual(inShort(await check(false)), [['ok', undefined]]);
  const found = await check(true, [{ host: 'quay.io', why }]);
  assert.deepEqual(
    found.map(({ status, host, saw, mend }) => [status, host, saw, mend]),
    [
      ['problem', undefined, obstacle.message, obstacle.fix.run],
      ['problem', 'quay.io', 'The login is not used', 'chmod 600 f'],
    ],
  );
});

test('a timer that rests while nobody is logged in is told on machines without a screen', async () => {
  const check = (env: Record<string, string>) =>
    timer({
      timerState: async () => ({ next: 'at noon', problems: [] }),
      lingers: async () => false,
      env,
    });
  const [, note] = await check({ USER: 'alice' });
  assert.deepEqual([note?.status, note?.mend], ['note', 'sudo loginctl enable-linger alice']);
  assert.equal((await check({ DISPLAY: ':0' })).length, 1);
});
