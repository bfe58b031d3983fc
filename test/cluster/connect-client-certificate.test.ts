import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../src/cluster/connection.ts';
import type { Fields } from '../../src/cluster/kubeconfig/parse-kubeconfig.ts';
import { SERVER } from '../support/identities.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** How a cluster is reached by a user with these fields, with these files on the machine. */
function connection(fields: Fields, files: Record<string, string> = {}) {
  const cluster = { fields: { server: SERVER }, directory: '/k' };
  const user = { fields, directory: '/home/alice/.kube' };
  return connect({ server: SERVER, insecure: false }, cluster, user, async (path) => files[path]);
}

test('a client certificate and its key are read from data', async () => {
  const fields = { 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') };
  assert.deepEqual((await connection(fields)).clientCertificate, { cert: 'cert', key: 'key' });
});

test("a client certificate and its key are read from files beside the user's kubeconfig", async () => {
  const fields = { 'client-certificate': 'pki/me.crt', 'client-key': '/pki/me.key' };
  const files = { '/home/alice/.kube/pki/me.crt': 'cert', '/pki/me.key': 'key' };
  assert.deepEqual((await connection(fields, files)).clientCertificate, { cert: 'cert', key: 'key' });
});

test('data wins over a file, also for one of the two', async () => {
  const fields = {
    'client-certificate': '/gone',
    'client-certificate-data': base64('cert'),
    'client-key': '/me.key',
  };
  assert.deepEqual((await connection(fields, { '/me.key': 'key' })).clientCertificate, {
    cert: 'cert',
    key: 'key',
  });
});

test('a certificate or key file that is not there is a fault of the certificate alone, which names the file', async () => {
  const both = { 'client-certificate': '/me.crt', 'client-key': '/me.key' };
  for (const [files, fault] of [
    [{}, 'the client certificate /me.crt is not there'],
    [{ '/me.crt': 'cert' }, 'the client key /me.key is not there'],
  ] as const) {
    const reached = await connection(both, files);
    assert.deepEqual([reached.clientCertificate, reached.fault], [{ fault }, undefined]);
  }
});

test('a certificate without a key proves nobody', async () =>
  assert.equal(
    (await connection({ 'client-certificate-data': base64('cert') })).clientCertificate,
    undefined,
  ));

test('a cluster of which nothing but the URL is known is reached by the roots of the system', async () => {
  const read = () => assert.fail('no file was expected to be read');
  const reached = await connect({ server: SERVER, insecure: false }, undefined, undefined, read);
  assert.deepEqual([reached.ca, reached.clientCertificate, reached.fault], [undefined, undefined, undefined]);
});
