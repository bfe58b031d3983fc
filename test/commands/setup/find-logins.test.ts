import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLoginFor } from '../../../src/commands/setup/find-login-for.ts';
import { findLogins } from '../../../src/commands/setup/find-logins.ts';
import type { ClusterWord } from '../../../src/commands/setup/setup-ports.ts';
import type { Identity } from '../../../src/hosts/identity.ts';
import { describeError, inOneLine } from '../../../src/hosts/reason.ts';
import { identity as login, SERVER, unexpected } from '../../support/identities.ts';

const appCi = 'https://api.ci.l2s4.p1.openshiftapps.com:6443';

function identity(context: string, changes: Partial<Identity> = {}): Identity {
  return login({ server: `https://api.${context}.example.com:6443`, context, ...changes });
}

/** What is found where each context's cluster says this; `words` has them by context. */
async function find(
  all: readonly Identity[],
  words: Readonly<Record<string, ClusterWord>>,
  more: { current?: Identity; configured?: readonly string[]; problems?: readonly string[] } = {},
) {
  const asked: string[] = [];
  const progress: string[] = [];
  const clusters = {
    readIdentities: async () => ({ all, current: more.current, problems: more.problems ?? [] }),
    askCluster: async ({ context = '' }: Identity) => {
      asked.push(context);
      return words[context] ?? assert.fail(`${context} was not expected to be asked`);
    },
  };
  const result = await findLogins(clusters, new Set(more.configured), (done, of) =>
    progress.push(`${done}/${of}`),
  );
  const found = result.logins.map(({ host, binding }) => `${host} ${binding.user}@${binding.context}`);
  const doubtful = result.doubtful.map(({ host, binding }) => `${host} ${binding.user}@${binding.context}`);
  return { found, doubtful, left: result.left.map((reason) => inOneLine([reason])), asked, progress };
}

test('every cluster is asked once, and its registries get the login that is on it', async () => {
  const all = [identity('a'), identity('b'), identity('a2', { server: 'https://api.a.example.com:6443' })];
  const { found, left, asked, progress } = await find(all, {
    a: { hosts: ['registry.a.example.com', 'other.a.example.com'] },
    b: { hosts: ['registry.b.example.com'] },
  });
  assert.deepEqual(found, [
    'other.a.example.com alice@a',
    'registry.a.example.com alice@a',
    'registry.b.example.com alice@b',
  ]);
  assert.deepEqual([left, asked, progress], [[], ['a', 'b'], ['0/2', '1/2', '2/2']]);
});

test('hosts of the catalogue come with a login to their cluster, but for those that are gone', async () => {
  const { found } = await find([identity('ci', { server: appCi })], { ci: { hosts: [] } });
  assert.deepEqual(found, ['quay-proxy.ci.openshift.org alice@ci', 'registry.ci.openshift.org alice@ci']);
});

test("no cluster's word gives a host of the catalogue or a public registry away", async () => {
  const hosts = [
    'registry.ci.openshift.org',
    'quay.io',
    'image-registry.openshift-image-registry.svc:5000',
    'r.a.example.com',
  ];
  const { found } = await find([identity('a')], { a: { hosts } });
  assert.deepEqual(found, ['r.a.example.com alice@a']);
});

test('the word of a cluster whose certificate is not verified counts for nothing', async () => {
  const { found, left, asked } = await find([identity('a', { insecure: true })], {});
  assert.deepEqual([found, asked], [[], []]);
  assert.deepEqual(left, [
    'the word of api.a.example.com:6443 on its registry does not count, since context a does not verify its certificate ' +
      '(insecure-skip-tls-verify) [cluster-unverified]. To link one by hand: docker-credential-openshift setup HOST --context a',
  ]);
});

test('where another context of the cluster verifies its certificate, that one is asked', async () => {
  const server = 'https://api.a.example.com:6443';
  const all = [identity('a', { server, insecure: true }), identity('b', { server })];
  const { found, left, asked } = await find(all, { b: { hosts: ['r.a.example.com'] } });
  assert.deepEqual([found.length, left, asked], [1, [], ['b']]);
});

test('a host that lies under no domain of the cluster is for a person to link, unless another has it under its own', async () => {
  const a = { hosts: ['registry.b.example.com', 'registry.example.org', 'registry.a.example.com'] };
  const alone = await find([identity('a')], { a });
  assert.deepEqual(alone.found, ['registry.a.example.com alice@a']);
  assert.deepEqual(alone.doubtful, ['registry.b.example.com alice@a', 'registry.example.org alice@a']);
  const both = await find([identity('a'), identity('b')], { a, b: { hosts: ['registry.b.example.com'] } });
  assert.deepEqual(both.found, ['registry.a.example.com alice@a', 'registry.b.example.com alice@b']);
  assert.deepEqual(both.doubtful, ['registry.example.org alice@a']);
});

test('a host that two clusters claim is left out, and both are named', async () => {
  const word = { hosts: ['registry.example.com'] };
  const { found, left } = await find([identity('a'), identity('b')], { a: word, b: word });
  assert.deepEqual(found, []);
  assert.deepEqual(left, [
    'https://api.a.example.com:6443 and https://api.b.example.com:6443 both say that registry.example.com is their ' +
      'registry [two-clusters]. Run: docker-credential-openshift setup registry.example.com --context a',
  ]);
});

test('a cluster that gives no word is named with its context, the cause and what fixes it', async () => {
  const { found, left } = await find([identity('a'), identity('b')], {
    a: { fault: 'the login is refused', fix: { run: 'login a' }, refusedLogin: true },
    b: { hosts: ['registry.b.example.com'] },
  });
  assert.deepEqual(found, ['registry.b.example.com alice@b']);
  assert.deepEqual(left, [
    'api.a.example.com:6443 (context a) could not be asked for its registry: the login is refused [cluster-not-asked]. Run: login a',
  ]);
});

test('where one login is refused, another of the same cluster is asked with; a cluster that is away is asked once', async () => {
  const server = 'https://api.a.example.com:6443';
  const all = [identity('a', { server }), identity('b', { server, user: 'bob' })];
  const refused = { fault: 'the login is refused', refusedLogin: true };
  const words = { a: refused, b: { hosts: ['registry.a.example.com'] } };
  const both = await find(all, words, { current: all[0] as Identity });
  assert.deepEqual([both.asked, both.found], [['a', 'b'], ['registry.a.example.com alice@a']]);
  const away = await find(all, { a: { ...refused, refusedLogin: false } }, { current: all[0] as Identity });
  assert.deepEqual([away.asked, away.found], [['a'], []]);
});

test('two users of a cluster, neither current, are named instead of one being chosen', async () => {
  const server = 'https://api.a.example.com:6443';
  const all = [identity('a', { server }), identity('b', { server, user: 'bob' })];
  const { found, left } = await find(all, { a: { hosts: ['registry.a.example.com'] } });
  assert.deepEqual(found, []);
  assert.match(left[0] ?? '', /two users of api\.a\.example\.com:6443 fit \(alice, bob\)/);
});

test('the current login is the one that a registry of its cluster gets', async () => {
  const server = 'https://api.a.example.com:6443';
  const all = [identity('a', { server }), identity('b', { server, user: 'bob' })];
  const { found, asked } = await find(
    all,
    { b: { hosts: ['registry.a.example.com'] } },
    { current: all[1] as Identity },
  );
  assert.deepEqual([asked, found], [['b'], ['registry.a.example.com bob@b']]);
});

test('hosts that the config speaks of are left to it, and a broken kubeconfig is told', async () => {
  const words = { a: { hosts: ['registry.a.example.com'] } };
  const { found, left } = await find([identity('a')], words, {
    configured: ['registry.a.example.com'],
    problems: ['/k: broken'],
  });
  assert.deepEqual([found, left], [[], ['/k: broken [kubeconfig-problem]']]);
});

test("a pod's own service account is no login to set up", async () => {
  const { found, asked } = await find([identity('pod', { context: undefined, inCluster: true })], {});
  assert.deepEqual([found, asked], [[], []]);
});

const alice = login();
const NOBODY = { readIdentities: unexpected('readIdentities'), askCluster: unexpected('askCluster') };
const readIdentities = async () => ({ all: [alice], current: alice, problems: [] });

test('a public registry is linked to no cluster, a context named or not, and no cluster is asked', async () => {
  for (const context of [undefined, 'work']) {
    const asked = findLoginFor('quay.io', context, NOBODY, unexpected('isClaimed'));
    const error = await asked.then(unexpected('success'), (reason) => reason);
    assert.match(
      describeError(error),
      /^quay\.io is a public registry: use its own login\. .* by hand \[public-registry\]$/,
    );
    assert.doesNotMatch(describeError(error), /Run:|--context/);
  }
});

test('a host that no cluster claims is linked by the context that is named', async () => {
  const host = 'registry.example.com';
  const clusters = { ...NOBODY, readIdentities };
  const bound = await findLoginFor(host, 'work', clusters, unexpected('isClaimed'));
  assert.deepEqual(bound, { server: SERVER, user: alice.user, context: 'work', insecure: false });
  const askCluster = async () => ({ hosts: [] });
  const asked = findLoginFor(host, undefined, { readIdentities, askCluster }, async () => false);
  await assert.rejects(asked, {
    code: 'unclaimed',
    fix: {
      do: `Look at its spelling; to link it all the same: docker-credential-openshift setup ${host} --context work`,
    },
  });
  const known = async () => ({ hosts: ['registry.examples.com'] });
  const mistyped = findLoginFor(host, undefined, { readIdentities, askCluster: known }, async () => false);
  await assert.rejects(mistyped, { fix: { run: 'docker-credential-openshift setup registry.examples.com' } });
});

test('where a certificate is not verified, that is why the word of its cluster does not count', async () => {
  const insecure = { ...alice, insecure: true };
  const clusters = {
    ...NOBODY,
    readIdentities: async () => ({ all: [insecure], current: insecure, problems: [] }),
  };
  const asked = findLoginFor('registry.example.com', undefined, clusters, unexpected('isClaimed'));
  const error = await asked.then(unexpected('success'), (reason) => reason);
  assert.equal(
    describeError(error),
    'No cluster whose word counts says that registry.example.com is its registry; the word of api.example.com:6443 on its ' +
      'registry does not count, since context work does not verify its certificate (insecure-skip-tls-verify) [unclaimed]. ' +
      'Look at its spelling; to link it all the same: docker-credential-openshift setup registry.example.com --context work',
  );
});

test('where a cluster could not be asked for its registry, that is the cause, and what fixes it comes first', async () => {
  const askCluster = async () =>
    ({ fault: 'it refuses the login', fix: { run: 'login work' }, refusedLogin: true }) as const;
  const clusters = { readIdentities, askCluster };
  const asked = findLoginFor('registry.example.com', undefined, clusters, async () => false);
  const error = await asked.then(unexpected('success'), (reason) => reason);
  assert.equal(
    describeError(error),
    'No cluster of your kubeconfig says that registry.example.com is its registry; api.example.com:6443 (context work) ' +
      'could not be asked for its registry: it refuses the login [unclaimed]. Run: login work',
  );
});

test('a word on a name that lies under no domain of the cluster is told with what links it, and links nothing', async () => {
  const host = 'registry.example.org';
  const clusters = { readIdentities, askCluster: async () => ({ hosts: [host] }) };
  const asked = findLoginFor(host, undefined, clusters, async () => false);
  await assert.rejects(asked, {
    code: 'unclaimed',
    message: /https:\/\/api\.example\.com:6443 does, though that lies under no domain of it/,
    fix: { run: `docker-credential-openshift setup ${host} --context work` },
  });
});

test("the environment's login is one like others; a host that its cluster does not claim is linked by a variable", async () => {
  const job = login({ context: undefined, user: 'the environment' });
  const readIdentities = async () => ({ all: [job], current: job, problems: [] });
  const host = 'registry.example.com';
  const clusters = { readIdentities, askCluster: async () => ({ hosts: [host] }) };
  const { logins } = await findLogins(clusters, new Set(), () => {});
  const binding = { server: SERVER, user: job.user, context: undefined, insecure: false };
  assert.deepEqual(logins, [{ host, binding }]);
  assert.deepEqual(await findLoginFor(host, undefined, clusters, async () => true), binding);
  const asked = findLoginFor(
    host,
    undefined,
    { ...clusters, askCluster: async () => ({ hosts: [] }) },
    async () => false,
  );
  await assert.rejects(asked, {
    code: 'unclaimed',
    fix: {
      do: `Look at its spelling; to link it all the same: export DOCKER_CREDENTIAL_OPENSHIFT_REGISTRIES=${host}`,
    },
  });
});
