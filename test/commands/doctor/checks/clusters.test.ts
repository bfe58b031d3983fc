import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contact } from '../../../../src/cluster/contact.ts';
import type { ClusterContact } from '../../../../src/commands/doctor/network-state.ts';
import { SERVER } from '../../../support/identities.ts';
import { answered, away, clusters, findingsOf, told } from '../fake-facts.ts';

const contacts = (...list: readonly (Partial<ClusterContact> & { contact: Contact })[]) => ({
  clusterContacts: async () =>
    list.map((one) => ({ server: SERVER, insecure: false, hasOwnCa: false, oauth: undefined, ...one })),
});

test('a cluster that answers is fine, and the proxy that leads there is named', async () => {
  const [found] = await findingsOf('cluster', clusters(answered({ proxy: 'http://proxy:3128' })));
  const why = `The API server ${SERVER} answers by the proxy http://proxy:3128`;
  assert.deepEqual([found?.status, found?.why], ['ok', why]);
});

test("why a cluster can't be reached is told apart, each with its own effect", async () => {
  const faults = [
    'unknown-name',
    'no-lookup',
    'refused',
    'no-network',
    'late',
    'expired-certificate',
    'other-name',
    'untrusted-certificate',
    'own-fault',
    'other',
  ] as const;
  const effects = new Set<string | undefined>();
  for (const fault of faults) {
    const [found] = await findingsOf('cluster', clusters(away(fault, 'as it was')));
    assert.deepEqual([found?.status, found?.code], ['problem', `unreachable-${fault}`]);
    assert.match(found?.why ?? '', /can't be reached: as it was$/);
    assert.ok(found?.fix, fault);
    effects.add(found?.effect);
  }
  assert.equal(effects.size, faults.length);
});

test('a certificate of another authority than the kubeconfig names is told as that', async () => {
  const contact = away('untrusted-certificate', 'its certificate is not trusted');
  const [found] = await findingsOf('cluster', contacts({ contact, hasOwnCa: true }));
  assert.match(found?.why ?? '', /is of another authority than the kubeconfig names$/);
  const login = `docker-credential-openshift login ${SERVER} --certificate-authority FILE`;
  const fix = { do: `Log in with the file of its CA: ${login}` };
  assert.deepEqual(found?.fix, fix);
});

test('many servers that are away for one reason are told at once, and others beside them', async () => {
  const gone = [1, 2, 3, 4, 5].map((n) => ({
    server: `https://api${n}.example.com`,
    contact: away('late', 'no answer'),
  }));
  const six = { server: 'https://six.example.com', contact: away('refused') };
  assert.deepEqual(
    (await findingsOf('cluster', contacts(...gone, six))).map(({ why }) => why),
    [
      "5 API servers can't be reached: no answer (api1.example.com, api2.example.com, api3.example.com and 2 more)",
      "The API server https://six.example.com can't be reached: connection refused",
    ],
  );
});

test('a cluster whose certificate nobody verifies, and one whose OAuth server is down, are told of', async () => {
  const codes = async (more: Partial<ClusterContact>) =>
    (await told('cluster', contacts({ contact: answered(), ...more }))).map(([status, code]) => [
      status,
      code,
    ]);
  assert.deepEqual(await codes({ insecure: true, oauth: 'serving' }), [
    ['ok', 'api'],
    ['warning', 'api-unverified'],
  ]);
  assert.deepEqual(await codes({ oauth: 'failing' }), [
    ['ok', 'api'],
    ['problem', 'oauth-down'],
  ]);
});

test('what answers for a cluster with an error, a page or a redirect is not told to be well', async () => {
  const at = async (changes: Parameters<typeof answered>[0]) =>
    (await told('cluster', clusters(answered(changes))))[0]?.[1];
  assert.equal(await at({ status: 503 }), 'api-failing');
  assert.equal(await at({ status: 502, contentType: 'text/html' }), 'api-failing');
  assert.equal(await at({ contentType: 'text/html' }), 'no-api-server');
  assert.equal(await at({ status: 302, contentType: undefined }), 'no-api-server');
  assert.equal(await at({ status: 404 }), 'no-api-server');
  // Where nobody in particular is told nothing, an API server is there all the same.
  for (const status of [401, 403]) assert.equal(await at({ status }), 'api');
});

test('a clock that is more than a minute off is warned of, and by how much', async () => {
  const skewed = async (...skews: (number | undefined)[]) =>
    (
      await findingsOf(
        'clock-skew',
        contacts(
          ...skews.map((skewMs, n) => ({
            server: `https://api${n}.example.com`,
            contact: answered({ skewMs }),
          })),
        ),
      )
    ).map(({ code, why }) => [code, why]);
  assert.deepEqual(
    (await skewed(60_000, -60_000)).map(([code]) => code),
    ['clock'],
  );
  assert.deepEqual(await skewed(3_700_000), [
    ['clock-off', 'The clock here is 1 hour behind that of https://api0.example.com'],
  ]);
  assert.deepEqual(await skewed(-61_000), [
    ['clock-off', 'The clock here is 1 minute ahead of that of https://api0.example.com'],
  ]);
  // One of several that is off is not this machine.
  assert.equal((await skewed(0, 90_000))[0]?.[0], 'clock-of-cluster-off');
  assert.deepEqual(await skewed(undefined), []);
  assert.deepEqual(await told('clock-skew', clusters(away('refused'))), []);
});
