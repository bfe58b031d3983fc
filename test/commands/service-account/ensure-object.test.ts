import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureObject } from '../../../src/commands/service-account/ensure-object.ts';
import type { KubernetesObject } from '../../../src/commands/service-account/objects.ts';
import { tokenRequestRole } from '../../../src/commands/service-account/objects.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { type Exchange, scriptedCluster } from './fake-cluster.ts';

const server = 'https://api.example.com:6443';
const binding: KubernetesObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'puller', namespace: 'images' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:image-puller' },
  subjects: [{ kind: 'ServiceAccount', namespace: 'robots', name: 'puller' }],
};
const collection = '/apis/rbac.authorization.k8s.io/v1/namespaces/images/rolebindings';
const get = `GET ${collection}/puller`;
const put = `PUT ${collection}/puller`;
const post = `POST ${collection}`;
const other = { kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' };

async function ensure(exchanges: readonly Exchange[], object = binding): Promise<string> {
  const cluster = scriptedCluster(exchanges);
  const outcome = await ensureObject(object, { server, request: cluster.request });
  cluster.finish();
  return outcome;
}

async function refusal(exchanges: readonly Exchange[], object = binding): Promise<AppError> {
  const error = await ensure(exchanges, object).then(
    (outcome) => assert.fail(`no error, but ${outcome}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AppError);
  return error;
}

test('an object that is missing is created', async () => {
  assert.equal(
    await ensure([
      { asks: get, answers: 404 },
      { asks: post, body: binding, answers: 201 },
    ]),
    'created',
  );
});

test('an equal object, with what a cluster adds to it, is left alone', async () => {
  const existing = {
    ...binding,
    metadata: { ...binding.metadata, uid: 'u', resourceVersion: '7' },
    subjects: [other, ...(binding.subjects ?? [])],
  };
  assert.equal(await ensure([{ asks: get, answers: 200, with: existing }]), 'there');
});

test('a binding without our subject gets it, and keeps the others and its version', async () => {
  const existing = { ...binding, metadata: { ...binding.metadata, resourceVersion: '7' }, subjects: [other] };
  const body = { ...existing, subjects: [other, ...(binding.subjects ?? [])] };
  assert.equal(
    await ensure([
      { asks: get, answers: 200, with: existing },
      { asks: put, body, answers: 200 },
    ]),
    'updated',
  );
});

test('a binding without any subject gets ours', async () => {
  const { subjects: _, ...existing } = binding;
  assert.equal(
    await ensure([
      { asks: get, answers: 200, with: existing },
      { asks: put, body: binding, answers: 200 },
    ]),
    'updated',
  );
});

test('a role without a rule gets it and keeps its own, such as that of another machine', async () => {
  const self = { namespace: 'robots', name: 'puller', subject: 'system:serviceaccount:robots:puller' };
  const { role: first } = tokenRequestRole({ ...self, machines: ['a'] });
  const { role: second } = tokenRequestRole({ ...self, machines: ['b'] });
  const item =
    '/apis/rbac.authorization.k8s.io/v1/namespaces/robots/roles/docker-credential-openshift-token.puller';
  const body = { ...first, rules: [...(first.rules ?? []), second.rules?.[1]] };
  assert.equal(
    await ensure(
      [
        { asks: `GET ${item}`, answers: 200, with: first },
        { asks: `PUT ${item}`, body, answers: 200 },
      ],
      second,
    ),
    'updated',
  );
  assert.equal(await ensure([{ asks: `GET ${item}`, answers: 200, with: body }], first), 'there');
});

test('a rule for all names covers ours, and a rule for other names does not', async () => {
  const subject = 'system:serviceaccount:robots:puller';
  const { role } = tokenRequestRole({ namespace: 'robots', name: 'puller', subject });
  const item =
    '/apis/rbac.authorization.k8s.io/v1/namespaces/robots/roles/docker-credential-openshift-token.puller';
  const all = { apiGroups: [''], resources: ['*'], verbs: ['create', 'get'] };
  assert.equal(
    await ensure([{ asks: `GET ${item}`, answers: 200, with: { ...role, rules: [all] } }], role),
    'there',
  );
  const others = { ...all, resourceNames: ['pusher'] };
  const body = { ...role, rules: [others, ...(role.rules ?? [])] };
  assert.equal(
    await ensure(
      [
        { asks: `GET ${item}`, answers: 200, with: { ...role, rules: [others] } },
        { asks: `PUT ${item}`, body, answers: 200 },
      ],
      role,
    ),
    'updated',
  );
});

test('a binding of another role is named with the command that deletes it, and stays', async () => {
  for (const roleRef of [
    { ...binding.roleRef, name: 'registry-editor' },
    { ...binding.roleRef, kind: 'Role' },
  ]) {
    const error = await refusal([{ asks: get, answers: 200, with: { ...binding, roleRef } }]);
    assert.match(
      error.message,
      /^RoleBinding puller in namespace images is there already and grants something/,
    );
    assert.deepEqual(error.fix, { run: 'oc delete rolebinding puller -n images' });
  }
});

test('an object that someone else creates in between is compared, not created twice', async () => {
  assert.equal(
    await ensure([
      { asks: get, answers: 404 },
      { asks: post, answers: 409 },
      { asks: get, answers: 200, with: binding },
    ]),
    'there',
  );
});

test('a change that collides with another is made again on what is there then', async () => {
  const before = { ...binding, subjects: [] };
  const meanwhile = { ...binding, subjects: [other] };
  assert.equal(
    await ensure([
      { asks: get, answers: 200, with: before },
      { asks: put, answers: 409 },
      { asks: get, answers: 200, with: meanwhile },
      { asks: put, body: { ...binding, subjects: [other, ...(binding.subjects ?? [])] }, answers: 200 },
    ]),
    'updated',
  );
});

test('an object that changes each time is given up after three attempts', async () => {
  const round = [
    { asks: get, answers: 404 },
    { asks: post, answers: 409 },
  ];
  const error = await refusal([...round, ...round, ...round]);
  assert.match(error.message, /^RoleBinding puller in namespace images was changed by someone else/);
});

test('who may not read an object may still create it, or learn that it is there', async () => {
  const forbidden = { asks: get, answers: 403 };
  assert.equal(await ensure([forbidden, { asks: post, answers: 201 }]), 'created');
  assert.equal(await ensure([forbidden, { asks: post, answers: 409 }]), 'unread');
  assert.equal(await ensure([forbidden, { asks: post, answers: 403 }]), 'forbidden');
});

test('who may read an object but neither create nor change it is told so', async () => {
  assert.equal(
    await ensure([
      { asks: get, answers: 404 },
      { asks: post, answers: 403 },
    ]),
    'forbidden',
  );
  assert.equal(
    await ensure([
      { asks: get, answers: 200, with: { ...binding, subjects: [] } },
      { asks: put, answers: 403 },
    ]),
    'forbidden',
  );
});

test('a namespace that is missing is named', async () => {
  const error = await refusal([
    { asks: get, answers: 404 },
    { asks: post, answers: 404 },
  ]);
  assert.match(error.message, /in namespace images can't be made/);
  assert.deepEqual(error.fix, { run: 'oc get namespace images' });
});

test('a login that is over, a server out of reach and a broken one are told apart', async () => {
  const over = await refusal([{ asks: get, answers: 401 }]);
  assert.deepEqual(
    [over.message, over.fix],
    [`${server} does not accept your login any more`, { run: `docker-credential-openshift login ${server}` }],
  );
  const away = await refusal([{ asks: get, answers: 0, detail: 'ECONNREFUSED' }]);
  assert.match(away.message, /can't be reached \(ECONNREFUSED\)$/);
  const broken = await refusal([
    { asks: get, answers: 404 },
    { asks: post, answers: 500, with: { message: 'etcd is full' } },
  ]);
  assert.match(broken.message, /answered 500 \(etcd is full\)$/);
  const portal = await refusal([{ asks: get, answers: 200, with: '<html>Sign in</html>' }]);
  assert.match(portal.message, /answered 200 \(with something else than a RoleBinding\)$/);
  const array = await refusal([{ asks: get, answers: 200, with: [] }]);
  assert.match(array.message, /answered 200 \(with something else than a RoleBinding\)$/);
});
