import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIdentities } from '../../src/cluster/kubeconfig/read-identities.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { context, kubeconfig } from '../support/kubeconfig-entries.ts';

const SERVER = 'https://api.example.com:6443';
const POD = '/var/run/secrets/kubernetes.io/serviceaccount';
const plain = {
  server: SERVER,
  insecure: false,
  tlsServerName: undefined,
  proxyUrl: undefined,
  ca: undefined,
  clientCertificate: undefined,
  fault: undefined,
};

/** How the only context's cluster is reached, with these files beside the kubeconfig /k/config. */
async function connection(cluster: object, files: Record<string, string | AppError> = {}) {
  const clusters = [{ name: 'c', cluster: { server: SERVER, ...cluster } }];
  const all: Record<string, string | AppError> = {
    ...files,
    '/k/config': kubeconfig({ clusters, contexts: [context('x', 'c', 'u')] }),
  };
  const { identities, connectionOf } = await readIdentities({
    readRegularFile: async (path) => {
      const content = all[path];
      if (content instanceof AppError) throw content;
      return content;
    },
    exists: () => false,
    kubeconfigPaths: ['/k/config'],
    env: {},
  });
  const [identity] = identities.all;
  assert.ok(identity !== undefined);
  return connectionOf(identity);
}

test('a cluster without more is reached directly, by the roots of the system', async () =>
  assert.deepEqual(await connection({}), plain));

test('the CA of the kubeconfig counts, as data before as a file', async () => {
  const data = Buffer.from('data').toString('base64');
  assert.equal((await connection({ 'certificate-authority-data': data })).ca, 'data');
  const both = { 'certificate-authority-data': data, 'certificate-authority': '/ca' };
  assert.equal((await connection(both)).ca, 'data');
});

test("a CA file's path is relative to its kubeconfig", async () => {
  const files = { '/k/certs/ca': 'relative', '/ca': 'absolute' };
  assert.equal((await connection({ 'certificate-authority': 'certs/ca' }, files)).ca, 'relative');
  assert.equal((await connection({ 'certificate-authority': '/ca' }, files)).ca, 'absolute');
});

test('a CA file that is not there, or out of reach, is a fault that names it', async () => {
  assert.deepEqual(await connection({ 'certificate-authority': 'ca' }), {
    ...plain,
    fault: 'the certificate authority /k/ca is not there',
  });
  const denied = new AppError({ code: 'x', message: "/k/ca can't be read: permission denied" });
  assert.deepEqual(await connection({ 'certificate-authority': 'ca' }, { '/k/ca': denied }), {
    ...plain,
    fault: "/k/ca can't be read: permission denied",
  });
});

test('server name, proxy and a certificate that is not verified are taken over', async () => {
  const cluster = {
    'tls-server-name': 'other.example.com',
    'proxy-url': 'socks5://proxy:1080',
    'insecure-skip-tls-verify': true,
  };
  assert.deepEqual(await connection(cluster), {
    ...plain,
    insecure: true,
    tlsServerName: 'other.example.com',
    proxyUrl: 'socks5://proxy:1080',
  });
});

test('only `true` itself leaves a certificate unverified', async () => {
  for (const value of ['true', 1, 'yes', {}, null]) {
    assert.equal((await connection({ 'insecure-skip-tls-verify': value })).insecure, false);
  }
});

test('a pod reaches its cluster by the CA that lies beside its token', async () => {
  const files: Record<string, string> = { [`${POD}/ca.crt`]: 'the CA', [`${POD}/token`]: 't' };
  const { identities, connectionOf } = await readIdentities({
    readRegularFile: async (path) => files[path],
    exists: (path) => path in files,
    kubeconfigPaths: [],
    env: { KUBERNETES_SERVICE_HOST: '172.30.0.1', KUBERNETES_SERVICE_PORT: '443' },
  });
  const [pod] = identities.all;
  assert.ok(pod !== undefined);
  assert.equal(identities.current, pod);
  assert.deepEqual(await connectionOf(pod), { ...plain, server: 'https://172.30.0.1', ca: 'the CA' });
});

test("beside a kubeconfig with contexts, the pod's account is there but not current", async () => {
  const clusters = [{ name: 'c', cluster: { server: SERVER } }];
  const text = kubeconfig({ clusters, contexts: [context('x', 'c', 'u')] });
  const { identities } = await readIdentities({
    readRegularFile: async (path) => (path === '/k/config' ? text : undefined),
    exists: (path) => path === `${POD}/token`,
    kubeconfigPaths: ['/k/config'],
    env: { KUBERNETES_SERVICE_HOST: '172.30.0.1' },
  });
  assert.deepEqual(
    identities.all.map(({ inCluster }) => inCluster),
    [false, true],
  );
  assert.equal(identities.current, undefined);
});
