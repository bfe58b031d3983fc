import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ServiceAccountOptions,
  serviceAccountObjects,
} from '../../../src/commands/service-account/service-account-objects.ts';

const options: ServiceAccountOptions = {
  namespace: 'robots',
  name: 'puller',
  role: 'system:image-puller',
  imageNamespaces: ['ocp'],
  selfRenew: false,
  machines: [],
};
const names = (more: Partial<ServiceAccountOptions>) =>
  serviceAccountObjects({ ...options, ...more }).map(
    ({ kind, metadata }) => `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`,
  );

test('a robot is an account and a binding where its images are', () => {
  assert.deepEqual(
    serviceAccountObjects(options).map(({ metadata: { labels: _, ...metadata }, ...rest }) => ({
      ...rest,
      metadata,
    })),
    [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'puller', namespace: 'robots' } },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'docker-credential-openshift.robots.puller', namespace: 'ocp' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:image-puller' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'robots', name: 'puller' }],
      },
    ],
  );
});

test('the same namespaces in another order, or twice, make the same objects', () => {
  assert.deepEqual(
    names({ imageNamespaces: ['ocp', 'ci', 'ocp'] }),
    names({ imageNamespaces: ['ci', 'ocp'] }),
  );
});

test('accounts whose namespace and name run together keep apart in one image namespace', () => {
  assert.notDeepEqual(names({ namespace: 'a-b', name: 'c' })[1], names({ namespace: 'a', name: 'b-c' })[1]);
  assert.notDeepEqual(names({ namespace: 'a', name: 'b.c' })[1], names({ namespace: 'a-b', name: 'c' })[1]);
});

test('another role for the same images has the same name, so that it is seen as a conflict', () => {
  assert.deepEqual(names({ role: 'registry-editor' }), names({ role: 'registry-viewer' }));
});

test('an account that renews itself gets a Secret for each machine and the role to mint', () => {
  assert.deepEqual(names({ selfRenew: true, machines: ['b', 'a', 'b'] }), [
    'ServiceAccount robots/puller',
    'RoleBinding ocp/docker-credential-openshift.robots.puller',
    'Secret robots/docker-credential-openshift-a',
    'Secret robots/docker-credential-openshift-b',
    'Role robots/docker-credential-openshift-token.puller',
    'RoleBinding robots/docker-credential-openshift-token.puller.self',
  ]);
});

test('admins get a group and the role admin in the namespace', () => {
  const admins = { group: 'team', members: ['bob', 'alice', 'bob'], style: 'namespace-admin' } as const;
  assert.deepEqual(names({ admins }).slice(2), [
    'Group -/team',
    'RoleBinding robots/docker-credential-openshift-admins.team.admin',
  ]);
  assert.deepEqual(serviceAccountObjects({ ...options, admins })[2]?.users, ['alice', 'bob']);
});

test('a group without members is taken to exist', () => {
  const admins = { group: 'team', members: [], style: 'namespace-admin' } as const;
  assert.deepEqual(names({ admins }).slice(2), [
    'RoleBinding robots/docker-credential-openshift-admins.team.admin',
  ]);
});

test('OpenShift CI gets the namespace and the two roles that its registry access grants', () => {
  const admins = { group: 'team', members: [], style: 'openshift-ci' } as const;
  assert.deepEqual(names({ admins }), [
    'Namespace -/robots',
    'ServiceAccount robots/puller',
    'RoleBinding ocp/docker-credential-openshift.robots.puller',
    'RoleBinding robots/docker-credential-openshift-admins.team.view',
    'RoleBinding robots/docker-credential-openshift-admins.team.pull-secret-namespace-manager',
  ]);
});

test('every object of ours is marked, so that it can be found and deleted', () => {
  const admins = { group: 'team', members: ['alice'], style: 'namespace-admin' } as const;
  for (const { kind, metadata } of serviceAccountObjects({
    ...options,
    selfRenew: true,
    machines: ['a'],
    admins,
  })) {
    const expected = kind === 'Group' ? undefined : 'docker-credential-openshift';
    assert.equal(metadata.labels?.['app.kubernetes.io/managed-by'], expected, kind);
  }
});
