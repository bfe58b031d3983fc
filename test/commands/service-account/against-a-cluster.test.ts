import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { type KubernetesObject, tokenRequestRole } from '../../../src/cluster/service-account-objects.ts';
import { objectPaths } from '../../../src/commands/service-account/ensure-object.ts';
import { runServiceAccount } from '../../../src/commands/service-account/run-service-account.ts';
import { basic, send } from '../../sandbox/https-client.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';

const sandbox = await startSandbox();
after(() => sandbox.stop());
const admin = sandbox.issueOAuthToken({ user: 'kube:admin' });
const alice = sandbox.issueOAuthToken({ user: 'alice' });
const secret = '/api/v1/namespaces/alice-ns/secrets/docker-credential-openshift-laptop';

/** The command, run with a login; what it said. */
async function run(
  token: string,
  ...args: string[]
): Promise<{ status: number; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await runServiceAccount(args, {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    logIn: async () => ({
      server: sandbox.apiUrl,
      user: 'someone',
      request: (method, path, body) => request(token, method, path, body),
    }),
    machineName: () => 'laptop',
    linkHost: async () => [],
  });
  return { status, out, err };
}

async function request(token: string, method: string, path: string, body?: object) {
  const reply = await send(`${sandbox.apiUrl}${path}`, {
    caPem: sandbox.caPem,
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: reply.body.toString(), detail: '' };
}

/** TokenRequest for an account of alice-ns, tied to the machine's Secret. */
function requestToken(token: string, name: string) {
  return request(token, 'POST', `/api/v1/namespaces/alice-ns/serviceaccounts/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'docker-credential-openshift-laptop' },
    },
  });
}

function tokenOf(reply: { body: string }): string {
  return (JSON.parse(reply.body) as { status: { token: string } }).status.token;
}

/** What the registry answers to a pull, after the token dance of an engine. */
async function pullStatus(token: string, image: string): Promise<number> {
  const scope = encodeURIComponent(`repository:${image}:pull`);
  const dance = await send(`${sandbox.registryUrl}/openshift/token?scope=${scope}`, {
    caPem: sandbox.ingressCaPem,
    headers: { authorization: basic('robot', token) },
  });
  if (dance.status !== 200) return dance.status;
  const bearer = (dance.json() as { access_token: string }).access_token;
  const manifest = await send(`${sandbox.registryUrl}/v2/${image}/manifests/latest`, {
    caPem: sandbox.ingressCaPem,
    headers: { authorization: `Bearer ${bearer}` },
  });
  return manifest.status;
}

const create = (name: string, ...more: string[]) => [
  'create',
  `alice-ns/${name}`,
  '--host',
  sandbox.registryHost,
  ...more,
];

test('a robot made by an admin pulls where it was given the right, and nowhere else', async () => {
  const made = await run(admin, ...create('reader', '--image-namespace', 'bob-ns'));
  assert.deepEqual([made.status, made.err], [0, []]);
  const token = tokenOf(
    await request(admin, 'POST', '/api/v1/namespaces/alice-ns/serviceaccounts/reader/token', {}),
  );
  assert.equal(await pullStatus(token, 'bob-ns/secret'), 200);
  assert.equal(await pullStatus(token, 'guest-ns/open'), 401);
  const again = await run(admin, ...create('reader', '--image-namespace', 'bob-ns'));
  assert.deepEqual(
    again.out.slice(0, 2).map((line) => line.replace(/.*: /, '')),
    ['is there already', 'is there already'],
  );
});

test('a robot that renews itself mints with its own token, until its machine is revoked', async () => {
  assert.equal((await run(admin, ...create('renewer', '--self-renew'))).status, 0);
  const first = tokenOf(await requestToken(admin, 'renewer'));
  const second = await requestToken(first, 'renewer');
  assert.equal(second.status, 201);
  assert.equal((await request(first, 'GET', secret)).status, 200);
  assert.equal((await request(admin, 'DELETE', secret)).status, 200);
  assert.equal((await requestToken(tokenOf(second), 'renewer')).status, 401);
});

test('a robot that renews itself can neither mint for others, nor make a Secret, nor read another one', async () => {
  assert.equal((await run(admin, ...create('modest', '--self-renew'))).status, 0);
  const token = tokenOf(await requestToken(admin, 'modest'));
  assert.equal((await requestToken(token, 'puller')).status, 403);
  const secrets = '/api/v1/namespaces/alice-ns/secrets';
  const own = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'docker-credential-openshift-other' } };
  assert.equal((await request(token, 'POST', secrets, own)).status, 403);
  assert.equal((await request(token, 'GET', `${secrets}/docker-credential-openshift-other`)).status, 403);
  assert.equal((await request(token, 'GET', secrets)).status, 403);
});

test('what an editor may not make, an admin applies from the manifest that the message names', async () => {
  const made = await run(alice, ...create('split', '--self-renew', '--role', 'registry-viewer'));
  assert.equal(made.status, 1);
  assert.deepEqual(
    made.err
      .filter((line) => line.includes(', which you may not read either. '))
      .map((line) => line.trim().split(' ')[0]),
    ['RoleBinding', 'Role', 'RoleBinding'],
  );
  const token = tokenOf(await requestToken(alice, 'split'));
  assert.equal((await requestToken(token, 'split')).status, 403);

  const command = made.err.find((line) => line.includes(' | oc apply')) ?? '';
  const words = command
    .trim()
    .replace(/ \| .*/, '')
    .split(' ')
    .slice(2);
  for (const object of await manifest(...words)) await applyAsAdmin(object);
  assert.equal(await pullStatus(token, 'alice-ns/private'), 200);
  assert.equal((await requestToken(token, 'split')).status, 201);
});

test('the role and binding that a refused TokenRequest names are the right that was missing', async () => {
  const bob = sandbox.issueOAuthToken({ user: 'bob' });
  assert.equal(
    (await request(bob, 'POST', '/api/v1/namespaces/alice-ns/serviceaccounts/puller/token', {})).status,
    403,
  );
  const right = tokenRequestRole({ namespace: 'alice-ns', name: 'puller', subject: 'bob' });
  for (const object of [right.role, right.roleBinding]) await applyAsAdmin(object);
  assert.equal(
    (await request(bob, 'POST', '/api/v1/namespaces/alice-ns/serviceaccounts/puller/token', {})).status,
    201,
  );
});

test('the group of the manifest administers the namespace of the account', async () => {
  const words = ['manifest', 'alice-ns/puller', '--group', 'puller-admins', '--members', 'carol'];
  for (const object of await manifest(...words)) await applyAsAdmin(object);
  const carol = sandbox.issueOAuthToken({ user: 'carol' });
  assert.equal((await run(carol, ...create('by-carol', '--self-renew'))).status, 0);
});

async function manifest(...words: string[]): Promise<KubernetesObject[]> {
  const { status, out } = await run('', ...words);
  assert.equal(status, 0);
  return objectsIn(out.join('\n'));
}

function objectsIn(yaml: string): KubernetesObject[] {
  return parseAllDocuments(yaml).map((document) => document.toJS() as KubernetesObject);
}

/** As `oc apply` does it for objects that nobody changes in between: creates what is missing. */
async function applyAsAdmin(object: KubernetesObject): Promise<void> {
  const { collection, item } = objectPaths(object);
  if ((await request(admin, 'GET', item)).status === 200) return;
  const made = await request(admin, 'POST', collection, object);
  assert.equal(made.status, 201, made.body);
}
