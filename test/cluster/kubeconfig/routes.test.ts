import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIdentities } from '../../../src/cluster/kubeconfig/read-identities.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { context, kubeconfig } from '../../support/kubeconfig-entries.ts';

const SERVER = 'https://api.example.com:6443';
const data = (text: string) => Buffer.from(text).toString('base64');

/** Identities of contexts whose clusters have these fields besides one server. */
async function read(clusters: readonly object[], files: Record<string, string | AppError> = {}) {
  const text = kubeconfig({
    clusters: clusters.map((cluster, at) => ({ name: `c${at}`, cluster: { server: SERVER, ...cluster } })),
    contexts: clusters.map((_, at) => context(`x${at}`, `c${at}`, `u${at}`)),
  });
  const all: Record<string, string | AppError> = { '/k/config': text, ...files };
  return readIdentities({
    readRegularFile: async (path) => {
      const content = all[path];
      if (content instanceof AppError) throw content;
      return content;
    },
    exists: () => false,
    kubeconfigPaths: ['/k/config'],
    env: {},
  });
}
const routesOf = async (...args: Parameters<typeof read>) =>
  (await read(...args)).identities.all.map(({ route }) => route);

test('every part of a connection makes another route', async () => {
  const clusters = [
    {},
    { 'certificate-authority-data': data('A') },
    { 'certificate-authority-data': data('B') },
    { 'certificate-authority': 'ca' },
    { 'insecure-skip-tls-verify': true },
    { 'tls-server-name': 'other.example.com' },
    { 'proxy-url': 'http://proxy.example.com' },
    { 'proxy-url': 'http://me:pw@proxy.example.com' },
  ];
  const routes = await routesOf(clusters, { '/k/ca': 'C' });
  assert.equal(new Set(routes).size, clusters.length);
  assert.equal(routes[0], '');
  assert.ok(!routes.some((route) => route.includes('pw')));
});

test('an authority is the same as data and in a file, and line ends at its end are none', async () => {
  const clusters = [
    { 'certificate-authority-data': data('A\n') },
    { 'certificate-authority': 'ca' },
    { 'certificate-authority': '/k/again' },
    { 'certificate-authority': 'gone' },
    { 'certificate-authority': 'denied' },
  ];
  const denied = new AppError({ code: 'x', message: 'denied' });
  const [one, ...others] = await routesOf(clusters, {
    '/k/ca': 'A',
    '/k/again': 'A\n\n',
    '/k/denied': denied,
  });
  assert.deepEqual(
    others.map((route) => route === one),
    [true, true, false, false],
  );
});

test("each context's connection is its own, though all are of one server and one user", async () => {
  const clusters = [
    { 'insecure-skip-tls-verify': true },
    { 'certificate-authority-data': data('A'), 'proxy-url': 'http://proxy.example.com' },
    {},
  ];
  const { identities, connectionOf } = await read(clusters);
  const connections = await Promise.all(identities.all.map(connectionOf));
  assert.deepEqual(
    connections.map(({ insecure, ca, proxyUrl }) => [insecure, ca, proxyUrl]),
    [
      [true, undefined, undefined],
      [false, 'A', 'http://proxy.example.com'],
      [false, undefined, undefined],
    ],
  );
  // A route that no entry has: by the system's roots, and verified.
  const nobodys = await connectionOf({ server: SERVER, insecure: true, route: 'nobody has it' });
  assert.deepEqual([nobodys.insecure, nobodys.ca, nobodys.proxyUrl], [false, undefined, undefined]);
});
