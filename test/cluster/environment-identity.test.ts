import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readIdentities } from '../../src/cluster/kubeconfig/read-identities.ts';
import { kubeconfig, loginTo } from '../support/kubeconfig-entries.ts';

const SERVER = 'https://api.example.com:6443';
const ELSEWHERE = 'https://api.other.example.com:6443';
const POD_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** The identities with these variables of ours, and a kubeconfig (absent unless given). */
async function read(variables: Record<string, string>, text?: string, more: Record<string, string> = {}) {
  const env = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`DOCKER_CREDENTIAL_OPENSHIFT_${name}`, value]),
  );
  return readIdentities({
    readRegularFile: async (path) => (path === '/k' ? text : path === '/ca' ? 'the CA' : undefined),
    exists: (path) => path === POD_TOKEN,
    kubeconfigPaths: ['/k'],
    env: { ...more, ...env },
  });
}

test('server and token of the environment are an identity, and the current one, without any file', async () => {
  const { identities, connectionOf } = await read({
    SERVER: 'https://API.example.com:6443/',
    TOKEN: 't',
    CA_FILE: '/ca',
  });
  const given = {
    server: SERVER,
    user: 'the environment',
    context: undefined,
    namespace: undefined,
    insecure: false,
    route: identities.current?.route ?? '',
    inCluster: false,
    source: { kind: 'token', token: 't' },
  };
  assert.deepEqual(identities, { all: [given], current: given, problems: [] });
  const { ca, fault } = await connectionOf(given);
  assert.deepEqual([ca, fault], ['the CA', undefined]);
});

test("the kubeconfig's current context is known beside what the environment gives", async () => {
  const text = kubeconfig({ ...loginTo(ELSEWHERE, 'alice', 'work'), current: 'work' });
  const { identities } = await read({ SERVER, TOKEN: 't' }, text);
  assert.deepEqual(
    [identities.current?.user, identities.currentContext?.context],
    ['the environment', 'work'],
  );
  const alone = (await read({}, text)).identities;
  assert.deepEqual([alone.current?.context, alone.currentContext], ['work', undefined]);
});

test('a token file of the environment wins over its token, and is found from the working directory', async () => {
  const { identities } = await read({ SERVER, TOKEN: 't', TOKEN_FILE: 'run/token' });
  assert.deepEqual(identities.current?.source, { kind: 'token-file', path: resolve('run/token') });
});

test('a CA file that is not there is a fault of the connection that names it', async () => {
  const { identities, connectionOf } = await read({ SERVER, TOKEN: 't', CA_FILE: '/gone' });
  assert.ok(identities.current);
  const { fault } = await connectionOf(identities.current);
  assert.equal(fault, 'the certificate authority /gone is not there');
});

test('the environment comes before the kubeconfig and the pod, which stay at hand', async () => {
  const text = kubeconfig({ ...loginTo(ELSEWHERE, 'alice', 'work'), current: 'work' });
  const pod = { KUBERNETES_SERVICE_HOST: '172.30.0.1' };
  const { identities } = await read({ SERVER, TOKEN: 't' }, text, pod);
  assert.deepEqual(
    identities.all.map(({ server }) => server),
    [SERVER, ELSEWHERE, 'https://172.30.0.1'],
  );
  assert.equal(identities.current?.server, SERVER);
});

test('a context of the environment takes the place of the current one', async () => {
  const [work, play] = [loginTo(SERVER, 'alice', 'work'), loginTo(ELSEWHERE, 'bob', 'play')];
  const text = kubeconfig({
    clusters: [...work.clusters, ...play.clusters],
    users: [...work.users, ...play.users],
    contexts: [...work.contexts, ...play.contexts],
    current: 'work',
  });
  assert.equal((await read({ CONTEXT: 'play' }, text)).identities.current?.user, 'bob');
  const gone = (await read({ CONTEXT: 'gone' }, text)).identities;
  assert.equal(gone.current, undefined);
  assert.deepEqual(gone.problems, [
    'your kubeconfig has no context of the name that DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT gives',
  ]);
});

test('an identity that is only half given is none, and what is missing is told', async () => {
  const { identities } = await read({ TOKEN: 'secret' });
  assert.deepEqual([identities.all, identities.current], [[], undefined]);
  assert.match(identities.problems.join(), /needs DOCKER_CREDENTIAL_OPENSHIFT_SERVER/);
  assert.doesNotMatch(identities.problems.join(), /secret/);
});
