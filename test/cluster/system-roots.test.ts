import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { systemRoots } from '../../src/cluster/system-roots.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { unexpected } from '../support/identities.ts';

/** The roots of a Linux that has these files. */
const roots = (files: Record<string, string>, env: Record<string, string> = {}) =>
  systemRoots(
    { env, platform: 'linux' },
    {
      readRegularFile: async (path) => files[path],
      namesIn: unexpected('namesIn'),
    },
  );

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
  const found = await systemRoots(
    { env: {}, platform: 'freebsd' },
    {
      readRegularFile,
      namesIn: unexpected('namesIn'),
    },
  );
  assert.deepEqual(found, rootCertificates);
});

const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;
const given = rootCertificates.length;

test('every certificate in the directories of SSL_CERT_DIR is added, each once', async () => {
  const listed: Record<string, string[]> = {
    '/a': ['1.pem', 'hash.0', 'README', 'nested', 'gone'],
    '/b': ['2.pem'],
  };
  const files: Record<string, string> = {
    '/etc/ssl/cert.pem': 'Alpine',
    '/a/1.pem': pem('one'),
    '/a/hash.0': pem('one'),
    '/a/README': 'no certificate',
    '/b/2.pem': pem('two'),
  };
  const found = await systemRoots(
    { env: { SSL_CERT_DIR: '/a::/b' }, platform: 'linux' },
    {
      readRegularFile: async (path) => {
        if (path === '/a/nested')
          throw new AppError({ code: 'unreadable-file', message: 'it is a directory' });
        return files[path];
      },
      namesIn: (path) => listed[path] ?? unexpected(`namesIn ${path}`)(),
    },
  );
  assert.deepEqual(found.slice(given), ['Alpine', pem('one'), pem('two')]);
});

test('of huge directories a thousand files are read, and no more', async () => {
  const names = Array.from({ length: 800 }, (_, index) => `${index}.pem`);
  const found = await systemRoots(
    { env: { SSL_CERT_FILE: '/gone', SSL_CERT_DIR: '/a:/b:/c' }, platform: 'linux' },
    {
      readRegularFile: async (path) => (path.endsWith('.pem') ? pem(path) : undefined),
      namesIn: () => names,
    },
  );
  assert.equal(found.length - given, 1000);
});

test("a bundle that SSL_CERT_FILE names and that can't be read is an error", async () => {
  const error = new AppError({ code: 'unreadable-file', message: "/tmp can't be read" });
  const reading = systemRoots(
    { env: { SSL_CERT_FILE: '/tmp' }, platform: 'linux' },
    {
      readRegularFile: async () => {
        throw error;
      },
      namesIn: unexpected('namesIn'),
    },
  );
  await assert.rejects(reading, error);
});
