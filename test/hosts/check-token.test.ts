import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TokenKnowledge } from '../../src/hosts/cached-answer.ts';
import { checkToken, type Inspection, type RegistryProbe } from '../../src/hosts/check-token.ts';
import type { Identity } from '../../src/hosts/identity.ts';
import { tokenWords } from '../../src/hosts/identity-kinds.ts';
import { identity, TOKEN, unexpected } from '../support/identities.ts';
import { said as saidOf } from '../support/said.ts';

const HOST = 'registry.example.com';
const NOW = 1_700_000_000_000;
const DAY = 86_400_000;
const LOGIN = `Run: docker-credential-openshift login work`;
const REFUSED = `Your login to api.example.com:6443 was refused: it expired or was revoked [token-refused]. ${LOGIN}`;
const UNCHECKED = `Your login to api.example.com:6443 could not be checked (why), so pulls from ${HOST} go on anonymously [token-unchecked]`;
const SCOPED = `Your token for api.example.com:6443 is of a scope that opens no image [token-scope]. ${LOGIN}`;
const REVOKED = `Your login to api.example.com:6443 was revoked [token-revoked]. ${LOGIN}`;
const unavailable: Inspection = { kind: 'unavailable', detail: 'why' };
const unreachable: Inspection = { kind: 'unreachable', detail: 'why' };

function accepted(changes: Partial<Extract<Inspection, { kind: 'accepted' }>> = {}): Inspection {
  return {
    kind: 'accepted',
    username: 'alice',
    expiresAtMs: NOW + DAY,
    idleEndsAtMs: undefined,
    opensImages: true,
    ...changes,
  };
}

/** What becomes of a token when the cluster says this of it, and the registry (which may not be asked unless given) that. */
async function check(
  said: Inspection | undefined,
  more: { known?: Partial<TokenKnowledge>; probe?: RegistryProbe; identity?: Identity } = {},
) {
  const probed: string[] = [];
  const { probe } = more;
  const ports: Parameters<typeof checkToken>[5] = {
    nowMs: () => NOW,
    inspectToken: said === undefined ? unexpected('inspectToken') : async () => said,
    probeRegistry:
      probe === undefined
        ? unexpected('probeRegistry')
        : async (host, _identity, username, token) => {
            assert.deepEqual([host, token], [HOST, TOKEN]);
            probed.push(username);
            return probe;
          },
  };
  const known = { fingerprint: 'f', ...more.known };
  const who = more.identity ?? identity();
  const words = tokenWords(HOST, who, undefined);
  const { answer, knowledge, refused } = await checkToken(HOST, who, TOKEN, known, words, ports);
  const said_ = answer.kind === 'credential' ? answer : saidOf(answer);
  return { said: said_, knowledge, probed, refused };
}

const credential = (expiresAtMs: number | null, username = 'alice-') => ({
  kind: 'credential',
  username,
  secret: TOKEN,
  expiresAtMs,
});

test('a token that the cluster accepts is the answer, and what was said of it is learnt', async () => {
  const { said, knowledge } = await check(accepted());
  assert.deepEqual(said, credential(NOW + DAY));
  assert.deepEqual(knowledge, {
    fingerprint: 'f',
    username: 'alice',
    endsWhenIdle: false,
    opensImages: true,
    expiresAtMs: NOW + DAY,
  });
});

test('an accepted token without a known end, or without any, is the answer', async () => {
  assert.deepEqual((await check(accepted({ expiresAtMs: undefined }))).said, credential(null));
  assert.deepEqual((await check(accepted({ expiresAtMs: null }))).said, credential(null));
});

test('an end that was known before stays known when the cluster does not repeat it', async () => {
  const known = { expiresAtMs: NOW + DAY };
  assert.equal(
    (await check(accepted({ expiresAtMs: undefined }), { known })).knowledge.expiresAtMs,
    NOW + DAY,
  );
});

test('an accepted token with a minute left, or less, is not answered', async () => {
  assert.equal(
    (await check(accepted({ expiresAtMs: NOW + 60_000 }))).said,
    `Your login to api.example.com:6443 expires within a minute [token-expiring]. ${LOGIN}`,
  );
  assert.deepEqual((await check(accepted({ expiresAtMs: NOW + 60_001 }))).said, credential(NOW + 60_001));
});

test('a token that was just used is not given up for idleness, but its earliest end is what is known of it', async () => {
  const { said, knowledge } = await check(accepted({ idleEndsAtMs: NOW + 30_000 }));
  assert.deepEqual(said, credential(NOW + DAY));
  assert.deepEqual([knowledge.endsWhenIdle, knowledge.expiresAtMs], [true, NOW + 30_000]);
});

test('the user name of a credential has no colon, and is neither empty nor <token>', async () => {
  const names = { 'kube:admin': 'kube-admin', '': 'openshift', '<token>': 'openshift', 'a b': 'a b' };
  for (const [username, safe] of Object.entries(names)) {
    assert.deepEqual((await check(accepted({ username }))).said, credential(NOW + DAY, safe));
  }
});

test('a user name of megabytes, which no header holds, is neither answered nor kept', async () => {
  const { said, knowledge } = await check(accepted({ username: 'a'.repeat(3_900_000) }));
  assert.deepEqual(said, credential(NOW + DAY, 'openshift'));
  assert.equal(knowledge.username, '');
  assert.deepEqual(
    (await check(accepted({ username: 'a'.repeat(1024) }))).said,
    credential(NOW + DAY, 'a'.repeat(1024)),
  );
});

test('401: anonymous, and nothing that was known is forgotten', async () => {
  const known = { expiresAtMs: NOW + 30 * DAY, username: 'alice' };
  const { said, knowledge } = await check({ kind: 'rejected' }, { known });
  assert.equal(said, REFUSED);
  assert.deepEqual(knowledge, { fingerprint: 'f', ...known });
});

test('401 after the known end says how long ago that was', async () => {
  const { said } = await check({ kind: 'rejected' }, { known: { expiresAtMs: NOW - 3 * DAY - 5 } });
  assert.equal(said, `Your login to api.example.com:6443 expired 3 days ago [token-expired]. ${LOGIN}`);
});

test('401 to a pod names nobody to sign in: the kubelet renews its token', async () => {
  const pod = identity({ inCluster: true, context: undefined });
  assert.equal(
    (await check({ kind: 'rejected' }, { identity: pod })).said,
    "The pod's service account token was refused: it expired or was revoked [token-refused]. The kubelet renews it.",
  );
});

test("404 on the token's own object: revoked for good, and the cluster is never asked about it again", async () => {
  const { said, knowledge } = await check({ kind: 'revoked' }, { known: { expiresAtMs: NOW + DAY } });
  assert.equal(said, REVOKED);
  assert.equal((await check(undefined, { known: knowledge })).said, REVOKED);
});

test('a scope that the registry refuses for manifests: anonymous, also while the cluster is away', async () => {
  const { said, knowledge } = await check(accepted({ opensImages: false }));
  assert.equal(said, SCOPED);
  assert.equal((await check(unavailable, { known: knowledge })).said, SCOPED);
});

test('5xx: the registry decides, and what it accepts is the answer', async () => {
  const { said, probed } = await check(unavailable, { probe: 'accepted' });
  assert.deepEqual(said, credential(null, 'openshift'));
  assert.deepEqual(probed, ['openshift']);
});

test('no connection to the API: the registry decides, by the name and with the end that are known', async () => {
  const known = { username: 'alice', expiresAtMs: NOW + DAY };
  const { said, probed, knowledge } = await check(unreachable, { known, probe: 'accepted' });
  assert.deepEqual(said, credential(NOW + DAY));
  assert.deepEqual(probed, ['alice']);
  assert.deepEqual(knowledge, { fingerprint: 'f', ...known });
});

test('5xx or no connection, and the registry refuses: anonymous, even if the end lies far ahead', async () => {
  const known = { expiresAtMs: NOW + DAY };
  for (const said of [unavailable, unreachable]) {
    assert.equal((await check(said, { known, probe: 'refused' })).said, UNCHECKED);
  }
});

test('5xx, and no connection to the registry: anonymous', async () => {
  const known = { expiresAtMs: NOW + DAY };
  assert.equal((await check(unavailable, { known, probe: 'unreachable' })).said, UNCHECKED);
});

test('5xx or no connection, and the registry fails, too: anonymous', async () => {
  const known = { expiresAtMs: NOW + DAY };
  for (const said of [unavailable, unreachable]) {
    assert.equal((await check(said, { known, probe: 'failing' })).said, UNCHECKED);
  }
});

test('neither connects: the token, unchecked, if its end is known to lie ahead, or to be none', async () => {
  for (const expiresAtMs of [NOW + DAY, null]) {
    const known = { username: 'alice', expiresAtMs };
    const { said } = await check(unreachable, { known, probe: 'unreachable' });
    assert.deepEqual(said, { ...credential(expiresAtMs), unchecked: true });
  }
});

test('neither connects, and its end is not known: anonymous', async () =>
  assert.equal((await check(unreachable, { probe: 'unreachable' })).said, UNCHECKED));

test('a token whose known end has come is not even shown to the registry', async () => {
  const known = { expiresAtMs: NOW - 3_600_000 };
  for (const said of [unavailable, unreachable]) {
    assert.equal(
      (await check(said, { known })).said,
      `Your login to api.example.com:6443 expired 1 hour ago [token-expired]. ${LOGIN}`,
    );
  }
});

test("a cluster of OpenShift CI is called by CI's name for it", async () => {
  const appCi = identity({ server: 'https://api.ci.l2s4.p1.openshiftapps.com:6443' });
  const { said } = await check({ kind: 'rejected' }, { identity: appCi, known: { expiresAtMs: NOW - DAY } });
  assert.equal(
    said,
    'Your login to app.ci expired 1 day ago [token-expired]. Run: docker-credential-openshift login work',
  );
});

test('only a refusal by the cluster counts as one: a token that can be had anew is worth another try then', async () => {
  const known = { expiresAtMs: NOW - DAY };
  assert.equal((await check({ kind: 'rejected' })).refused, true);
  assert.equal((await check({ kind: 'revoked' })).refused, true);
  assert.equal((await check(undefined, { known: { revoked: true } })).refused, true);
  for (const said of [accepted(), accepted({ opensImages: false }), accepted({ expiresAtMs: NOW })]) {
    assert.equal((await check(said)).refused, false);
  }
  for (const said of [unavailable, unreachable]) {
    assert.equal((await check(said, { known })).refused, false);
    assert.equal((await check(said, { probe: 'refused' })).refused, false);
  }
});

test('how long a token lives, and when its end was announced, stays known', async () => {
  const { knowledge } = await check(accepted({ lifeMs: 30 * DAY }), { known: { announcedAtMs: NOW - 5 } });
  assert.deepEqual([knowledge.lifeMs, knowledge.announcedAtMs], [30 * DAY, NOW - 5]);
  const later = await check(accepted(), { known: knowledge });
  assert.deepEqual([later.knowledge.lifeMs, later.knowledge.announcedAtMs], [30 * DAY, NOW - 5]);
});

test('no name makes pack lose an OAuth token: what it sends to dockerd has nothing that two alphabets of base64 spell differently', async () => {
  for (let length = 1; length <= 12; length++) {
    const name = 'carol-of-acme'.slice(0, length);
    const { said } = await check({ ...accepted(), username: name } as Inspection);
    const { username, secret } = said as { username: string; secret: string };
    assert.ok(username === name || username === `${name}-`, username);
    const sent = Buffer.from(`{"username":"${username}","password":"${secret}"}`).toString('base64');
    assert.doesNotMatch(sent, /[+/]/, name);
  }
});

test('of a token without an end that ends when it is idle, the idle end is what is known', async () => {
  const { knowledge } = await check(accepted({ expiresAtMs: null, idleEndsAtMs: NOW + DAY / 2 }));
  assert.deepEqual([knowledge.endsWhenIdle, knowledge.expiresAtMs], [true, NOW + DAY / 2]);
});
