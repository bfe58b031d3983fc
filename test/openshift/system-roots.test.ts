import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { systemRoots } from '../../src/openshift/system-roots.ts';
import { unexpected } from '../support/identities.ts';

/** The roots of a Linux that has these files. */
const roots = (files: Record<string, string>, env: Record<string, string> = {}) =>
  systemRoots({ readRegularFile: async (path) => files[path], env, platform: 'linux' });

test("the system's bundle is added to the runtime's own roots, the first that is there", async () => {
  const found = await roots({ '/etc/pki/tls/certs/ca-bundle.crt': 'RHEL', '/etc/ssl/cert.pem': 'Alpine' });
  assert.deepEqual(found, [...rootCertificates, 'RHEL']);
});

test("SSL_CERT_FILE stands in the place of the system's bundle", async () => {
  const files = { '/mine.pem': 'mine', '/etc/ssl/certs/ca-certificates.crt': 'Debian' };
  assert.deepEqual(await roots(files, { SSL_CERT_FILE: '/mine.pem' }), [...rootCertificates, 'mine']);
  assert.deepEqual(await roots(files, { SSL_CERT_FILE: '' }), [...rootCertificates, 'Debian']);
});

test('a system without a bundle has the runtime’s roots', async () => {
  assert.deepEqual(await roots({}), rootCertificates);
  assert.deepEqual(await roots({}, { SSL_CERT_FILE: '/gone' }), rootCertificates);
});

test('only Linux keeps its roots in such files', async () => {
  const readRegularFile = unexpected('readRegularFile');
  const found = await systemRoots({ readRegularFile, env: {}, platform: 'freebsd' });
  assert.deepEqual(found, rootCertificates);
});
