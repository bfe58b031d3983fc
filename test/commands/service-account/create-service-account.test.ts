import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { AppError } from '../../../src/hosts/reason.ts';
import { unexpected } from '../../support/identities.ts';
import { HOST, keepingCluster, RBAC, run, SERVER } from './service-account-rig.ts';

const CREATE = `create robots/puller --host ${HOST}`;
const SECRETS = '/api/v1/namespaces/robots/secrets';

test('create makes account and binding, links the host and ends with what to try', async () => {
  const { ports, writes, links } = keepingCluster();
  assert.deepEqual(await run(CREATE, ports), {
    status: 0,
    out: [
      'ServiceAccount puller in namespace robots: created',
      'RoleBinding docker-credential-openshift.robots.puller in namespace robots: created',
      '/c/config.yaml: linked it',
      `${HOST} gets tokens of the service account robots/puller at ${SERVER}.`,
      `For your own login again: docker-credential-openshift setup ${HOST} --own-login`,
      `Try: podman pull ${HOST}/robots/IMAGE:TAG`,
    ],
    err: [],
  });
  assert.deepEqual(writes, [
    'POST /api/v1/namespaces/robots/serviceaccounts',
    `POST ${RBAC}/robots/rolebindings`,
  ]);
  assert.deepEqual(links, [[HOST, { server: SERVER, user: 'alice', serviceAccount: 'robots/puller' }]]);
});

test('create run again changes nothing', async () => {
  const line = `${CREATE} --self-renew --image-namespace ocp`;
  const first = keepingCluster();
  assert.equal((await run(line, first.ports)).status, 0);
  const again = keepingCluster(undefined, Object.fromEntries(first.objects));
  const { status, out } = await run(line, again.ports);
  assert.deepEqual([status, again.writes, again.links], [0, [], first.links]);
  assert.equal(out.filter((text) => text.endsWith(': is there already')).length, 5);
});

test('with --self-renew the account may mint its own tokens, and this machine, or those named, get a Secret', async () => {
  for (const [more, machines] of [
    ['', ['laptop']],
    [' --machine laptop --machine=ci-2', ['ci-2', 'laptop']],
  ] as const) {
    const { ports, writes, links, objects } = keepingCluster();
    assert.equal((await run(`${CREATE} --self-renew${more}`, ports)).status, 0);
    const entry = { server: SERVER, user: 'alice', serviceAccount: 'robots/puller', selfRenew: true };
    assert.deepEqual(links[0]?.[1], entry);
    assert.deepEqual(writes.slice(2), [
      ...machines.map(() => `POST ${SECRETS}`),
      `POST ${RBAC}/robots/roles`,
      `POST ${RBAC}/robots/rolebindings`,
    ]);
    for (const name of machines) assert.ok(objects.has(`${SECRETS}/docker-credential-openshift-${name}`));
  }
});

test('for other machines than this one their Secrets are made, and the host keeps its login here', async () => {
  const { ports, links, objects } = keepingCluster();
  const { status, out } = await run(`${CREATE} --self-renew --image-namespace ocp --machine ci-1`, ports);
  assert.deepEqual([status, links], [0, []]);
  assert.ok(objects.has(`${SECRETS}/docker-credential-openshift-ci-1`));
  assert.deepEqual(out.slice(-2), [
    `${HOST} is left as it was: this machine, laptop, is not among those named. On each of them,`,
    `run: docker-credential-openshift service-account create robots/puller --host ${HOST} ` +
      '--role system:image-puller --image-namespace ocp --self-renew',
  ]);
});

test('the context on the command line makes the objects', async () => {
  const { ports, contexts } = keepingCluster();
  const line = 'create robots/puller --host https://Registry.example.com/v2/ --context ci';
  assert.deepEqual([(await run(line, ports)).status, contexts], [0, ['ci']]);
});

test('a binding that may not be made is named with the command for an admin, and the host is not linked', async () => {
  const { ports, links } = keepingCluster((path, method) => method === 'POST' && path.includes('/ocp/'));
  const { status, err } = await run(`${CREATE} --image-namespace ocp --role=registry-viewer`, ports);
  assert.deepEqual([status, links], [1, []]);
  assert.deepEqual(err, [
    'alice may not create the following; an admin has to apply it:',
    '  RoleBinding docker-credential-openshift.robots.puller in namespace ocp. ' +
      'Gives ServiceAccount robots/puller the ClusterRole registry-viewer in namespace ocp.',
    'Send them this command:',
    `  docker-credential-openshift service-account manifest robots/puller --host ${HOST} ` +
      '--role registry-viewer --image-namespace ocp | oc apply -f -',
    `${HOST} is left as it was. Once that is applied, run this again.`,
  ]);
  const applied = keepingCluster((path, method) => method === 'POST' && path.includes('/ocp/'));
  assert.equal((await run(`${CREATE} --image-namespace ocp --applied`, applied.ports)).status, 1);
  assert.deepEqual(applied.links, [], 'it can be seen that nobody applied it');
});

test('what may not be looked at is taken to be applied on a word of its own, and the host is linked', async () => {
  const { ports, links } = keepingCluster((path) => path.includes('/ocp/'));
  const line = `${CREATE} --image-namespace ocp`;
  const { status, err } = await run(line, ports);
  const again = `${HOST} is left as it was. Once that is applied, run this again with --applied, since you may not see all of it.`;
  assert.deepEqual([status, links, err.at(-1)], [1, [], again]);
  assert.deepEqual([(await run(`${line} --applied`, ports)).status, links.length], [0, 1]);
  assert.equal((await run('manifest robots/puller --applied')).status, 2);
});

test('a host is not linked to an account that may not be made; the command for an admin prints the very objects', async () => {
  const { ports } = keepingCluster(() => true);
  const line = `${CREATE} --self-renew --machine ci-1 --image-namespace ocp`;
  const { status, err, out } = await run(line, { ...ports, linkHost: unexpected('linkHost') });
  assert.deepEqual([status, out], [1, []]);
  const listed = err.filter((text) => text.includes(', which you may not read either. '));
  assert.equal(new Set(listed).size, 5, 'each object is listed, once');
  assert.equal(listed.length, 5);
  assert.equal(
    err.at(-1),
    `${HOST} is left as it was. Once that is applied, run this again with --applied, since you may not see all of it.`,
  );
  const [, words = ''] =
    /openshift service-account (manifest .*) \| oc apply -f -$/.exec(err.at(-2) ?? '') ?? [];
  const printed = await run(words);
  const made = keepingCluster();
  assert.equal((await run(line, made.ports)).status, 0);
  assert.deepEqual(
    parseAllDocuments(printed.out.join('\n')).map((document) => document.toJS()),
    [...made.objects.values()],
  );
});

test('a binding of another role stops create before the host is linked', async () => {
  const item = `${RBAC}/robots/rolebindings/docker-credential-openshift.robots.puller`;
  const roleRef = { kind: 'ClusterRole', name: 'registry-editor' };
  const { ports } = keepingCluster(undefined, { [item]: { kind: 'RoleBinding', roleRef } });
  const { status, err } = await run(CREATE, { ...ports, linkHost: unexpected('linkHost') });
  assert.equal(status, 1);
  assert.match(
    err.join('\n'),
    /Run: oc delete rolebinding docker-credential-openshift\.robots\.puller -n robots$/,
  );
});

test('the example for QCI is spelled as QCI keeps its images', async () => {
  const line = 'create robots/puller --host quay-proxy.ci.openshift.org --image-namespace ocp';
  const { out } = await run(line, keepingCluster().ports);
  assert.equal(out.at(-1), 'Try: podman pull quay-proxy.ci.openshift.org/openshift/ci:ocp_IMAGE_TAG');
});

test('manifest asks no cluster, and prints the same text each time', async () => {
  const line =
    'manifest robots/puller --host registry.ci.openshift.org --image-namespace ocp --self-renew --machine ci-1';
  const all = `${line} --group team --members bob,alice --members eve`;
  const [one, other] = [await run(all), await run(all)];
  assert.deepEqual([one, one.status, one.err], [other, 0, []]);
  const [group] = parseAllDocuments(one.out[0] ?? '').filter((document) => document.get('kind') === 'Group');
  assert.deepEqual(group?.toJS().users, ['alice', 'bob', 'eve']);
});

test('an error on the way is said with its fix and without secrets', async () => {
  const message = `two logins fit sha256~${'x'.repeat(43)}`;
  const error = new AppError({ code: 'x', message, fix: { run: 'oc whoami' } });
  const { status, err } = await run(CREATE, { logIn: async () => Promise.reject(error) });
  assert.deepEqual([status, err], [1, ['two logins fit *** [x]. Run: oc whoami']]);
});
