import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EngineTrust, registryTrust } from '../../../../src/commands/doctor/checks/registry-trust.ts';
import type { Contact } from '../../../../src/commands/doctor/network-state.ts';
import type { Engine } from '../../../../src/engines/engines.ts';
import { unexpected } from '../../../support/identities.ts';
import { HOST } from './checking.ts';
import { away, openshiftRegistry } from './network.ts';

const DIRECTORY = `/etc/containers/certs.d/${HOST}`;
const trusting = (changes: Partial<EngineTrust> = {}): EngineTrust => ({
  contact: openshiftRegistry(HOST),
  directory: DIRECTORY,
  needsRoot: true,
  files: [],
  unverified: undefined,
  halves: [],
  ...changes,
});
const UNTRUSTED = away('untrusted-certificate', 'its certificate is not trusted');

async function judged(
  trust: EngineTrust | undefined,
  {
    own = openshiftRegistry(HOST),
    context,
    installed = ['podman'],
  }: { own?: Contact; context?: string; installed?: Engine[] } = {},
) {
  return registryTrust(
    {
      registryContact: async () => own,
      isInstalled: async (engine) => installed.includes(engine),
      engineTrust: async () => trust,
      trustedByContext: async () => context,
    },
    { hosts: [HOST], engines: ['docker', 'podman'] },
  );
}

test('an engine that trusts the certificate is fine, and the file that makes it so is named', async () => {
  const [found, ...more] = await judged(trusting({ files: [`${DIRECTORY}/ca.crt`] }));
  assert.deepEqual(
    [found?.status, found?.saw, more],
    ['ok', `podman trusts the certificate of ${HOST} (${DIRECTORY}/ca.crt)`, []],
  );
});

test("where the kubeconfig's CA vouches for the registry, it is what goes into the engine's file", async () => {
  const [found] = await judged(trusting({ contact: UNTRUSTED }), { context: 'a b' });
  assert.equal(found?.status, 'problem');
  assert.equal(
    found?.mend,
    `sudo mkdir -p ${DIRECTORY} && oc config view --raw --minify --flatten --context 'a b' -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d | sudo tee ${DIRECTORY}/ca.crt >/dev/null`,
  );
});

test("where nothing here vouches for it, it is the authority of the cluster's routes", async () => {
  const [found] = await judged(trusting({ contact: UNTRUSTED, needsRoot: false }), { own: UNTRUSTED });
  assert.equal(
    found?.mend,
    `mkdir -p ${DIRECTORY} && oc get secret router-ca -n openshift-ingress-operator -o jsonpath='{.data.tls\\.crt}' | base64 -d | tee ${DIRECTORY}/ca.crt >/dev/null`,
  );
});

test('an engine that verifies nothing is told of, on loopback as a matter of course', async () => {
  const unverified = { because: 'registries.conf says insecure', isLoopback: false };
  assert.equal((await judged(trusting({ contact: UNTRUSTED, unverified })))[0]?.status, 'note');
  const onLoopback = { ...unverified, isLoopback: true };
  assert.equal((await judged(trusting({ unverified: onLoopback })))[0]?.status, 'ok');
});

test('what is wrong for everybody, or nobody can judge, is left to others to tell', async () => {
  for (const fault of ['expired-certificate', 'other-name', 'late', 'unknown-name'] as const) {
    const ports = {
      engineTrust: unexpected('engineTrust'),
      isInstalled: unexpected('isInstalled'),
      trustedByContext: unexpected('trustedByContext'),
    };
    const context = { hosts: [HOST], engines: ['podman'] } as const;
    assert.deepEqual(
      await registryTrust({ ...ports, registryContact: async () => away(fault) }, context),
      [],
    );
  }
  assert.deepEqual(await judged(trusting(), { installed: [] }), []);
  assert.deepEqual(await judged(undefined), []);
  assert.deepEqual(await judged(trusting({ contact: away('late') })), []);
});

test("a client's certificate without its key is told, whatever else is right", async () => {
  const halves = [{ path: `${DIRECTORY}/a.cert`, lacks: `${DIRECTORY}/a.key` }];
  const [half, trusted] = await judged(trusting({ halves }));
  assert.deepEqual(
    [half?.status, half?.saw, trusted?.status],
    ['problem', `${DIRECTORY}/a.cert is there, and ${DIRECTORY}/a.key is not`, 'ok'],
  );
});
