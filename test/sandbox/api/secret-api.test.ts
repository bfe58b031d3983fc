import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { callApi, messageOf } from '../api-client.ts';
import { send } from '../https-client.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';

const SECRETS = '/api/v1/namespaces/alice-ns/secrets';

interface Secret {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string; readonly labels?: object };
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('Secrets of the API', () => {
  let sandbox: Sandbox;
  let alice: string;
  before(async () => {
    sandbox = await startSandbox();
    alice = sandbox.issueOAuthToken({ user: 'alice' });
  });
  after(() => sandbox.stop());
  const ask = (method: string, path: string, body?: object) => callApi(sandbox, alice, method, path, body);
  const make = async (name: string, more: object = {}) => {
    const type = 'kubernetes.io/dockerconfigjson';
    const data = { '.dockerconfigjson': base64('{"auths":{}}') };
    const answer = await ask('POST', SECRETS, { metadata: { name }, type, data, ...more });
    assert.equal(answer.status, 201, answer.body.toString());
    return answer.json() as Secret;
  };

  test('a patch changes what it names, keeps the UID and gives a new version', async () => {
    const made = await make('patched', { metadata: { name: 'patched', labels: { app: 'a' } } });
    const data = { '.dockerconfigjson': base64('{"auths":{"r.example.com":{}}}') };
    const answer = await ask('PATCH', `${SECRETS}/patched`, { data });
    const after = answer.json() as Secret;
    assert.deepEqual([answer.status, after.data, after.type], [200, data, made.type]);
    assert.deepEqual([after.metadata.uid, after.metadata.labels], [made.metadata.uid, { app: 'a' }]);
    assert.notEqual(after.metadata.resourceVersion, made.metadata.resourceVersion);
    assert.deepEqual((await ask('GET', `${SECRETS}/patched`)).json(), after);
  });

  test('a patch or a PUT of a version that is not the latest is a conflict, and changes nothing', async () => {
    const made = await make('contended');
    const { resourceVersion } = made.metadata;
    const change = { metadata: { resourceVersion }, data: { more: base64('1') } };
    assert.equal((await ask('PATCH', `${SECRETS}/contended`, change)).status, 200);
    const late = await ask('PATCH', `${SECRETS}/contended`, { ...change, data: { more: base64('2') } });
    assert.deepEqual(
      [late.status, messageOf(late)],
      [
        409,
        'Operation cannot be fulfilled on secrets "contended": the object has been modified; ' +
          'please apply your changes to the latest version and try again',
      ],
    );
    assert.equal((await ask('PUT', `${SECRETS}/contended`, made)).status, 409);
    const now = (await ask('GET', `${SECRETS}/contended`)).json() as Secret;
    assert.equal(now.data.more, base64('1'));
    assert.equal((await ask('PUT', `${SECRETS}/contended`, now)).status, 200);
  });

  test('a patch that says null takes out what it names, and one in another form is not read', async () => {
    await make('lessened', { data: { '.dockerconfigjson': base64('{}'), more: base64('1') } });
    const after = (await ask('PATCH', `${SECRETS}/lessened`, { data: { more: null } })).json() as Secret;
    assert.deepEqual(Object.keys(after.data), ['.dockerconfigjson']);
    const answer = await send(`${sandbox.apiUrl}${SECRETS}/lessened`, {
      caPem: sandbox.caPem,
      method: 'PATCH',
      headers: { Authorization: `Bearer ${alice}`, 'Content-Type': 'application/json' },
      body: '{}',
    });
    assert.equal(answer.status, 415);
  });

  test("a Secret's type stays, and an immutable one stays whole", async () => {
    await make('fixed', { immutable: true });
    const data = { '.dockerconfigjson': base64('{"auths":{"r.example.com":{}}}') };
    const changed = await ask('PATCH', `${SECRETS}/fixed`, { data });
    assert.deepEqual(
      [changed.status, messageOf(changed)],
      [422, 'Secret "fixed" is invalid: data: Forbidden: field is immutable when `immutable` is set'],
    );
    assert.equal((await ask('PATCH', `${SECRETS}/fixed`, { immutable: null })).status, 422);
    assert.equal((await ask('PATCH', `${SECRETS}/fixed`, { metadata: { labels: { a: 'b' } } })).status, 200);
    const typed = await ask('PATCH', `${SECRETS}/fixed`, { type: 'Opaque' });
    assert.equal(
      messageOf(typed),
      'Secret "fixed" is invalid: type: Invalid value: "Opaque": field is immutable',
    );
  });

  test('a Secret for logins has to hold a JSON object', async () => {
    const type = 'kubernetes.io/dockerconfigjson';
    const without = await ask('POST', SECRETS, { metadata: { name: 'without' }, type });
    assert.equal(messageOf(without), 'Secret "without" is invalid: data[.dockerconfigjson]: Required value');
    for (const text of ['', '[]', '{"auths":']) {
      const data = { '.dockerconfigjson': base64(text) };
      assert.equal((await ask('POST', SECRETS, { metadata: { name: 'broken' }, type, data })).status, 422);
    }
  });

  test('who may only get one Secret can neither patch it nor see another', async () => {
    await make('seen');
    const admin = sandbox.issueOAuthToken({ user: 'kube:admin' });
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/alice-ns';
    const rules = [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['seen'], verbs: ['get'] }];
    await callApi(sandbox, admin, 'POST', `${rbac}/roles`, { metadata: { name: 'reader' }, rules });
    await callApi(sandbox, admin, 'POST', `${rbac}/rolebindings`, {
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'alice-ns', name: 'puller' }],
    });
    const puller = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
    const asPuller = (method: string, name: string, body?: object) =>
      callApi(sandbox, puller, method, `${SECRETS}/${name}`, body);
    assert.equal((await asPuller('GET', 'seen')).status, 200);
    assert.equal((await asPuller('GET', 'patched')).status, 403);
    const patched = await asPuller('PATCH', 'seen', { data: {} });
    assert.deepEqual(
      [patched.status, messageOf(patched)],
      [
        403,
        'secrets "seen" is forbidden: User "system:serviceaccount:alice-ns:puller" cannot patch resource ' +
          '"secrets" in API group "" in the namespace "alice-ns"',
      ],
    );
  });
});
