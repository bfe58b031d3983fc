import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoginReply } from '../../../../src/cluster/ask-registry.ts';
import type { Contact } from '../../../../src/cluster/contact.ts';
import type { Facts } from '../../../../src/commands/doctor/facts.ts';
import type { JudgedTrust } from '../../../../src/commands/doctor/network-state.ts';
import { QCI_HOST } from '../../../../src/registry/qci.ts';
import {
  about,
  answered,
  away,
  findingsOf,
  HOST,
  noToken,
  openshiftRegistry,
  token,
  told,
} from '../fake-facts.ts';

test('a registry is known by what it says without a token', async () => {
  const at = async (contact: Contact, host = HOST) => {
    const [finding] = await findingsOf('registry', { registryContact: async () => contact, hosts: [host] });
    return [finding?.code, finding?.why];
  };
  assert.deepEqual(await at(openshiftRegistry()), ['registry', `${HOST} answers as an OpenShift registry`]);
  const bearer = answered({ status: 401, challenge: 'Bearer realm="https://x/v2/auth"' });
  assert.deepEqual(await at(bearer, QCI_HOST), ['registry', `${QCI_HOST} answers as QCI`]);
  assert.equal((await at(answered({ status: 401, challenge: 'Basic realm="x"' })))[0], 'registry');
  assert.equal((await at(answered()))[0], 'registry');
  assert.equal((await at(answered({ status: 503 })))[0], 'registry-without-route');
  assert.equal((await at(answered({ status: 500 })))[0], 'registry-failing');
  assert.equal((await at(answered({ status: 404 })))[0], 'no-registry');
  assert.equal((await at(answered({ contentType: 'text/html' })))[0], 'no-registry');
  assert.equal((await at(away('refused')))[1], `The registry ${HOST} can't be reached: connection refused`);
});

test('the in-cluster name is not looked for elsewhere, and nobody asks a registry that is gone', async () => {
  const internal = 'image-registry.openshift-image-registry.svc:5000';
  const registryContact = async () => away('unknown-name');
  const [found] = await told('registry', { registryContact, hosts: [internal] });
  assert.deepEqual(found?.slice(0, 2), ['problem', 'internal-name-outside']);
  assert.deepEqual(await told('registry', { hosts: ['registry.svc.ci.openshift.org'] }), []);
});

test("what the registry's own token endpoint says is told, where there is a token", async () => {
  const at = async (answer: LoginReply | undefined, login = token()) => {
    const facts = { registryAccepts: async () => answer, loginOf: async () => login };
    return (await told('registry-login', facts))[0];
  };
  assert.deepEqual(await at({ kind: 'accepted' }), ['ok', 'registry-accepts']);
  assert.deepEqual(await at({ kind: 'refused' }), [
    'problem',
    'token-refused',
    `docker-credential-openshift setup ${HOST}`,
  ]);
  assert.deepEqual(await at({ kind: 'refused' }, token({ isStored: true, server: undefined })), [
    'problem',
    'stored-login-refused',
    `docker logout ${HOST}`,
  ]);
  assert.deepEqual((await at({ kind: 'failing', status: 503 }))?.[1], 'registry-token-failing');
  assert.equal((await at({ kind: 'unknown', detail: 'no answer' }))?.[0], 'skipped');
  assert.equal(await at(undefined), undefined);
  assert.equal(await at({ kind: 'accepted' }, noToken(['x'])), undefined);
});

const DIRECTORY = `/etc/containers/certs.d/${HOST}`;
const TRUSTING: JudgedTrust = {
  contact: openshiftRegistry(),
  directory: DIRECTORY,
  needsRoot: true,
  authorities: [],
  unverified: undefined,
  halves: [],
};
const UNTRUSTED = away('untrusted-certificate', 'its certificate is not trusted');

const trust = (changes: Partial<JudgedTrust> | undefined, more: Partial<Facts> = {}): Partial<Facts> => ({
  registryContact: async () => openshiftRegistry(),
  isInstalled: async (engine) => engine === 'podman',
  engineTrust: async () => (changes === undefined ? undefined : { ...TRUSTING, ...changes }),
  registryAuthority: async () => undefined,
  ...more,
});

test('an engine that trusts the certificate is fine, and the file that makes it so is named', async () => {
  const [found, ...more] = await findingsOf(
    'registry-trust',
    trust({ authorities: [{ path: `${DIRECTORY}/ca.crt`, pem: '' }] }),
  );
  const why = `podman trusts the certificate of ${HOST} (${DIRECTORY}/ca.crt)`;
  assert.deepEqual([found?.status, found?.why, more], ['ok', why, []]);
});

test('the authority that verifies the registry is written where the engine looks, if it is at hand', async () => {
  const atHand = { registryAuthority: async () => ({ pem: 'PEM' }) };
  const print = `docker-credential-openshift doctor ${HOST} --authority`;
  assert.deepEqual(await told('registry-trust', trust({ contact: UNTRUSTED }, atHand)), [
    [
      'problem',
      'registry-untrusted',
      `sudo mkdir -p ${DIRECTORY} && ${print} | sudo tee ${DIRECTORY}/ca.crt >/dev/null`,
    ],
  ]);
  const [own] = await told('registry-trust', trust({ contact: UNTRUSTED, needsRoot: false }, atHand));
  assert.equal(own?.[2], `mkdir -p ${DIRECTORY} && ${print} > ${DIRECTORY}/ca.crt`);
  const [without] = await told('registry-trust', trust({ contact: UNTRUSTED }));
  assert.match(String(without?.[2]), /^Ask the cluster's administrators .*, and put it into \S+\/ca\.crt\.$/);
});

test('an engine that verifies nothing is told of, on loopback as a matter of course', async () => {
  const unverified = { because: 'registries.conf says insecure', isLoopback: false };
  const at = (isLoopback: boolean) =>
    told('registry-trust', trust({ contact: UNTRUSTED, unverified: { ...unverified, isLoopback } }));
  assert.deepEqual(await at(false), [['note', 'registry-unverified']]);
  assert.deepEqual(await at(true), [['ok', 'registry-on-loopback']]);
});

test('what is wrong for everybody, or nobody can judge, is left to others to tell', async () => {
  for (const fault of ['expired-certificate', 'other-name', 'late', 'unknown-name'] as const) {
    assert.deepEqual(await told('registry-trust', { registryContact: async () => away(fault) }), []);
  }
  assert.deepEqual(await told('registry-trust', trust({}, { isInstalled: async () => false })), []);
  assert.deepEqual(await told('registry-trust', trust(undefined)), []);
});

test('where the helper reaches a registry, and the way that an engine takes gives no answer, that is told', async () => {
  const [found] = await findingsOf(
    'registry-trust',
    trust({ contact: away('late', 'no answer within 2 s') }),
  );
  assert.deepEqual(
    [found?.status, found?.code, found?.why],
    [
      'warning',
      'check-late',
      `Whether podman trusts the certificate of ${HOST} is not known: no answer within 2 s`,
    ],
  );
});

test("a client's certificate without its key is told, whatever else is right", async () => {
  const halves = [{ path: `${DIRECTORY}/a.cert`, lacks: `${DIRECTORY}/a.key` }];
  const [half, trusted] = await findingsOf('registry-trust', trust({ halves }));
  assert.deepEqual([half?.code, trusted?.status], ['half-client-certificate', 'ok']);
  assert.equal(half?.why, `${DIRECTORY}/a.cert is there, and ${DIRECTORY}/a.key is not`);
});

const GONE = 'registry.svc.ci.openshift.org';

test('an image of a registry that QCI took the place of gets its QCI spelling', async () => {
  const pull = `podman pull ${QCI_HOST}/openshift/ci:ocp_4.18_cli`;
  const at = (word: string) => told('openshift-ci', about(word));
  assert.deepEqual(await at(`${GONE}/ocp/4.18:cli`), [['note', 'qci-spelling', pull]]);
  assert.deepEqual(await at('registry.ci.openshift.org/ocp/4.18:cli'), [['note', 'use-qci', pull]]);
  assert.deepEqual(await at('registry.ci.openshift.org/ci-op-x/pipeline:src'), []);
  assert.deepEqual(await told('openshift-ci', { hosts: [GONE] }), []);
  const [found] = await told('openshift-ci', { hosts: ['registry.ci.openshift.org'] });
  assert.match(String(found?.[2]), /^Pull from \S+:NAMESPACE_NAME_TAG instead\.$/);
  for (const word of ['registry.build02.ci.openshift.org/ci-op-x/pipeline:src', HOST]) {
    assert.deepEqual(await at(word), []);
  }
});

test("QCI's rules are told, and an image that is not named by them", async () => {
  assert.deepEqual(await told('openshift-ci', about(`${QCI_HOST}/openshift/ci:ocp_4.18_cli`)), [
    ['note', 'qci'],
  ]);
  assert.deepEqual(await told('openshift-ci', about(`${QCI_HOST}/ocp/4.18:cli`)), [
    ['note', 'qci'],
    ['problem', 'no-qci-image', `podman pull ${QCI_HOST}/openshift/ci:ocp_4.18_cli`],
  ]);
});

test("a console's URL from a job log gives the pull spec", async () => {
  const at = async (url: string) => (await told('openshift-ci', about(`https://${url}`)))[0];
  const spec = 'registry.build02.ci.openshift.org/ci-op-2c2tvgti/IMAGESTREAM:TAG';
  assert.deepEqual(await at('console.build02.ci.openshift.org/k8s/cluster/projects/ci-op-2c2tvgti'), [
    'note',
    'console-pull-spec',
    `With the names of one of them: podman pull ${spec}`,
  ]);
  const nodes = await at('console.build02.ci.openshift.org/k8s/cluster/nodes');
  assert.equal(nodes?.[1], 'console-without-project');
  assert.equal((await at('console.example.com/k8s/ns/team'))?.[1], 'console-unknown');
  const guess = await at('console-openshift-console.apps.example.com/k8s/ns/team/imagestreams/app');
  assert.equal(
    guess?.[2],
    'With the names of one of them: podman pull default-route-openshift-image-registry.apps.example.com/team/app:TAG',
  );
});
