import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TokenKnowledge } from '../../src/hosts/cached-answer.ts';
import type { Inspection } from '../../src/hosts/check-token.ts';
import type { Obtained } from '../../src/hosts/keep-token.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { asItLies, identity, SERVER, TOKEN, unexpected } from '../support/identities.ts';
import { codesOf, said, warned } from '../support/said.ts';
import {
  accepted,
  answering,
  DAY,
  HOST,
  MINUTE,
  minted,
  NOW,
  ORDER,
  robot,
  SELF_RENEWING,
} from './answering.ts';

test('a minted token is answered until its own end, however much later the cluster puts it', async () => {
  const { told, obtained } = answering({
    tokens: [minted('m')],
    says: [accepted({ username: 'system:sa' })],
  });
  const { answer, knowledge, warnings } = await told(identity(), ORDER);
  assert.deepEqual(answer, {
    kind: 'credential',
    username: 'system-sa',
    secret: 'm',
    expiresAtMs: NOW + 8 * 60 * MINUTE,
  });
  assert.deepEqual(
    [knowledge?.fingerprint, warnings, obtained],
    ['fingerprint of m', undefined, [undefined]],
  );
});

test('a token that no header holds is not answered, and goes nowhere', async () => {
  const { told, inspected } = answering({ tokens: [minted('m'.repeat(64 * 1024 + 1))] });
  await assert.rejects(told(robot()), { code: 'token-too-long' });
  assert.deepEqual(inspected, []);
});

test('a minted token without an end is answered, and its end is not made up', async () => {
  const endless = { ...minted('m'), expiresAtMs: Number.POSITIVE_INFINITY };
  const says = [accepted({ expiresAtMs: null })];
  const { answer, knowledge } = await answering({ tokens: [endless], says }).told(identity(), ORDER);
  assert.deepEqual(
    [answer.kind === 'credential' && answer.expiresAtMs, knowledge?.expiresAtMs],
    [null, null],
  );
});

test('whoever had it minted, a token is checked though it is new', async () => {
  const file = identity({ source: { kind: 'token-file', path: '/t' } });
  const certificate = identity({ source: { kind: 'client-certificate' } });
  for (const [who, order] of [
    [identity(), ORDER],
    [identity(), SELF_RENEWING],
    [file, ORDER],
    [certificate, ORDER],
    [robot(), ORDER],
  ] as const) {
    const { told, inspected } = answering({ tokens: [minted('m')], says: [accepted()] });
    assert.equal((await told(who, order)).answer.kind, 'credential');
    assert.deepEqual(inspected, ['m']);
  }
});

test('a minted token that the cluster refuses is minted anew, once, and that one is answered', async () => {
  const { told, obtained } = answering({
    tokens: [minted('stale'), minted('new')],
    says: [{ kind: 'rejected' }, accepted()],
  });
  const { answer } = await told(identity(), ORDER);
  assert.equal(answer.kind === 'credential' && answer.secret, 'new');
  assert.deepEqual(obtained, [undefined, 'stale']);
});

test('a plugin whose token the cluster refuses is run once more, and its new token is checked', async () => {
  const { told, inspected } = answering({
    tokens: [minted('stale'), minted('new')],
    says: [{ kind: 'rejected' }, accepted()],
  });
  const { answer } = await told(robot());
  assert.equal(answer.kind === 'credential' && answer.secret, 'new');
  assert.deepEqual(inspected, ['stale', 'new']);
});

test('what is refused a second time is not minted a third time', async () => {
  const { told, obtained } = answering({
    tokens: [minted('a'), minted('b')],
    says: [{ kind: 'rejected' }, { kind: 'rejected' }],
  });
  const { answer } = await told(identity(), ORDER);
  assert.deepEqual(codesOf(answer), ['token-refused']);
  assert.equal(obtained.length, 2);
});

test('a plugin that gives the same token again is believed no more than the first time', async () => {
  const { told, inspected } = answering({
    tokens: [minted('same'), minted('same')],
    says: [{ kind: 'rejected' }],
  });
  assert.equal((await told(robot())).answer.kind, 'anonymous');
  assert.deepEqual(inspected, ['same']);
});

test("a person's token that the cluster refuses is not asked for again: only a login fixes that", async () => {
  const { told, obtained } = answering({ tokens: [asItLies()], says: [{ kind: 'rejected' }] });
  assert.equal((await told()).answer.kind, 'anonymous');
  assert.equal(obtained.length, 1);
});

test('a cluster that is away is no reason to mint anew', async () => {
  const { told, obtained } = answering({
    tokens: [minted('m')],
    says: [{ kind: 'unavailable', detail: 'why' }],
    probe: 'refused',
  });
  assert.equal((await told(identity(), ORDER)).answer.kind, 'anonymous');
  assert.equal(obtained.length, 1);
});

test('why no token is to be had is passed on', async () => {
  const { told } = answering({ tokens: [] });
  await assert.rejects(told(identity(), ORDER), AppError);
});

test("a plugin's word on the end of its token counts where it is the earlier one", async () => {
  const soon = { ...minted('p'), expiresAtMs: NOW + 10 * MINUTE };
  for (const [said, expiresAtMs] of [
    [null, NOW + 10 * MINUTE],
    [NOW + DAY, NOW + 10 * MINUTE],
    [NOW + 5 * MINUTE, NOW + 5 * MINUTE],
  ] as const) {
    const { told } = answering({ tokens: [soon], says: [accepted({ expiresAtMs: said })] });
    const { answer } = await told(robot());
    assert.equal(answer.kind === 'credential' && answer.expiresAtMs, expiresAtMs);
  }
});

test('a token that its issuer gave a minute or less is not answered, though the cluster takes it', async () => {
  const brief = { ...minted('b'), expiresAtMs: NOW + MINUTE };
  const given = { tokens: [brief], says: [accepted({ expiresAtMs: null })] };
  assert.equal(
    said((await answering(given).told(robot())).answer),
    'The token that oc gave for api.example.com:6443 expires within a minute [token-expiring]. Run: docker-credential-openshift login work',
  );
  assert.equal(
    said((await answering(given).told(identity(), ORDER)).answer),
    `The token of ci/puller expires within a minute [token-expiring]. Run: docker-credential-openshift renew ${HOST}`,
  );
});

test('a token that was issued a moment ago is asked about: the registry may be unable to validate it', async () => {
  const says: Inspection[] = [{ kind: 'unavailable', detail: 'the API server answered 503' }];
  const { told, inspected } = answering({ tokens: [minted('a')], says, probe: 'refused' });
  const { answer } = await told(identity(), ORDER);
  assert.deepEqual([answer.kind, inspected], ['anonymous', ['a']]);
});

test('a token that was signed out of is shown to nobody', async () => {
  const { told } = answering({ tokens: [asItLies()], isSignedOut: true });
  const { answer, knowledge } = await told();
  assert.deepEqual(codesOf(answer), ['token-signed-out']);
  assert.equal(knowledge, undefined);
});

test('that a renewal is due, and that it failed, is told beside the token', async () => {
  const late = { ...minted('m'), renewSoon: true, complaint: 'app.ci is away' };
  const { told } = answering({ tokens: [late], says: [accepted()] });
  const { warnings, renewSoon } = await told(identity(), ORDER);
  assert.deepEqual(
    [warnings, renewSoon],
    [[{ code: 'not-renewed', why: 'The token could not be renewed: app.ci is away' }], true],
  );
});

test('what is known of another token does not count for the one that was minted since', async () => {
  const knowledge: TokenKnowledge = { fingerprint: 'fingerprint of old', revoked: true };
  const { told } = answering({ tokens: [minted('m')], says: [accepted()], knowledge });
  assert.equal((await told(identity(), ORDER)).answer.kind, 'credential');
});

test('no token stands in a warning or a reason', async () => {
  const late = { ...asItLies(), complaint: 'away' };
  const { told } = answering({ tokens: [late], says: [accepted({ expiresAtMs: NOW + DAY / 2 })] });
  const warning = warned(await told(identity({ insecure: true }))) ?? unexpected('no warning')();
  assert.ok(warning.includes(SERVER));
  assert.ok(!warning.includes(TOKEN));
});

test('an end that nobody told is not relied on while neither the cluster nor the registry can be reached', async () => {
  const says: Inspection[] = [{ kind: 'unreachable', detail: 'timeout' }];
  const told = async (token: Obtained) =>
    (await answering({ tokens: [token], says, probe: 'unreachable' }).told(robot())).answer.kind;
  assert.equal(await told(minted('m')), 'credential');
  assert.equal(await told({ ...minted('m'), isEndAssumed: true }), 'anonymous');
});
