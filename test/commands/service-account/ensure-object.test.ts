import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiReply } from '../../../src/cluster/api-fault.ts';
import { type KubernetesObject, tokenRequestRole } from '../../../src/cluster/service-account-objects.ts';
import { type ApiRequest, ensureObject } from '../../../src/commands/service-account/ensure-object.ts';
import { AppError } from '../../../src/hosts/reason.ts';

const server = 'https://api.example.com:6443';
const mine = { kind: 'ServiceAccount', namespace: 'robots', name: 'puller' } as const;
const other = { kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' };
const binding: KubernetesObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'puller', namespace: 'images' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:image-puller' },
  subjects: [mine],
};
const API = '/apis/rbac.authorization.k8s.io/v1/namespaces';
const post = `POST ${API}/images/rolebindings`;
const [get, put] = ['GET', 'PUT'].map((method) => `${method} ${API}/images/rolebindings/puller`) as [
  string,
  string,
];

/** A request, its answer's status and body (a text stays one), and what is sent, where that is looked at. */
type Exchange = readonly [asks: string, status: number, answer?: object | string, sends?: object];

/** Asks a cluster that expects exactly these requests, in this order. */
async function ensure(exchanges: readonly Exchange[], object = binding): Promise<string> {
  const left = [...exchanges];
  const request: ApiRequest = async (method, path, sent): Promise<ApiReply> => {
    const [asks = 'no further request', status = 0, answer = {}, sends] = left.shift() ?? [];
    assert.equal(`${method} ${path}`, asks);
    if (sends !== undefined) assert.deepEqual(sent, sends);
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return { status, body, detail: status === 0 ? 'ECONNREFUSED' : '' };
  };
  const outcome = await ensureObject(object, { server, request });
  assert.deepEqual(left, [], 'requests that were never made');
  return outcome;
}

async function refusal(...exchanges: readonly Exchange[]): Promise<AppError> {
  const error = await ensure(exchanges).then(
    (outcome) => assert.fail(`no error, but ${outcome}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AppError);
  return error;
}

test('an object that is missing is created, and an equal one, with what a cluster adds to it, is left alone', async () => {
  assert.equal(
    await ensure([
      [get, 404],
      [post, 201, {}, binding],
    ]),
    'created',
  );
  const metadata = { ...binding.metadata, uid: 'u', resourceVersion: '7' };
  assert.equal(await ensure([[get, 200, { ...binding, metadata, subjects: [other, mine] }]]), 'there');
});

test('a binding without our subject gets it, and keeps the others and its version', async () => {
  const there = { ...binding, metadata: { ...binding.metadata, resourceVersion: '7' }, subjects: [other] };
  const sends = { ...there, subjects: [other, mine] };
  assert.equal(
    await ensure([
      [get, 200, there],
      [put, 200, {}, sends],
    ]),
    'updated',
  );
  const { subjects: _, ...without } = binding;
  assert.equal(
    await ensure([
      [get, 200, without],
      [put, 200, {}, binding],
    ]),
    'updated',
  );
});

const self = { namespace: 'robots', name: 'puller', subject: 'system:serviceaccount:robots:puller' };
const ofRole = (method: string) => `${method} ${API}/robots/roles/docker-credential-openshift-token.puller`;

test('a role without a rule gets it and keeps its own, such as that of another machine', async () => {
  const { role: first } = tokenRequestRole({ ...self, machines: ['a'] });
  const { role: second } = tokenRequestRole({ ...self, machines: ['b'] });
  const both = { ...first, rules: [...(first.rules ?? []), second.rules?.[1]] };
  assert.equal(
    await ensure(
      [
        [ofRole('GET'), 200, first],
        [ofRole('PUT'), 200, {}, both],
      ],
      second,
    ),
    'updated',
  );
  assert.equal(await ensure([[ofRole('GET'), 200, both]], first), 'there');
});

test('a rule for all names covers ours, and a rule for other names does not', async () => {
  const { role } = tokenRequestRole(self);
  const all = { apiGroups: [''], resources: ['*'], verbs: ['create', 'get'] };
  assert.equal(await ensure([[ofRole('GET'), 200, { ...role, rules: [all] }]], role), 'there');
  const others = { ...all, resourceNames: ['pusher'] };
  const sends = { ...role, rules: [others, ...(role.rules ?? [])] };
  const exchanges: Exchange[] = [
    [ofRole('GET'), 200, { ...role, rules: [others] }],
    [ofRole('PUT'), 200, {}, sends],
  ];
  assert.equal(await ensure(exchanges, role), 'updated');
});

test('a binding of another role is named with the command that deletes it, and stays', async () => {
  for (const change of [{ name: 'registry-editor' }, { kind: 'Role' }]) {
    const error = await refusal([get, 200, { ...binding, roleRef: { ...binding.roleRef, ...change } }]);
    assert.equal(error.code, 'another-role');
    assert.match(error.message, /^RoleBinding puller in namespace images is there already/);
    assert.deepEqual(error.fix, { run: 'oc delete rolebinding puller -n images' });
  }
});

test('what someone else makes or changes in between is looked at again, three times at most', async () => {
  assert.equal(
    await ensure([
      [get, 404],
      [post, 409],
      [get, 200, binding],
    ]),
    'there',
  );
  const sends = { ...binding, subjects: [other, mine] };
  const collides: Exchange[] = [
    [get, 200, { ...binding, subjects: [] }],
    [put, 409],
    [get, 200, { ...binding, subjects: [other] }],
    [put, 200, {}, sends],
  ];
  assert.equal(await ensure(collides), 'updated');
  const round: Exchange[] = [
    [get, 404],
    [post, 409],
  ];
  assert.equal((await refusal(...round, ...round, ...round)).code, 'object-keeps-changing');
});

test('who may not read, create or change an object is told what of it is so', async () => {
  assert.equal(
    await ensure([
      [get, 403],
      [post, 201],
    ]),
    'created',
  );
  assert.equal(
    await ensure([
      [get, 403],
      [post, 409],
    ]),
    'unread',
  );
  assert.equal(
    await ensure([
      [get, 403],
      [post, 403],
    ]),
    'unseen',
  );
  assert.equal(
    await ensure([
      [get, 404],
      [post, 403],
    ]),
    'forbidden',
  );
  assert.equal(
    await ensure([
      [get, 200, { ...binding, subjects: [] }],
      [put, 403],
    ]),
    'forbidden',
  );
});

test('a missing namespace, a login that expired, a server out of reach and a broken one are told apart', async () => {
  const missing = await refusal([get, 404], [post, 404]);
  assert.match(missing.message, /in namespace images can't be made/);
  assert.deepEqual(missing.fix, { run: 'oc get namespace images' });
  const over = await refusal([get, 401]);
  assert.match(over.message, new RegExp(`^${server} refuses your login: it expired or was revoked$`));
  assert.deepEqual(over.fix, { run: `docker-credential-openshift login ${server}` });
  assert.match((await refusal([get, 0])).message, /can't be reached \(ECONNREFUSED\)$/);
  const broken = await refusal([get, 404], [post, 500, { message: 'etcd is full' }]);
  assert.match(broken.message, /answered 500 \(etcd is full\)$/);
  for (const answer of ['<html>Sign in</html>', []])
    assert.match(
      (await refusal([get, 200, answer])).message,
      /answered 200 \(with something else than a RoleBinding\)$/,
    );
});
