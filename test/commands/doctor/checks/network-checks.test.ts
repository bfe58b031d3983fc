import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cachedAnswers } from '../../../../src/commands/doctor/checks/cached-answers.ts';
import { clockSkew } from '../../../../src/commands/doctor/checks/clock-skew.ts';
import { cluster } from '../../../../src/commands/doctor/checks/cluster.ts';
import { type KubeconfigPorts, kubeconfig } from '../../../../src/commands/doctor/checks/kubeconfig.ts';
import { login } from '../../../../src/commands/doctor/checks/login.ts';
import { registry } from '../../../../src/commands/doctor/checks/registry.ts';
import { registryLogin } from '../../../../src/commands/doctor/checks/registry-login.ts';
import type {
  ClusterContact,
  Contact,
  Login,
  LoginAnswer,
} from '../../../../src/commands/doctor/network-state.ts';
import { HOST } from './checking.ts';
import { answered, away, noToken, openshiftRegistry, SERVER, token } from './network.ts';

const reading: Awaited<ReturnType<KubeconfigPorts['kubeconfig']>> = {
  files: [{ path: '/k', isThere: true }],
  problems: [],
  contexts: 2,
  current: { context: 'work', server: SERVER },
};
const clusters = (...found: readonly (Partial<ClusterContact> & { contact: Contact })[]) => ({
  clusterContacts: async () =>
    found.map((one) => ({ server: SERVER, insecure: false, hasOwnCa: false, ...one })),
});

test('a kubeconfig is told by its files, its contexts and what is wrong with it', async () => {
  const ports = (changes: Partial<typeof reading>, login = noToken('None.')) => ({
    kubeconfig: async () => ({ ...reading, ...changes }),
    loginOf: async () => login,
  });
  const told = async (changes: Partial<typeof reading>) =>
    (await kubeconfig(ports(changes), { hosts: [] })).map(({ status, saw }) => [status, saw]);
  assert.deepEqual(await told({}), [['ok', 'The kubeconfig has 2 contexts, work is current (/k)']]);
  assert.deepEqual(
    await told({ problems: ['/k: line 3, column 1: bad indent'], contexts: 0, current: undefined }),
    [
      ['problem', '/k: line 3, column 1: bad indent'],
      ['note', 'The kubeconfig has 0 contexts, none is current (/k)'],
    ],
  );
  const absent = { files: [{ path: '/k', isThere: false }], contexts: 0 };
  assert.deepEqual(await told({ ...absent, current: undefined }), [['note', 'There is no kubeconfig (/k)']]);
  assert.equal((await told(absent))[0]?.[0], 'ok');
  const none = { ...absent, current: undefined };
  const [missed] = await kubeconfig(ports(none), { hosts: [HOST] });
  assert.match(missed?.why ?? '', /a registry gets only what was typed for it$/);
  // Whoever has a login for all that was asked about is told of no other.
  const [needless] = await kubeconfig(ports(none, token({ isStored: true })), { hosts: [HOST] });
  assert.deepEqual([needless?.why, needless?.mend], ['None is needed for what was looked at', undefined]);
});

test('a cluster that answers is fine, and the proxy that leads there is named', async () => {
  const [found] = await cluster(clusters({ contact: answered({ proxy: 'http://proxy:3128' }) }));
  assert.equal(found?.status, 'ok');
  assert.equal(
    found?.saw,
    'The API server https://api.example.com:6443 answers by the proxy http://proxy:3128',
  );
});

test('why a cluster can not be reached is told apart, each with its own reason', async () => {
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
  const whys = new Set<string | undefined>();
  for (const fault of faults) {
    const [found] = await cluster(clusters({ contact: away(fault, 'as it was') }));
    assert.equal(found?.status, 'problem');
    assert.match(found?.saw ?? '', /can't be reached: as it was$/);
    assert.ok(found?.mend, fault);
    whys.add(found?.why);
  }
  assert.equal(whys.size, faults.length);
});

test('a certificate of another authority than the kubeconfig names is told as that', async () => {
  const contact = away('untrusted-certificate', 'its certificate is not trusted');
  const [found] = await cluster(clusters({ contact, hasOwnCa: true }));
  assert.match(found?.saw ?? '', /is of another authority than the kubeconfig names$/);
  assert.match(found?.mend ?? '', /^docker-credential-openshift login \S+ --certificate-authority CA-FILE$/);
});

test('many servers that are away for one reason are told at once, and others beside them', async () => {
  const gone = [1, 2, 3, 4, 5].map((n) => ({
    server: `https://api${n}.example.com`,
    contact: away('late', 'no answer'),
  }));
  const found = await cluster(
    clusters(...gone, { server: 'https://six.example.com', contact: away('refused') }),
  );
  assert.deepEqual(
    found.map(({ saw }) => saw),
    [
      "5 API servers can't be reached: no answer (api1.example.com, api2.example.com, api3.example.com and 2 more)",
      "The API server https://six.example.com can't be reached: connection refused",
    ],
  );
});

test('a cluster whose certificate nobody verifies is warned of', async () => {
  const found = await cluster(clusters({ contact: answered(), insecure: true }));
  assert.deepEqual(
    found.map(({ status }) => status),
    ['ok', 'warning'],
  );
});

test('a clock that is more than a minute off is warned of, and by how much', async () => {
  const skewed = async (...skews: (number | undefined)[]) => {
    const contacts = skews.map((skewMs, n) => ({
      server: `https://api${n}.example.com`,
      contact: answered({ skewMs }),
    }));
    return (await clockSkew(clusters(...contacts))).map(({ status, saw, mend }) => [status, saw, mend]);
  };
  const own = 'sudo timedatectl set-ntp true';
  assert.deepEqual(
    (await skewed(60_000, -60_000)).map(([status]) => status),
    ['ok'],
  );
  assert.deepEqual(await skewed(3_700_000), [
    ['warning', 'The clock here is 1 hour behind that of https://api0.example.com', own],
  ]);
  assert.deepEqual(await skewed(-61_000), [
    ['warning', 'The clock here is 1 minute ahead of that of https://api0.example.com', own],
  ]);
  // One of several that is off is not this machine.
  assert.notEqual((await skewed(0, 90_000))[0]?.[2], own);
  assert.deepEqual(await skewed(undefined), []);
  assert.deepEqual(await clockSkew(clusters({ contact: away('refused') })), []);
});

async function told(found: Login, contact: Contact = answered()) {
  const findings = await login(
    { nowMs: () => 0, loginOf: async () => found, ...clusters({ contact }) },
    { hosts: [HOST] },
  );
  return findings.map(({ status, saw, mend }) => [status, saw, mend]);
}
const gets = `${HOST} gets the token of alice at api.example.com:6443, which ends in`;

test('a login is told by its user, its cluster and its end', async () => {
  assert.deepEqual(await told(token()), [['ok', `${gets} 1 day`, undefined]]);
  assert.deepEqual(await told(token({ endsWhenIdle: true })), [
    ['ok', `${gets} 1 day, sooner if it is not used`, undefined],
  ]);
  assert.deepEqual(await told(token({ endsAtMs: null })), [
    ['ok', gets.replace(', which ends in', ''), undefined],
  ]);
  const days = 86_400_000;
  assert.deepEqual(await told(token({ endsAtMs: 3 * days })), [
    ['note', `${gets} 3 days`, 'docker-credential-openshift login work'],
  ]);
  assert.deepEqual((await told(token({ endsAtMs: 8 * days })))[0]?.[0], 'ok');
});

test('a token that could not be checked, or that a person should hear of, is warned of', async () => {
  assert.deepEqual(await told(token({ unchecked: true })), [
    ['warning', `${gets} 1 day, unchecked`, undefined],
  ]);
  const why = async (more: Parameters<typeof token>[0]) => {
    const ports = { nowMs: () => 0, loginOf: async () => token({ unchecked: true, ...more }) };
    return (await login({ ...ports, ...clusters({ contact: answered() }) }, { hosts: [HOST] }))[0]?.why;
  };
  assert.match((await why({})) ?? '', /^Neither the cluster nor the registry could be asked/);
  const typed = { isStored: true, server: undefined, endsAtMs: null };
  assert.match((await why(typed)) ?? '', /^The registry fails .* as it was typed$/);
  const warning = 'Your login to work ends in 6 days. Run: docker-credential-openshift login work';
  assert.deepEqual((await told(token({ warning }))).slice(1), [
    ['warning', 'Your login to work ends in 6 days', 'docker-credential-openshift login work'],
  ]);
});

test('why there is no token is told in the words of get, with what mends it', async () => {
  const reason = 'Your login to work expired 3 days ago. Run: docker-credential-openshift login work';
  assert.deepEqual(await told(noToken(reason)), [
    ['problem', 'Your login to work expired 3 days ago', 'docker-credential-openshift login work'],
  ]);
  assert.deepEqual(await told(noToken('It is\ngone.')), [['problem', 'It is gone', undefined]]);
  assert.deepEqual(await told(noToken(null)), []);
});

test('a login to a cluster that can not be reached was not checked, and the cluster is what is to be mended', async () => {
  const login = noToken('Your login to work could not be checked (connection refused).', { server: SERVER });
  for (const contact of [
    away('refused'),
    answered({ status: 503 }),
    answered({ contentType: 'text/html' }),
  ]) {
    assert.equal((await told(login, contact))[0]?.[0], 'skipped');
  }
  assert.equal((await told(login))[0]?.[0], 'problem');
});

test('a cluster that can not say whether a token is good is waited for, whatever else is in the way', async () => {
  const reason = 'Your login to work could not be checked (503). Pulls from it go on anonymously.';
  const [[status, , mend] = []] = await told(noToken(reason, { server: SERVER, isUnjudged: true }));
  assert.equal(status, 'problem');
  assert.match(mend ?? '', /^Wait until its cluster can check tokens again, or tell /);
});

test('of two reasons the first is told with its remedy, and a sign-out elsewhere', async () => {
  const locked = `The login of bob stored for ${HOST} can't be read: the keychain is locked`;
  const reason = `${locked}. Unlock it, and try again. No login to work in the kubeconfig. Run: oc login`;
  assert.deepEqual(await told(noToken(reason)), [['problem', locked, 'Unlock it, and try again.']]);
  assert.deepEqual(await told(noToken(`You signed out of ${HOST}. Run: x`, { isSignedOut: true })), []);
});

test('what answers for a cluster with an error, a page or a redirect is not told to be well', async () => {
  const at = async (contact: Contact) => {
    const [found] = await cluster(clusters({ contact }));
    return `${found?.status}: ${found?.saw}`;
  };
  assert.match(
    await at(answered({ status: 503 })),
    /^problem: The API server \S+ answers with an error \(503\)$/,
  );
  assert.match(
    await at(answered({ status: 502, contentType: 'text/html' })),
    /^problem: .* an error \(502\)$/,
  );
  const html = answered({ contentType: 'text/html' });
  assert.match(await at(html), /^problem: Something else than an API server answers at \S+: .* \(200\)$/);
  const redirect = answered({ status: 302, contentType: undefined });
  assert.match(await at(redirect), /^problem: .*: a redirect \(302\)$/);
  assert.match(await at(answered({ status: 404 })), /^problem: Something else/);
  // Where nobody in particular is told nothing, an API server is there all the same.
  for (const status of [401, 403]) assert.match(await at(answered({ status })), /^ok: /);
});

test('a registry is known by what it says without a token', async () => {
  const at = async (contact: Contact, host = HOST) => {
    const [found] = await registry({ registryContact: async () => contact }, { hosts: [host] });
    return [found?.status, found?.saw];
  };
  assert.deepEqual(await at(openshiftRegistry(HOST)), ['ok', `${HOST} answers as an OpenShift registry`]);
  assert.equal(
    (
      await at(
        answered({ status: 401, challenge: 'Bearer realm="https://x/v2/auth"' }),
        'quay-proxy.ci.openshift.org',
      )
    )[1],
    'quay-proxy.ci.openshift.org answers as QCI',
  );
  assert.equal((await at(answered({ status: 401, challenge: 'Basic realm="x"' })))[0], 'ok');
  assert.equal((await at(answered()))[0], 'ok');
  assert.deepEqual(await at(answered({ status: 503 })), [
    'problem',
    `${HOST} answers, and not as a registry (/v2/: 503)`,
  ]);
  assert.deepEqual(await at(answered({ status: 500 })), [
    'problem',
    `${HOST} answers with an error (/v2/: 500)`,
  ]);
  assert.equal((await at(answered({ status: 404 })))[0], 'problem');
  assert.equal((await at(answered({ contentType: 'text/html' })))[0], 'problem');
  assert.equal((await at(away('refused')))[1], `The registry ${HOST} can't be reached: connection refused`);
});

test('the in-cluster name is not looked for elsewhere, and nobody asks a registry that is gone', async () => {
  const internal = 'image-registry.openshift-image-registry.svc:5000';
  const [found] = await registry(
    { registryContact: async () => away('unknown-name') },
    { hosts: [internal] },
  );
  assert.match(found?.why ?? '', /inside of the cluster only/);
  const registryContact = () => assert.fail('it was asked');
  assert.deepEqual(await registry({ registryContact }, { hosts: ['registry.svc.ci.openshift.org'] }), []);
});

test("what the registry's own token endpoint says is told, where there is a token", async () => {
  const at = async (said: LoginAnswer | undefined, found = token()) => {
    const ports = { registryAccepts: async () => said, loginOf: async () => found };
    const [finding] = await registryLogin(ports, { hosts: [HOST] });
    return [finding?.status, finding?.saw, finding?.mend];
  };
  assert.equal((await at({ kind: 'accepted' }))[0], 'ok');
  assert.deepEqual((await at({ kind: 'refused' })).slice(1), [
    `${HOST} refuses the token that its cluster accepts`,
    `docker-credential-openshift setup ${HOST}`,
  ]);
  assert.deepEqual(await at({ kind: 'refused' }, token({ isStored: true, server: undefined })), [
    'problem',
    `${HOST} refuses the login of alice that is stored for it`,
    `docker logout ${HOST}`,
  ]);
  assert.deepEqual(await at({ kind: 'failing', status: 503 }), [
    'problem',
    `${HOST} fails where engines get their tokens from it (503)`,
    'Wait, or tell the administrators of that registry.',
  ]);
  assert.equal((await at({ kind: 'unknown', detail: 'no answer' }))[0], 'skipped');
  assert.equal((await at(undefined))[0], undefined);
  assert.equal((await at({ kind: 'accepted' }, noToken('None.')))[0], undefined);
});

test('a remembered token that the registry refuses is told once it is forgotten', async () => {
  const at = (user: string | undefined) =>
    cachedAnswers({ refusedAnswer: async () => user }, { hosts: [HOST] });
  assert.deepEqual(await at(undefined), []);
  assert.match((await at('alice'))[0]?.saw ?? '', /remembered the token of alice .* it is forgotten now$/);
});
