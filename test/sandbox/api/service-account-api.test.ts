import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { callApi, messageOf, requestToken, type TokenRequestAnswer } from '../api-client.ts';
import type { ClientResponse } from '../https-client.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';

const ACCOUNTS = '/api/v1/namespaces/alice-ns/serviceaccounts';
const SECRETS = '/api/v1/namespaces/alice-ns/secrets';
const USERS_ME = '/apis/user.openshift.io/v1/users/~';

interface Account {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly secrets?: readonly { readonly name: string }[];
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}
interface Secret {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly type: string;
  readonly data?: Readonly<Record<string, string>>;
}

const decode = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString();

describe('Service accounts and secrets of the API', () => {
  let sandbox: Sandbox;
  let ask: (method: string, path: string, body?: object) => Promise<ClientResponse>;
  let alice: string;
  beforeEach(async () => {
    sandbox = await startSandbox();
    alice = sandbox.issueOAuthToken({ user: 'alice' });
    ask = (method, path, body) => callApi(sandbox, alice, method, path, body);
  });
  afterEach(() => sandbox.stop());
  const statusOf = async (token: string) => (await callApi(sandbox, token, 'GET', USERS_ME)).status;
  const create = async (name: string) => {
    assert.equal((await ask('POST', ACCOUNTS, { metadata: { name } })).status, 201);
    return (await ask('GET', `${ACCOUNTS}/${name}`)).json() as Account;
  };

  test('a new account has its dockercfg secret with a token that counts, under every name of the registry', async () => {
    const account = await create('robot');
    const [reference] = account.imagePullSecrets ?? [];
    assert.deepEqual(account.secrets, account.imagePullSecrets);
    const secret = (await ask('GET', `${SECRETS}/${reference?.name}`)).json() as Secret;
    const config = JSON.parse(decode(secret.data?.['.dockercfg']));
    assert.equal(secret.type, 'kubernetes.io/dockercfg');
    const internal = 'image-registry.openshift-image-registry.svc';
    for (const host of [`${internal}:5000`, `${internal}.cluster.local:5000`, sandbox.registryHost]) {
      const { username, password, auth } = config[host];
      assert.deepEqual([username, decode(auth)], ['serviceaccount', `serviceaccount:${password}`]);
      assert.equal(await statusOf(password), 200);
    }
  });

  test('an account is there once: 409 for a second, 404 after its deletion, for its secrets too', async () => {
    const { metadata, imagePullSecrets } = await create('robot');
    const again = await ask('POST', ACCOUNTS, { metadata: { name: 'robot' } });
    assert.deepEqual([again.status, messageOf(again)], [409, 'serviceaccounts "robot" already exists']);
    const deleted = await ask('DELETE', `${ACCOUNTS}/robot`);
    assert.deepEqual([deleted.status, (deleted.json() as Account).metadata.uid], [200, metadata.uid]);
    assert.equal((await ask('GET', `${ACCOUNTS}/robot`)).status, 404);
    assert.equal((await ask('DELETE', `${ACCOUNTS}/robot`)).status, 404);
    const [secret] = imagePullSecrets ?? [];
    assert.equal((await ask('GET', `${SECRETS}/${secret?.name}`)).status, 404);
  });

  test('the tokens of a deleted account die, legacy ones too, also under a new one of its name', async () => {
    await create('robot');
    const { token } = ((await requestToken(sandbox, alice, 'alice-ns/robot')).json() as TokenRequestAnswer)
      .status;
    const legacy = sandbox.issueServiceAccountToken({
      namespace: 'alice-ns',
      name: 'robot',
      lifeSeconds: null,
    });
    assert.deepEqual([await statusOf(token), await statusOf(legacy)], [200, 200]);
    await ask('DELETE', `${ACCOUNTS}/robot`);
    await create('robot');
    assert.deepEqual([await statusOf(token), await statusOf(legacy)], [401, 401]);
  });

  test('a deletion with another uid as its precondition is refused', async () => {
    await create('robot');
    const body = { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } };
    const refused = await ask('DELETE', `${ACCOUNTS}/robot`, body);
    assert.equal(refused.status, 409);
    assert.match(
      messageOf(refused),
      /^Operation cannot be fulfilled on serviceaccounts "robot": Precondition/,
    );
    assert.equal((await ask('GET', `${ACCOUNTS}/robot`)).status, 200);
  });

  test('lists are cut to the namespace and to what selectors let through', async () => {
    await ask('POST', ACCOUNTS, { metadata: { name: 'labelled', labels: { app: 'x' } } });
    const names = async (query: string) =>
      ((await ask('GET', `${ACCOUNTS}${query}`)).json() as { items: Account[] }).items.map(
        (item) => item.metadata.name,
      );
    assert.deepEqual(await names(''), ['labelled', 'puller']);
    assert.deepEqual(await names('?labelSelector=app%3Dx'), ['labelled']);
    assert.deepEqual(await names('?fieldSelector=metadata.name%3Dpuller'), ['puller']);
    assert.equal((await ask('GET', `${ACCOUNTS}?fieldSelector=spec.x%3D1`)).status, 400);
    assert.equal((await ask('GET', '/api/v1/namespaces/bob-ns/serviceaccounts')).status, 403);
    assert.equal((await ask('GET', '/api/v1/serviceaccounts')).status, 403);
  });

  test('names are generated, and refused if they cannot be one', async () => {
    const generated = await ask('POST', ACCOUNTS, { metadata: { generateName: 'ci-' } });
    assert.match((generated.json() as Account).metadata.name, /^ci-[a-z0-9]{5}$/);
    assert.equal((await ask('POST', ACCOUNTS, { metadata: { name: 'Not_A_Name' } })).status, 422);
    assert.equal((await ask('POST', ACCOUNTS, { metadata: {} })).status, 422);
    const elsewhere = { metadata: { name: 'a', namespace: 'bob-ns' } };
    assert.equal((await ask('POST', ACCOUNTS, elsewhere)).status, 400);
  });

  test('an administrator is told of a missing namespace', async () => {
    const admin = sandbox.issueOAuthToken({ user: 'kube:admin' });
    const path = '/api/v1/namespaces/nowhere/serviceaccounts';
    const answer = await callApi(sandbox, admin, 'POST', path, { metadata: { name: 'robot' } });
    assert.deepEqual([answer.status, messageOf(answer)], [404, 'namespaces "nowhere" not found']);
  });

  test('a token secret is filled for its account, and removed where there is none', async () => {
    const secret = (name: string, account: string) => ({
      metadata: { name, annotations: { 'kubernetes.io/service-account.name': account } },
      type: 'kubernetes.io/service-account-token',
    });
    const created = (await ask('POST', SECRETS, secret('puller-token', 'puller'))).json() as Secret;
    assert.equal(created.data, undefined);
    const filled = (await ask('GET', `${SECRETS}/puller-token`)).json() as Secret;
    const token = decode(filled.data?.token);
    assert.equal(await statusOf(token), 200);
    await ask('DELETE', `${SECRETS}/puller-token`);
    assert.equal(await statusOf(token), 401);
    assert.equal((await ask('POST', SECRETS, secret('nobodys', 'nobody'))).status, 201);
    assert.equal((await ask('GET', `${SECRETS}/nobodys`)).status, 404);
    const unnamed = { metadata: { name: 'x' }, type: 'kubernetes.io/service-account-token' };
    assert.equal((await ask('POST', SECRETS, unnamed)).status, 422);
  });

  test('a secret keeps what is given as plain text in base64', async () => {
    const body = { metadata: { name: 'plain' }, stringData: { key: 'value' } };
    const secret = (await ask('POST', SECRETS, body)).json() as Secret;
    assert.deepEqual([secret.type, secret.data], ['Opaque', { key: 'dmFsdWU=' }]);
  });

  test('a token tied to a Secret dies with it, and not with one of another name', async () => {
    for (const name of ['tie', 'other']) await ask('POST', SECRETS, { metadata: { name } });
    const reference = { kind: 'Secret', apiVersion: 'v1', name: 'tie' };
    const answer = await requestToken(sandbox, alice, 'alice-ns/puller', { boundObjectRef: reference });
    const { spec, status } = answer.json() as TokenRequestAnswer;
    assert.deepEqual(spec.boundObjectRef, reference);
    await ask('DELETE', `${SECRETS}/other`);
    assert.equal(await statusOf(status.token), 200);
    await ask('DELETE', `${SECRETS}/tie`);
    assert.equal(await statusOf(status.token), 401);
    await ask('POST', SECRETS, { metadata: { name: 'tie' } });
    assert.equal(await statusOf(status.token), 401);
  });

  test('a token is not tied to what is not there, is another object, or is no Secret', async () => {
    await ask('POST', SECRETS, { metadata: { name: 'tie' } });
    const bind = async (reference: object) => {
      const answer = await requestToken(sandbox, alice, 'alice-ns/puller', { boundObjectRef: reference });
      return [answer.status, messageOf(answer)];
    };
    const secret = { kind: 'Secret', apiVersion: 'v1' };
    assert.deepEqual(await bind({ ...secret, name: 'gone' }), [404, 'secrets "gone" not found']);
    const [status, message] = await bind({ ...secret, name: 'tie', uid: 'another' });
    assert.equal(status, 409);
    assert.match(
      String(message),
      /^Operation cannot be fulfilled on Secret "tie": the UID in the bound object reference \(another\) does not match/,
    );
    assert.deepEqual(await bind({ kind: 'ConfigMap', apiVersion: 'v1', name: 'x' }), [
      400,
      'cannot bind token to object of type /v1, Kind=ConfigMap',
    ]);
    assert.deepEqual(await bind({ kind: 'Pod', apiVersion: 'v1', name: 'x' }), [404, 'pods "x" not found']);
    assert.equal(sandbox.mints.length, 0);
  });
});

test('an account of OKD 3.11 names a token secret and a dockercfg secret', async () => {
  const sandbox = await startSandbox({ mode: 'okd-3.11' });
  try {
    const alice = sandbox.issueOpaqueToken('alice');
    const account = (await callApi(sandbox, alice, 'GET', `${ACCOUNTS}/puller`)).json() as Account;
    const names = account.secrets?.map(({ name }) => name) ?? [];
    assert.match(names.join(' '), /^puller-token-\w{5} puller-dockercfg-\w{5}$/);
    const secret = (await callApi(sandbox, alice, 'GET', `${SECRETS}/${names[0]}`)).json() as Secret;
    assert.equal((await callApi(sandbox, decode(secret.data?.token), 'GET', USERS_ME)).status, 200);
  } finally {
    await sandbox.stop();
  }
});

test('a cluster without legacy secrets makes none', async () => {
  const sandbox = await startSandbox({ accountSecrets: 'none' });
  try {
    assert.equal(sandbox.cluster.secrets.size, 0);
  } finally {
    await sandbox.stop();
  }
});
