import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import {
  missingRightManifest,
  tokenRequestRole,
} from '../../../src/commands/service-account/token-request-role.ts';
import { bareFix } from '../../support/bare-fix.ts';

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

test('the YAML holds exactly the role and its binding', () => {
  const { role, roleBinding, yaml } = tokenRequestRole({ ...account, subject: 'alice', machines: ['a'] });
  assert.deepEqual(
    parseAllDocuments(yaml).map((document) => document.toJS()),
    [role, roleBinding],
  );
});

test('who may not mint learns which Role and RoleBinding to ask for, and the command that makes them', () => {
  const { message, fix } = missingRightManifest({ ...account, subject: 'alice' });
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
  const command = (subject: string) => bareFix(missingRightManifest({ ...account, subject }).fix);
  assert.match(command('system:serviceaccount:robots:puller'), / --serviceaccount=robots:puller -n robots$/);
  assert.match(command("it's $HOME"), / --user='it'\\''s \$HOME' -n robots$/);
});
