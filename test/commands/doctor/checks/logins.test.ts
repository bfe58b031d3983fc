import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '../../../../src/commands/doctor/facts.ts';
import type {
  ClusterContact,
  KubeconfigReading,
  Login,
} from '../../../../src/commands/doctor/network-state.ts';
import { bindHost, type RegistrySettings } from '../../../../src/registry/bind-host.ts';
import { SERVER } from '../../../support/identities.ts';
import { answered, away, clusters, findingsOf, HOST, noToken, token, told } from '../fake-facts.ts';

const DAY_MS = 86_400_000;
const RENEW = 'docker-credential-openshift login work';
const logins = (login: Login, more: Partial<Facts> = {}): Partial<Facts> => ({
  ...clusters(answered()),
  loginOf: async () => login,
  bindingOf: async (host) => bindHost(host, { server: SERVER }),
  ...more,
});

test('a login is told by its user, its cluster and its end', async () => {
  const why = async (changes: Parameters<typeof token>[0]) =>
    (await findingsOf('login', logins(token(changes))))[0]?.why;
  const gets = `${HOST} gets the token of alice at api.example.com:6443`;
  assert.equal(await why({}), `${gets}, which expires in 1 day`);
  assert.equal(
    await why({ endsWhenIdle: true }),
    `${gets}, which expires in 1 day, sooner if it is not used`,
  );
  assert.equal(await why({ endsAtMs: null }), gets);
  assert.deepEqual(await told('login', logins(token())), [['ok', 'token']]);
  const left = (days: number, lifeDays: number, more: Parameters<typeof token>[0] = {}) =>
    told('login', logins(token({ endsAtMs: days * DAY_MS, lifeMs: lifeDays * DAY_MS, ...more })));
  assert.deepEqual(await left(3, 30), [['note', 'token-expires-soon', RENEW]]);
  assert.deepEqual(await left(0.5, 30), [['note', 'token-expires-soon', RENEW]]);
  assert.deepEqual(await left(8, 30), [['ok', 'token']]);
  // A plugin, a job or a service account has another one then.
  assert.deepEqual(await left(3, 30, { isPersons: false }), [['ok', 'token']]);
});

test('a token that could not be checked, or that a person should hear of, is warned of', async () => {
  const unchecked = async (more: Parameters<typeof token>[0]) => {
    const [finding] = await findingsOf('login', logins(token({ unchecked: true, ...more })));
    assert.deepEqual([finding?.status, finding?.code], ['warning', 'token-unchecked']);
    return finding?.effect ?? '';
  };
  assert.match(await unchecked({}), /^Neither the cluster nor the registry could be asked/);
  const typed = { isStored: true, server: undefined, endsAtMs: null };
  assert.match(await unchecked(typed), /^The registry fails .* as it was typed$/);
  const warnings = [{ code: 'ends-soon', why: 'It ends soon', fix: { run: RENEW } }];
  assert.deepEqual(await told('login', logins(token({ warnings }))), [
    ['ok', 'token'],
    ['warning', 'ends-soon', RENEW],
  ]);
});

test('each reason why there is no token is a problem with a fix of its own', async () => {
  assert.deepEqual(await told('login', logins(noToken(['keychain-hanging', 'login-expired']))), [
    ['problem', 'keychain-hanging', 'fix keychain-hanging'],
    ['problem', 'login-expired', 'fix login-expired'],
  ]);
});

test('what is wrong with the config is told by its own check alone', async () => {
  const login = logins(noToken(['config-broken', 'login-expired']));
  assert.deepEqual(await told('login', login), [
    ['skipped', 'config-broken', 'fix config-broken'],
    ['problem', 'login-expired', 'fix login-expired'],
  ]);
});

test('a sign-out is as was wanted: a note, with what ends it', async () => {
  assert.deepEqual(await told('login', logins(noToken(['signed-out'], { isSignedOut: true }))), [
    ['note', 'signed-out', 'fix signed-out'],
  ]);
});

test('of a host that is nobody`s to speak of it is told whose it may be', async () => {
  const at = (host: string, settings?: RegistrySettings, ours: readonly string[] = []) =>
    told('login', {
      ...logins(noToken(), { bindingOf: async () => bindHost(host, settings) }),
      hosts: [host],
      ours,
    });
  assert.deepEqual(await at(HOST, { anonymous: true }), [['ok', 'host-anonymous']]);
  assert.deepEqual(await at('quay.io'), [['note', 'public-registry']]);
  const setup = 'docker-credential-openshift setup';
  assert.deepEqual(await at(HOST, undefined, [HOST]), [['note', 'host-not-linked', `${setup} ${HOST}`]]);
  // Of a host that no cluster claims, setup would only be told that.
  assert.deepEqual(await at(HOST), [['note', 'host-not-linked', setup]]);
});

test("a login to a cluster that can't be reached was not checked, and the cluster is what is to be fixed", async () => {
  const login = noToken(['not-checked'], { server: SERVER });
  for (const contact of [
    away('refused'),
    answered({ status: 503 }),
    answered({ contentType: 'text/html' }),
  ]) {
    assert.deepEqual(await told('login', logins(login, clusters(contact))), [['skipped', 'login-unchecked']]);
  }
  assert.equal((await told('login', logins(login)))[0]?.[0], 'problem');
  // What is known to be no good needs nobody to be asked.
  const dead = noToken(['expired'], { server: SERVER, isMaybeGood: false });
  assert.equal((await told('login', logins(dead, clusters(away('refused')))))[0]?.[0], 'problem');
});

test("with the OAuth server down no login is advised: it can't work, and the one that there is may be good", async () => {
  const contacts = [
    { server: SERVER, insecure: false, hasOwnCa: false, contact: answered(), oauth: 'failing' },
  ];
  const down = { clusterContacts: async () => contacts as readonly ClusterContact[] };
  const login = noToken(['login-refused'], { server: SERVER, isMaybeGood: false });
  const [[status, code, fix] = []] = await told('login', logins(login, down));
  assert.deepEqual([status, code], ['problem', 'login-refused']);
  assert.match(String(fix), /^Wait until its cluster can check tokens again/);
});

test("a cluster that can't say whether a token is good is waited for, whatever else is in the way", async () => {
  const login = noToken(['not-checked'], { server: SERVER, isUnjudged: true });
  const [[status, code, fix] = []] = await told('login', logins(login));
  assert.deepEqual([status, code], ['problem', 'not-checked']);
  assert.match(String(fix), /^Wait until its cluster can check tokens again/);
});

test('without any host the next step is named, and whether the current login would be worth it', async () => {
  const nothing = ['note', 'nothing-linked', 'docker-credential-openshift setup'];
  const at = (login: Login | undefined) =>
    told('login', { hosts: [], ours: [], currentLogin: async () => login });
  assert.deepEqual(await at(undefined), [nothing]);
  assert.deepEqual(await at(token()), [nothing, ['ok', 'current-login']]);
  assert.deepEqual(await at(noToken(['login-expired'])), [
    nothing,
    ['problem', 'login-expired', 'fix login-expired'],
  ]);
});

const reading: KubeconfigReading = {
  files: [{ path: '/k', isThere: true }],
  problems: [],
  contexts: 2,
  current: { context: 'work', server: SERVER },
};

test('a kubeconfig is told by its files, its contexts and what is wrong with it', async () => {
  const at = (changes: Partial<KubeconfigReading>, more: Partial<Facts> = { hosts: [] }) =>
    findingsOf('kubeconfig', { kubeconfig: async () => ({ ...reading, ...changes }), ...more });
  const [fine] = await at({});
  assert.deepEqual([fine?.status, fine?.why], ['ok', 'The kubeconfig has 2 contexts, work is current (/k)']);
  const problem = { code: 'kubeconfig-fault', why: '/k: line 3, column 1: bad indent' };
  const broken = await at({ problems: [problem], contexts: 0, current: undefined });
  assert.deepEqual(
    broken.map(({ status, code }) => [status, code]),
    [
      ['problem', 'kubeconfig-fault'],
      ['note', 'kubeconfig'],
    ],
  );
  const absent = { files: [{ path: '/k', isThere: false }], contexts: 0 };
  assert.deepEqual((await at(absent))[0]?.code, 'own-identity');
  const none = { ...absent, current: undefined };
  assert.deepEqual((await at(none))[0]?.status, 'note');
  // What a host lacks is told with its login.
  const [needless] = await at(none, {});
  assert.deepEqual([needless?.status, needless?.fix], ['skipped', undefined]);
});

test('a remembered token that the registry refuses is told once it is forgotten', async () => {
  const at = (user: string | undefined) => told('cached-answers', { forgetRefusedAnswer: async () => user });
  assert.deepEqual(await at(undefined), []);
  assert.deepEqual(await at('alice'), [['note', 'refused-answer-forgotten']]);
});
