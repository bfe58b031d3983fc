import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { runServiceAccount } from '../../../src/commands/service-account/run-service-account.ts';
import { unexpected } from '../../support/identities.ts';
import { host, ports, rbac, server, working } from './fake-ports.ts';

test('create makes account and binding, binds the host and ends with what to try', async () => {
  const { given, out, err, writes, bound } = working();
  assert.equal(await runServiceAccount(['create', 'robots/puller', '--host', host], given), 0);
  assert.deepEqual(writes, [
    'POST /api/v1/namespaces/robots/serviceaccounts',
    `POST ${rbac}/robots/rolebindings`,
  ]);
  assert.deepEqual(bound, [[host, { server, user: 'alice', serviceAccount: 'robots/puller' }]]);
  assert.deepEqual(out, [
    'ServiceAccount puller in namespace robots: created',
    'RoleBinding docker-credential-openshift.robots.puller in namespace robots: created',
    '/c/config.yaml: bound it',
    `${host} gets tokens of the service account robots/puller at ${server}.`,
    `Try: podman pull ${host}/robots/IMAGE:TAG`,
  ]);
  assert.deepEqual(err, []);
});

test('create run again changes nothing', async () => {
  const args = ['create', 'robots/puller', '--host', host, '--self-renew', '--image-namespace', 'ocp'];
  const first = working();
  assert.equal(await runServiceAccount(args, first.given), 0);
  const again = working({ existing: Object.fromEntries(first.objects) });
  assert.equal(await runServiceAccount(args, again.given), 0);
  assert.deepEqual(again.writes, []);
  assert.deepEqual(again.bound, first.bound);
  assert.equal(again.out.filter((line) => line.endsWith(': is there already')).length, 5);
});

test('with --self-renew the account may mint its own tokens, and this machine gets a Secret', async () => {
  const { given, writes, bound, objects } = working();
  assert.equal(
    await runServiceAccount(['create', 'robots/puller', '--host', host, '--self-renew'], given),
    0,
  );
  assert.deepEqual(bound[0]?.[1], {
    server,
    user: 'alice',
    serviceAccount: 'robots/puller',
    selfRenew: true,
  });
  assert.deepEqual(writes.slice(2), [
    'POST /api/v1/namespaces/robots/secrets',
    `POST ${rbac}/robots/roles`,
    `POST ${rbac}/robots/rolebindings`,
  ]);
  assert.ok(objects.has('/api/v1/namespaces/robots/secrets/docker-credential-openshift-laptop'));
});

test('--machine names other machines in the place of this one', async () => {
  const { given, objects } = working();
  const args = [
    'create',
    'robots/puller',
    '--host',
    host,
    '--self-renew',
    '--machine',
    'ci-1',
    '--machine=ci-2',
  ];
  assert.equal(await runServiceAccount(args, given), 0);
  assert.deepEqual(
    [...objects.keys()].filter((path) => path.includes('/secrets/')),
    ['ci-1', 'ci-2'].map((name) => `/api/v1/namespaces/robots/secrets/docker-credential-openshift-${name}`),
  );
});

test("a machine's name that no Secret can have is an error before anything is made", async () => {
  const { given, err } = working();
  const odd = { ...given, machineName: () => 'Büro', logIn: unexpected('logIn') };
  const args = ['create', 'robots/puller', '--host', host, '--self-renew'];
  assert.equal(await runServiceAccount(args, odd), 1);
  assert.match(err[0] ?? '', /"Büro".*--machine/);
});

test('the context on the command line makes the objects', async () => {
  const { given, asked } = working();
  const args = ['create', 'robots/puller', '--host', 'https://Registry.example.com/v2/', '--context', 'ci'];
  assert.equal(await runServiceAccount(args, given), 0);
  assert.deepEqual(asked, ['ci']);
});

test('a binding that may not be made is named with the command for an admin, and the host is bound', async () => {
  const { given, err, bound } = working({ forbidden: (_method, path) => path.includes('/ocp/') });
  const args = [
    'create',
    'robots/puller',
    '--host',
    host,
    '--image-namespace',
    'ocp',
    '--role=registry-viewer',
  ];
  assert.equal(await runServiceAccount(args, given), 1);
  assert.deepEqual(err, [
    'alice may not create the following; an admin has to apply it:',
    '  RoleBinding docker-credential-openshift.robots.puller in namespace ocp. ' +
      'Gives ServiceAccount robots/puller the ClusterRole registry-viewer in namespace ocp.',
    'Send them this command:',
    `  docker-credential-openshift service-account manifest robots/puller --host ${host} ` +
      '--role registry-viewer --image-namespace ocp | oc apply -f -',
  ]);
  assert.equal(bound.length, 1);
});

test('a host is not bound to an account that may not be made', async () => {
  const { given, err, out } = working({ forbidden: () => true });
  const never = { ...given, linkHost: unexpected('linkHost') };
  const args = ['create', 'robots/puller', '--host', host, '--self-renew', '--machine', 'ci-1'];
  assert.equal(await runServiceAccount(args, never), 1);
  assert.equal(out.length, 5);
  assert.match(
    err.join('\n'),
    /Role docker-credential-openshift-token\.puller in namespace robots\. Allows create/,
  );
  assert.match(err.at(-2) ?? '', / --self-renew --machine ci-1 \| oc apply -f -$/);
  assert.equal(err.at(-1), `${host} is left as it was. Once that is applied, run this again.`);
});

test('the command for an admin prints the very objects that create wanted to make', async () => {
  const { given, err } = working({ forbidden: () => true });
  const args = ['create', 'robots/puller', '--host', host, '--self-renew', '--image-namespace', 'ocp'];
  assert.equal(await runServiceAccount(args, { ...given, linkHost: unexpected('linkHost') }), 1);
  const command = err.find((line) => line.includes(' | oc apply'))?.trim() ?? '';
  const words = command
    .replace(/ \| .*/, '')
    .split(' ')
    .slice(2);
  const printed = ports();
  assert.equal(await runServiceAccount(words, printed.given), 0);
  const made = working();
  assert.equal(await runServiceAccount(args, made.given), 0);
  assert.deepEqual(
    parseAllDocuments(printed.out.join('\n')).map((document) => document.toJS()),
    [...made.objects.values()],
  );
});

test('a binding of another role stops create before the host is bound', async () => {
  const item = `${rbac}/robots/rolebindings/docker-credential-openshift.robots.puller`;
  const roleRef = { kind: 'ClusterRole', name: 'registry-editor' };
  const { given, err } = working({ existing: { [item]: { kind: 'RoleBinding', roleRef } } });
  const never = { ...given, linkHost: unexpected('linkHost') };
  assert.equal(await runServiceAccount(['create', 'robots/puller', '--host', host], never), 1);
  assert.match(
    err.join('\n'),
    /Run: oc delete rolebinding docker-credential-openshift\.robots\.puller -n robots$/,
  );
});

test('the example for QCI is spelled as QCI keeps its images', async () => {
  const { given, out } = working();
  const args = [
    'create',
    'robots/puller',
    '--host',
    'quay-proxy.ci.openshift.org',
    '--image-namespace',
    'ocp',
  ];
  assert.equal(await runServiceAccount(args, given), 0);
  assert.equal(out.at(-1), 'Try: podman pull quay-proxy.ci.openshift.org/openshift/ci:ocp_IMAGE_TAG');
});
