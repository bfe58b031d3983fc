import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideAnswer } from '../../src/hosts/decide-answer.ts';
import type { Identity, ServiceAccountOrder } from '../../src/hosts/identity.ts';
import type { Obtained } from '../../src/hosts/keep-token.ts';
import type { RegistrySettings } from '../../src/registry/bind-host.ts';
import { decidePorts } from '../support/decide-ports.ts';
import { identity, plugin, SERVER } from '../support/identities.ts';
import { codesOf, said } from '../support/said.ts';
import { accepted, minted, NOW } from './answering.ts';

const HOST = 'registry.example.com';
const alice = identity();
const bob = identity({ user: 'bob', context: 'play' });

/** Whose token is asked for, and what for, with this entry in the config. */
async function decide(
  settings: RegistrySettings,
  logins: { all?: Identity[]; current?: Identity; problems?: string[] } = {},
  token: Obtained = minted('m'),
) {
  const asked: { who: Identity; order: ServiceAccountOrder | undefined }[] = [];
  const { all = [alice], current, problems = [] } = logins;
  const ports = decidePorts({
    nowMs: () => NOW,
    readSettings: async () => ({ settings, problem: undefined, warning: undefined }),
    readIdentities: async () => ({ all, current, problems }),
    obtainToken: async (_host, who, order) => {
      asked.push({ who, order });
      return token;
    },
    inspectToken: async () => accepted(),
  });
  return { ...(await decideAnswer(HOST, ports)), asked };
}
const bound = { server: SERVER, user: 'alice' };

test('without a word in the config nothing is minted', async () =>
  assert.deepEqual((await decide(bound)).asked, [{ who: alice, order: undefined }]));

test("the config's service account is minted for a working day, and does not renew itself", async () =>
  assert.deepEqual((await decide({ ...bound, serviceAccount: 'ci/puller' })).asked[0]?.order, {
    namespace: 'ci',
    name: 'puller',
    lifeSeconds: 28_800,
    selfRenew: false,
  }));

test('the life of minted tokens, and that they renew themselves, are said by the config', async () => {
  const entry = { ...bound, serviceAccount: 'ci/puller', tokenLifetime: 600, selfRenew: true };
  const [first] = (await decide(entry)).asked;
  assert.deepEqual([first?.order?.lifeSeconds, first?.order?.selfRenew], [600, true]);
});

test("the config's token file is for its server, and needs no login there", async () => {
  const { asked, identity: whose } = await decide({ server: SERVER, tokenFile: '/run/token' }, { all: [] });
  assert.deepEqual(asked[0]?.who.source, { kind: 'token-file', path: '/run/token' });
  assert.deepEqual([whose?.server, whose?.context, whose?.insecure], [SERVER, undefined, false]);
});

test('a token file for a server whose certificate the kubeconfig does not verify is no safer for it', async () => {
  const all = [identity({ insecure: true })];
  const { asked } = await decide({ server: SERVER, tokenFile: '/run/token' }, { all });
  assert.equal(asked[0]?.who.insecure, true);
});

test("a CI job's registry gets the token of whatever identity is current", async () => {
  const given = identity({ context: undefined, user: 'the environment' });
  const { asked } = await decide({ current: true }, { all: [alice, given], current: given });
  assert.equal(asked[0]?.who, given);
});

test("a CI job's registry without a current identity says what is missing, and what is wrong with the files", async () => {
  const { answer, asked } = await decide({ current: true }, { problems: ['/k is broken: line 1'] });
  assert.equal(
    said(answer),
    `${HOST}: no context is current (/k is broken: line 1) [no-current-context]. Run: docker-credential-openshift login`,
  );
  assert.deepEqual(asked, []);
});

test('a registry that the environment binds to a server gets a login to that server only', async () => {
  const elsewhere = identity({ server: 'https://api.other.example.com:6443', context: 'other' });
  const { asked } = await decide(
    { server: SERVER, current: true },
    { all: [elsewhere, bob], current: elsewhere },
  );
  assert.equal(asked[0]?.who, bob);
});

test('a context without anything is still asked for a token that renews itself, and for no other', async () => {
  const reason = { code: 'no-token', why: 'it is signed out' };
  const none = identity({ source: { kind: 'none', reason } });
  const entry = { ...bound, serviceAccount: 'ci/puller' };
  const plain = await decide(entry, { all: [none] });
  assert.deepEqual([plain.answer, plain.asked], [{ kind: 'anonymous', reasons: [reason] }, []]);
  const renewing = await decide({ ...entry, selfRenew: true }, { all: [none] });
  assert.equal(renewing.asked.length, 1);
});

test('a token without an end that lies on the cluster only is answered, and not kept in a file', async () => {
  const endless = { ...minted('m'), expiresAtMs: Number.POSITIVE_INFINITY };
  const entry = { ...bound, serviceAccount: 'ci/puller' };
  assert.equal((await decide(entry, {}, endless)).mayBeKept, false);
  assert.equal((await decide(entry, {}, minted('m'))).mayBeKept, true);
  assert.equal((await decide(bound, {}, endless)).mayBeKept, true);
});

test("a token file that no server stands beside is nobody's token, and nothing else is answered in its place", async () => {
  const { answer, asked } = await decide({ tokenFile: '/run/token' }, { current: alice });
  assert.deepEqual(codesOf(answer), ['token-file-without-server']);
  assert.deepEqual(asked, []);
});

test("the config's user answers for a host that only the cluster's word, or the environment, binds", async () => {
  const here = identity();
  const colleague = identity({ user: 'bob', context: 'play' });
  const logins = { all: [here, colleague], current: here };
  const { asked } = await decide({ user: 'bob', current: true }, logins);
  assert.deepEqual(asked, [{ who: colleague, order: undefined }]);
});

test('a plugin of a context that nobody chose is not run: it is current, or the config names its user', async () => {
  const source = { kind: 'exec', plugin: plugin() } as const;
  const robot = identity({ user: 'robot', context: 'sent', source });
  const unchosen = await decide({ server: SERVER }, { all: [robot] });
  assert.deepEqual([unchosen.asked, codesOf(unchosen.answer)], [[], ['plugin-not-chosen']]);
  const chosen: [RegistrySettings, { current?: Identity }][] = [
    [{ server: SERVER }, { current: robot }],
    [{ server: SERVER, user: 'robot' }, {}],
    [{ context: 'sent' }, {}],
  ];
  for (const [settings, more] of chosen)
    assert.deepEqual(
      (await decide(settings, { all: [robot], ...more })).asked.length,
      1,
      JSON.stringify(settings),
    );
});
