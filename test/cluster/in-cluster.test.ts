import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inClusterIdentity } from '../../src/cluster/kubeconfig/read-identities.ts';
import { unexpected } from '../support/identities.ts';

const DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';
const has = (path: string) => path === `${DIRECTORY}/token`;

test("a pod's service account is known by its token file and the API server's address", () => {
  const found = inClusterIdentity(
    { KUBERNETES_SERVICE_HOST: '172.30.0.1', KUBERNETES_SERVICE_PORT: '6443' },
    has,
  );
  assert.equal(found?.caFile, `${DIRECTORY}/ca.crt`);
  assert.deepEqual(found?.identity, {
    server: 'https://172.30.0.1:6443',
    user: "the pod's service account",
    context: undefined,
    namespace: undefined,
    insecure: false,
    inCluster: true,
    source: { kind: 'token-file', path: `${DIRECTORY}/token` },
  });
});

test('an IPv6 address, a name and a missing port make a URL, too', () => {
  const server = (env: Record<string, string>) => inClusterIdentity(env, has)?.identity.server;
  assert.equal(
    server({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }),
    'https://[fd00::1]',
  );
  assert.equal(
    server({ KUBERNETES_SERVICE_HOST: 'kubernetes.default.svc' }),
    'https://kubernetes.default.svc',
  );
  assert.equal(server({ KUBERNETES_SERVICE_HOST: 'not a host' }), undefined);
  assert.equal(server({ KUBERNETES_SERVICE_HOST: '172.30.0.1', KUBERNETES_SERVICE_PORT: 'x' }), undefined);
});

test('outside of a pod there is none, and without its environment no file is looked for', () => {
  assert.equal(inClusterIdentity({}, unexpected('exists')), undefined);
  assert.equal(inClusterIdentity({ KUBERNETES_SERVICE_HOST: '' }, unexpected('exists')), undefined);
  assert.equal(
    inClusterIdentity({ KUBERNETES_SERVICE_HOST: '172.30.0.1' }, () => false),
    undefined,
  );
});
