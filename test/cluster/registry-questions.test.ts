import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistryQuestions } from '../../src/cluster/registry-questions.ts';
import { noAnswer, type Reply } from '../../src/cluster/send-request.ts';

const HOST = 'registry.example.com';
const LOGIN = { username: 'u', secret: 'typed' };
const BEARER = { 'www-authenticate': `Bearer realm="https://${HOST}/openshift/token"` };

/** Asks a registry that gives these answers by path. @returns the questions, and who asked for what by which authorities */
function asking(replies: Readonly<Record<string, Partial<Reply>>>) {
  const asked: [path: string, ca: string | undefined][] = [];
  const questions = createRegistryQuestions({
    connectionOf: async () => ({
      server: `https://${HOST}`,
      ca: 'kubeconfig',
      tlsServerName: undefined,
      insecure: false,
      proxyUrl: undefined,
      clientCertificate: undefined,
      fault: undefined,
    }),
    rootsOrFault: async () => ['root'],
    send: async ({ pathname }, connection) => {
      asked.push([pathname, connection.ca]);
      return { ...noAnswer(''), ...(replies[pathname] ?? assert.fail(pathname)) };
    },
    nowMs: () => 0,
    env: {},
  });
  return { ...questions, asked };
}

test('a registry is asked once for each set of authorities that it may be trusted by', async () => {
  const { registryContact, contactTrusting, asked } = asking({ '/v2/': { status: 401 } });
  for (const _ of 'twice') {
    await registryContact(HOST);
    await contactTrusting(HOST, []);
    await contactTrusting(HOST, ['own']);
  }
  assert.deepEqual(
    asked.map(([, ca]) => ca),
    ['kubeconfig', undefined, 'root\nown'],
  );
});

test('a login is asked about by the challenge alone, and faults are no refusal', async () => {
  const at = async (v2: Partial<Reply>, token: Partial<Reply> = { status: 401 }) =>
    (await asking({ '/v2/': v2, '/openshift/token': token }).askLogin(HOST, LOGIN)).kind;
  const challenged = { status: 401, headers: BEARER };
  assert.equal(await at(challenged, { status: 200, body: '{"token":"x"}' }), 'accepted');
  assert.equal(await at(challenged), 'refused');
  assert.equal(await at({ status: 503 }), 'failing');
  assert.equal(await at({ status: 200 }), 'unknown');
  assert.equal(await at({ status: 0 }), 'unknown');
});

test("of a registry that can't be reached no image is asked for", async () => {
  const { manifestWith, asked } = asking({ '/v2/': { status: 0 } });
  const image = { registry: HOST, repository: 'team/app', tag: undefined, digest: undefined };
  assert.equal((await manifestWith(HOST, image, LOGIN)).kind, 'unknown');
  assert.deepEqual(
    asked.map(([path]) => path),
    ['/v2/'],
  );
});
