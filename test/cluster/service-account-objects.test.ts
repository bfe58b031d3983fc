import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  missingRight,
  type ServiceAccountOptions,
  serviceAccountObjects,
  tokenRequestRole,
} from '../../src/cluster/service-account-objects.ts';
import { bareFix } from '../support/bare-fix.ts';

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

const account = { namespace: 'robots', name: 'puller' };

test('the right to mint is create on the token of this one account', () => {
  const { role, roleBinding } = tokenRequestRole({ ...account, subject: 'alice' });
  assert.deepEqual(role.rules, [
    { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['puller'], verbs: ['create'] },
  ]);
  assert.deepEqual(roleBinding.roleRef, {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: 'Role',
    name: role.metadata.name,
  });
  assert.deepEqual(roleBinding.subjects, [
    { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'alice' },
  ]);
});

test('of Secrets, only those of the named machines may be read, and none may be created', () => {
  const { role } = tokenRequestRole({ ...account, subject: 'alice', machines: ['b', 'a', 'b'] });
  assert.deepEqual(
    role.rules?.filter(({ resources }) => resources.includes('secrets')),
    [
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['docker-credential-openshift-a', 'docker-credential-openshift-b'],
        verbs: ['get'],
      },
    ],
  );
});

test('a service account is bound as one, whoever else is as a user', () => {
  const subject = (name: string) => tokenRequestRole({ ...account, subject: name }).roleBinding.subjects?.[0];
  assert.deepEqual(subject('system:serviceaccount:ci:minter'), {
    kind: 'ServiceAccount',
    namespace: 'ci',
    name: 'minter',
  });
  assert.equal(subject('https://issuer.example.com#alice')?.kind, 'User');
});

test('each who mints has a binding of their own, named so that a path can hold it', () => {
  const name = (subject: string) => tokenRequestRole({ ...account, subject }).roleBinding.metadata.name;
  const names = ['alice', 'bob', 'https://issuer/#alice', 'system:serviceaccount:robots:puller'].map(name);
  assert.equal(new Set(names).size, 4);
  for (const one of names)
    assert.match(one, /^docker-credential-openshift-token\.puller\.(?:self|[0-9a-f]{12})$/);
  assert.equal(name('alice'), names[0]);
});

test('who may not mint learns which Role and RoleBinding to ask for, and the command that makes them', () => {
  const { message, fix } = missingRight({ ...account, subject: 'alice' });
  assert.match(message, /^alice may not request tokens for the service account robots\/puller: an admin of/);
  assert.match(
    message,
    /Role docker-credential-openshift-token\.puller \(create serviceaccounts\/token of puller\)/,
  );
  assert.match(message, /RoleBinding docker-credential-openshift-token\.puller\.[0-9a-f]{12}$/);
  assert.match(
    bareFix(fix),
    /^oc create role docker-credential-openshift-token\.puller --verb=create --resource=serviceaccounts\/token --resource-name=puller -n robots; oc create rolebinding \S+ --role=docker-credential-openshift-token\.puller --user=alice -n robots$/,
  );
});

test('the command names a service account as one, and quotes what a shell would take apart', () => {
  const command = (subject: string) => bareFix(missingRight({ ...account, subject }).fix);
  assert.match(command('system:serviceaccount:robots:puller'), / --serviceaccount=robots:puller -n robots$/);
  assert.match(command("it's $HOME"), / --user='it'\\''s \$HOME' -n robots$/);
});
