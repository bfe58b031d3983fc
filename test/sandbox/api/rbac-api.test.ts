import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { callApi, messageOf, requestToken } from '../api-client.ts';
import { type ClientResponse, send } from '../https-client.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const BINDINGS = `${RBAC}/namespaces/bob-ns/rolebindings`;
const ROLES = `${RBAC}/namespaces/bob-ns/roles`;
const SELF = '/apis/authorization.k8s.io/v1';
const ROBOT = { kind: 'ServiceAccount', name: 'robot', namespace: 'bob-ns' };

function bindingTo(role: string, subjects: readonly object[], kind = 'ClusterRole', name = 'grant'): object {
  return {
    metadata: { name },
    subjects,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
  };
}

describe('RBAC through the API', () => {
  let sandbox: Sandbox;
  let bob: string;
  let admin: string;
  let robot: string;
  beforeEach(async () => {
    sandbox = await startSandbox();
    bob = sandbox.issueOAuthToken({ user: 'bob' });
    admin = sandbox.issueOAuthToken({ user: 'kube:admin' });
    robot = sandbox.issueServiceAccountToken({ namespace: 'bob-ns', name: 'robot' });
  });
  afterEach(() => sandbox.stop());
  const ask = (method: string, path: string, body?: object): Promise<ClientResponse> =>
    callApi(sandbox, bob, method, path, body);
  const pullStatus = async (token: string) =>
    (
      await send(`${sandbox.registryUrl}/v2/bob-ns/secret/manifests/latest`, {
        caPem: sandbox.caPem,
        headers: { Authorization: `Bearer ${token}` },
      })
    ).status;
  const role = (name: string, rule: object) => ({ metadata: { name }, rules: [rule] });

  test('a binding lets its subject pull at once, and no longer once it is deleted', async () => {
    assert.equal(await pullStatus(robot), 401);
    assert.equal((await ask('POST', BINDINGS, bindingTo('system:image-puller', [ROBOT]))).status, 201);
    assert.equal(await pullStatus(robot), 200);
    assert.equal((await ask('DELETE', `${BINDINGS}/grant`)).status, 200);
    assert.equal(await pullStatus(robot), 401);
  });

  test('a second binding of one name is 409 and changes nothing', async () => {
    await ask('POST', BINDINGS, bindingTo('system:image-puller', [ROBOT]));
    const again = await ask('POST', BINDINGS, bindingTo('view', [ROBOT]));
    assert.deepEqual(
      [again.status, messageOf(again)],
      [409, 'rolebindings.rbac.authorization.k8s.io "grant" already exists'],
    );
    const stored = (await ask('GET', `${BINDINGS}/grant`)).json() as { roleRef: { name: string } };
    assert.equal(stored.roleRef.name, 'system:image-puller');
  });

  test('the subjects of a binding can be replaced, its role not, and not from an old version', async () => {
    await ask('POST', BINDINGS, bindingTo('system:image-puller', []));
    const path = `${BINDINGS}/grant`;
    const stored = (await ask('GET', path)).json() as { metadata: object; subjects: object[] };
    assert.equal((await ask('PUT', path, { ...stored, subjects: [ROBOT] })).status, 200);
    assert.equal(await pullStatus(robot), 200);
    const stale = await ask('PUT', path, { ...stored, subjects: [] });
    assert.deepEqual([stale.status, /the object has been modified/.test(messageOf(stale))], [409, true]);
    const other = await ask('PUT', path, bindingTo('view', []));
    assert.deepEqual([other.status, /cannot change roleRef$/.test(messageOf(other))], [422, true]);
  });

  test('nobody grants what they do not hold', async () => {
    const refused = await ask('POST', BINDINGS, bindingTo('cluster-admin', [ROBOT]));
    assert.equal(refused.status, 403);
    assert.equal(
      messageOf(refused).split('\n')[0],
      'rolebindings.rbac.authorization.k8s.io "grant" is forbidden: user "bob" ' +
        '(groups=["system:authenticated:oauth" "system:authenticated"]) ' +
        'is attempting to grant RBAC permissions not currently held:',
    );
    const nodes = { verbs: ['get', 'list'], apiGroups: [''], resources: ['nodes', 'secrets'] };
    const node = await ask('POST', ROLES, role('nodes', nodes));
    assert.equal(node.status, 403);
    assert.deepEqual(messageOf(node).split('\n').slice(1), [
      '{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}',
    ]);
  });

  test('with the right to bind a role, one can grant it without holding it', async () => {
    const rule = {
      verbs: ['bind'],
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['clusterroles'],
      resourceNames: ['cluster-admin'],
    };
    assert.equal((await callApi(sandbox, admin, 'POST', ROLES, role('binder', rule))).status, 201);
    const subject = { kind: 'User', name: 'bob' };
    const granted = await callApi(
      sandbox,
      admin,
      'POST',
      BINDINGS,
      bindingTo('binder', [subject], 'Role', 'b'),
    );
    assert.equal(granted.status, 201);
    assert.equal((await ask('POST', BINDINGS, bindingTo('cluster-admin', [ROBOT]))).status, 201);
  });

  test('a role that does not exist is not found for a binding', async () => {
    const answer = await ask('POST', BINDINGS, bindingTo('nothing', [ROBOT], 'Role'));
    assert.deepEqual(
      [answer.status, messageOf(answer)],
      [404, 'roles.rbac.authorization.k8s.io "nothing" not found'],
    );
  });

  test('a binding needs a role and subjects that can be', async () => {
    for (const body of [
      { metadata: { name: 'x' } },
      bindingTo('view', [{ kind: 'ServiceAccount', name: 'robot' }]),
      bindingTo('view', [{ kind: 'Robot', name: 'robot' }]),
      bindingTo('view', [{ kind: 'User' }]),
      bindingTo('view', [], 'Pod'),
    ]) {
      assert.equal((await ask('POST', BINDINGS, body)).status, 422);
    }
  });

  test('an editor of a namespace is no administrator of its grants', async () => {
    const alice = sandbox.issueOAuthToken({ user: 'alice' });
    const path = `${RBAC}/namespaces/alice-ns/rolebindings`;
    const answer = await callApi(sandbox, alice, 'POST', path, bindingTo('view', []));
    assert.equal(answer.status, 403);
    assert.match(
      messageOf(answer),
      /^rolebindings\.rbac\.authorization\.k8s\.io is forbidden: User "alice" cannot create/,
    );
  });

  test('a role with resource names lets an account mint its own tokens and no others', async () => {
    const rule = {
      verbs: ['create'],
      apiGroups: [''],
      resources: ['serviceaccounts/token'],
      resourceNames: ['robot'],
    };
    assert.equal((await requestToken(sandbox, robot, 'bob-ns/robot')).status, 403);
    assert.equal((await ask('POST', ROLES, role('self-renewal', rule))).status, 201);
    await ask('POST', BINDINGS, bindingTo('self-renewal', [ROBOT], 'Role'));
    assert.equal((await requestToken(sandbox, robot, 'bob-ns/robot')).status, 201);
    sandbox.issueServiceAccountToken({ namespace: 'bob-ns', name: 'other' });
    assert.equal((await requestToken(sandbox, robot, 'bob-ns/other')).status, 403);
    assert.deepEqual(
      sandbox.mints.map((mint) => mint.requestedBy),
      ['system:serviceaccount:bob-ns:robot'],
    );
  });

  test('members of a group get what it was granted', async () => {
    const carol = sandbox.issueOAuthToken({ user: 'carol' });
    const groups = '/apis/user.openshift.io/v1/groups';
    const body = { metadata: { name: 'pullers' }, users: ['carol'] };
    assert.equal((await ask('POST', groups, body)).status, 403);
    assert.equal((await callApi(sandbox, admin, 'POST', groups, body)).status, 201);
    assert.equal(await pullStatus(carol), 401);
    await ask('POST', BINDINGS, bindingTo('registry-viewer', [{ kind: 'Group', name: 'pullers' }]));
    assert.equal(await pullStatus(carol), 200);
    const me = await callApi(sandbox, carol, 'GET', '/apis/user.openshift.io/v1/users/~');
    assert.ok((me.json() as { groups: string[] }).groups.includes('pullers'));
    const found = await callApi(sandbox, admin, 'GET', `${groups}/pullers`);
    assert.deepEqual((found.json() as { users: string[] }).users, ['carol']);
  });

  test('everyone may read the cluster roles, and nobody write them here', async () => {
    for (const name of [
      'registry-viewer',
      'registry-editor',
      'system:image-puller',
      'view',
      'edit',
      'admin',
    ]) {
      assert.equal((await ask('GET', `${RBAC}/clusterroles/${name}`)).status, 200, name);
    }
    const puller = (await ask('GET', `${RBAC}/clusterroles/system:image-puller`)).json() as {
      rules: object[];
    };
    assert.deepEqual(puller.rules, [
      { verbs: ['get'], apiGroups: ['', 'image.openshift.io'], resources: ['imagestreams/layers'] },
    ]);
    assert.equal((await ask('GET', `${RBAC}/clusterroles/constructor`)).status, 404);
    const write = await callApi(sandbox, admin, 'POST', `${RBAC}/clusterroles`, { metadata: { name: 'x' } });
    assert.equal(write.status, 405);
  });

  test('reviews of oneself follow from the grants', async () => {
    const may = async (resource: string) => {
      const attributes = {
        namespace: 'bob-ns',
        verb: 'create',
        resource,
        subresource: 'token',
        name: 'robot',
      };
      const answer = await callApi(sandbox, robot, 'POST', `${SELF}/selfsubjectaccessreviews`, {
        spec: { resourceAttributes: attributes },
      });
      return (answer.json() as { status: { allowed: boolean } }).status.allowed;
    };
    const rules = async () => {
      const body = { spec: { namespace: 'bob-ns' } };
      const answer = await callApi(sandbox, robot, 'POST', `${SELF}/selfsubjectrulesreviews`, body);
      assert.equal(answer.status, 201);
      const { status } = answer.json() as { status: { resourceRules: { resources: string[] }[] } };
      return status.resourceRules.flatMap((rule) => rule.resources);
    };
    assert.equal(await may('serviceaccounts'), false);
    assert.equal((await rules()).includes('serviceaccounts/token'), false);
    await ask('POST', BINDINGS, bindingTo('edit', [ROBOT]));
    assert.equal(await may('serviceaccounts'), true);
    assert.equal((await rules()).includes('serviceaccounts/token'), true);
    const nowhere = await callApi(sandbox, robot, 'POST', `${SELF}/selfsubjectrulesreviews`, { spec: {} });
    assert.equal(nowhere.status, 400);
  });
});
