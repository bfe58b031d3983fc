import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { kubeconfig } from '../support/kubeconfig-entries.ts';
import {
  HOSTS,
  type RecordingNetwork,
  type Spot,
  startRecordingNetwork,
} from '../support/recording-network.ts';
import { type HelperHome, helperHome } from './helper-home.ts';
import { makeOld, store } from './storing.ts';

const A = 'https://api.a.test:6443';
const EVIL = 'https://api.evil.test:6443';

interface Place {
  readonly network: RecordingNetwork;
  readonly home: HelperHome;
  /** Writes a kubeconfig of these contexts: each with a cluster, and a token of its own. @returns the tokens */
  contexts(
    clusters: Readonly<Record<string, object>>,
    current?: string,
  ): Promise<Readonly<Record<string, string>>>;
  /** Where a secret was seen, sorted. */
  seen(secret: string): readonly Spot[];
}

async function place(t: TestContext, config: object = {}): Promise<Place> {
  const network = await startRecordingNetwork(t);
  const home = helperHome(t, compiledHelper, network.env);
  await home.write(home.configFile, JSON.stringify({ secrets: 'file', ...config }));
  return {
    network,
    home,
    contexts: async (clusters, current) => {
      const names = Object.keys(clusters);
      const tokens = Object.fromEntries(
        names.map((name) => [name, network.sandbox.issueOAuthToken({ user: name })]),
      );
      const text = kubeconfig({
        clusters: names.map((name) => ({ name, cluster: clusters[name] })),
        users: names.map((name) => ({ name, user: { token: tokens[name] } })),
        contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
        ...(current === undefined ? {} : { current }),
      });
      await home.write(home.kubeconfigFile, text);
      return tokens;
    },
    seen: (secret) => [...network.spotsOf(secret)].sort(),
  };
}

/** A cluster of somebody's, as the kubeconfig has it that they sent: their authority, their proxy. */
const evils = ({ evilCaFile, evilProxy }: RecordingNetwork) => ({
  server: EVIL,
  'certificate-authority': evilCaFile,
  'proxy-url': evilProxy,
});
/** The same for the server of a cluster that is not theirs. */
const posing = (network: RecordingNetwork) => ({ ...evils(network), server: A });
const good = ({ caFile }: RecordingNetwork) => ({ server: A, 'certificate-authority': caFile });
/** An old login by which nobody is verified; its way leads to somebody else. */
const unverified = ({ evilProxy }: RecordingNetwork) => ({
  server: A,
  'insecure-skip-tls-verify': true,
  'proxy-url': evilProxy,
});

/** A JWT that somebody gave who is no cluster. */
function foreignJwt(): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return `${encode({ alg: 'RS256' })}.${encode({ iss: 'https://idp.test', sub: 'robot', exp })}.${'c2ln'.repeat(11)}`;
}

test('what was typed for a host of no cluster is shown to none that claims it later, on no path', async (t) => {
  const { home, network, contexts, seen } = await place(t);
  for (const secret of ['canary-password', foreignJwt(), 'a'.repeat(43), `sha256~${'b'.repeat(43)}`]) {
    network.corpLogins.add(`robot:${secret}`);
    await home.write(home.kubeconfigFile, '');
    assert.equal((await store(home, HOSTS.corp, secret)).status, 0);
    await contexts({ eve: evils(network) }, 'eve');
    assert.equal((await home.get(HOSTS.corp)).token, fingerprintOf(secret));
    for (const args of [
      ['status', HOSTS.corp, '--check'],
      ['renew', HOSTS.corp],
      ['doctor', HOSTS.corp],
    ])
      await home.run(args, '');
    assert.equal((await store(home, HOSTS.corp, secret)).status, 0);
    await home.run(['logout', HOSTS.corp, '--revoke', '--yes'], '');
    assert.deepEqual(seen(secret), ['corp'], secret);
    // What signed the host out is taken back for the next secret.
    assert.equal((await store(home, HOSTS.corp, secret)).status, 0);
    await home.run('erase', HOSTS.corp);
  }
});

test('a password for a host that is linked to a cluster is shown to nobody, and login and pulls say so', async (t) => {
  const { home, network, contexts, seen } = await place(t, { registries: { [HOSTS.a]: { server: A } } });
  const { alice = '' } = await contexts({ alice: good(network) }, 'alice');
  const { status, stderr } = await store(home, HOSTS.a, 'canary-password');
  assert.equal(status, 0);
  assert.match(stderr, /The login of robot stored for registry\.apps\.a\.test is not a token, /);
  const { token, said } = await home.get(HOSTS.a);
  assert.equal(token, fingerprintOf(alice));
  assert.match(said, /is not a token, and the registry of api\.a\.test:6443 takes nothing else/);
  assert.deepEqual(seen('canary-password'), []);
  // What another issuer gave may be good: its registry says.
  const jwt = foreignJwt();
  await store(home, HOSTS.a, jwt);
  await home.get(HOSTS.a);
  assert.deepEqual(seen(jwt), ['registry of a']);
});

test('the registry proves by the roots of the system and the proxy of the environment that a claim is true', async (t) => {
  const { home, network, contexts, seen } = await place(t);
  const robots = network.sandbox.issueOAuthToken({ user: 'robot' });
  // The name is under the domain of the server that the kubeconfig gives.
  await contexts({ mallory: posing(network) }, 'mallory');
  const kubeconfigOfMallory = kubeconfig({
    clusters: [{ name: 'a', cluster: posing(network) }],
    users: [{ name: 'mallory', user: { token: `sha256~${'m'.repeat(43)}` } }],
    contexts: [{ name: 'mallory', context: { cluster: 'a', user: 'mallory' } }],
    current: 'mallory',
  });
  await home.write(home.kubeconfigFile, kubeconfigOfMallory);
  assert.equal((await store(home, HOSTS.a, robots)).status, 0);
  assert.equal((await home.get(HOSTS.a)).token, fingerprintOf(robots));
  assert.deepEqual(seen(robots), ['registry of a']);
  // Where it is true, the cluster tells of the token.
  await contexts({ alice: good(network) }, 'alice');
  makeOld(home, HOSTS.a);
  assert.equal((await home.get(HOSTS.a)).token, fingerprintOf(robots));
  assert.deepEqual(seen(robots), ['api of a', 'registry of a']);
});

const LINKED = { registries: { [HOSTS.a]: { server: A } } };

test('of several entries for one server the verified one is used, in whatever order they stand', async (t) => {
  const { home, network, contexts, seen } = await place(t, LINKED);
  for (const names of [
    ['old', 'alice'],
    ['alice', 'old'],
  ]) {
    const clusters = { old: unverified(network), alice: good(network) };
    await contexts(Object.fromEntries(names.map((name) => [name, clusters[name as keyof typeof clusters]])));
    const robots = network.sandbox.issueOAuthToken({ user: 'robot' });
    assert.deepEqual((await store(home, HOSTS.a, robots)).stderr, '');
    assert.equal((await home.get(HOSTS.a)).token, fingerprintOf(robots));
    assert.deepEqual(seen(robots), ['api of a']);
  }
  const file = network.sandbox.issueOAuthToken({ user: 'robot' });
  await home.write(`${home.directory}/token`, file);
  const entry = { server: A, tokenFile: `${home.directory}/token` };
  await home.write(home.configFile, JSON.stringify({ secrets: 'file', registries: { [HOSTS.a]: entry } }));
  await contexts({ old: unverified(network), alice: good(network) });
  await home.run('erase', HOSTS.a);
  assert.equal((await home.get(HOSTS.a)).token, fingerprintOf(file));
  assert.deepEqual(seen(file), ['api of a']);
});

test('a user that the config names, with two contexts, goes by the verified one', async (t) => {
  const { home, network, seen } = await place(t, { registries: { [HOSTS.a]: { server: A, user: 'alice' } } });
  const token = network.sandbox.issueOAuthToken({ user: 'alice' });
  const write = (...clusters: object[]) =>
    home.write(
      home.kubeconfigFile,
      kubeconfig({
        clusters: clusters.map((cluster, at) => ({ name: `c${at}`, cluster })),
        users: [{ name: 'alice', user: { token } }],
        contexts: clusters.map((_, at) => ({
          name: `x${at}`,
          context: { cluster: `c${at}`, user: 'alice' },
        })),
      }),
    );
  await write(unverified(network), good(network));
  assert.equal((await home.get(HOSTS.a)).token, fingerprintOf(token));
  assert.deepEqual(seen(token), ['api of a']);
  await write(posing(network), good(network));
  makeOld(home, HOSTS.a);
  const { token: answered, said } = await home.get(HOSTS.a);
  assert.equal(answered, undefined);
  assert.match(said, /context x0 and context x1/);
  assert.deepEqual(seen(token), ['api of a']);
});

test('entries that differ, none of them current, are both named, and nothing is sent until one is chosen', async (t) => {
  const { home, network, contexts, seen } = await place(t, LINKED);
  const clusters = { mallory: posing(network), alice: good(network) };
  await contexts(clusters);
  const robots = network.sandbox.issueOAuthToken({ user: 'robot' });
  const { status, stderr } = await store(home, HOSTS.a, robots);
  assert.equal(status, 0);
  const both = /context mallory and context alice .*Run: oc config use-context mallory/;
  assert.match(stderr, both);
  const { token, said } = await home.get(HOSTS.a);
  assert.equal(token, undefined);
  assert.match(said, both);
  assert.deepEqual(seen(robots), []);
  await contexts(clusters, 'alice');
  assert.equal((await home.get(HOSTS.a)).token, fingerprintOf(robots));
  assert.deepEqual(seen(robots), ['api of a']);
});

test('a login that nobody could verify the cluster for is kept unchecked, and that is said', async (t) => {
  const { home, network, contexts, seen } = await place(t, LINKED);
  await contexts({ old: unverified(network) });
  const robots = network.sandbox.issueOAuthToken({ user: 'robot' });
  const { status, stderr } = await store(home, HOSTS.a, robots);
  assert.equal(status, 0);
  assert.match(stderr, /The login is kept unchecked: .*insecure-skip-tls-verify/);
  assert.deepEqual(seen(robots), []);
});

test("an imported context with somebody's own user entry gets no token before it is chosen", async (t) => {
  const { home, network, seen } = await place(t);
  const token = network.sandbox.issueOAuthToken({ user: 'alice' });
  const write = (current: object) =>
    home.write(
      home.kubeconfigFile,
      kubeconfig({
        clusters: [
          { name: 'a', cluster: good(network) },
          { name: 'sent', cluster: evils(network) },
        ],
        users: [{ name: 'alice', user: { token } }],
        contexts: ['sent', 'a'].map((name) => ({ name, context: { cluster: name, user: 'alice' } })),
        ...current,
      }),
    );
  await write({ current: 'a' });
  for (const args of [
    ['setup', '--dry-run'],
    ['setup', HOSTS.a, '--dry-run'],
    ['login', '--all-expiring'],
    ['doctor'],
  ])
    await home.run(args, '');
  assert.deepEqual(seen(token), ['api of a']);
});
