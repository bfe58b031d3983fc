import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TokenKnowledge } from '../../src/hosts/cached-answer.ts';
import { givenToken } from '../../src/hosts/identity.ts';
import { inOneLine } from '../../src/hosts/reason.ts';
import { asItLies, identity } from '../support/identities.ts';
import { warned } from '../support/said.ts';
import { accepted, answering, DAY, HOST, minted, NOW, ORDER, robot } from './answering.ts';

const monthly = (leftMs: number) => accepted({ expiresAtMs: NOW + leftMs, lifeMs: 30 * DAY });
const knowing = (announcedAtMs: number): TokenKnowledge => ({
  fingerprint: `fingerprint of ${asItLies().token}`,
  announcedAtMs,
});

test("the end of a person's login is announced beside the token, and that it was is learnt", async () => {
  const { told } = answering({ tokens: [asItLies()], says: [monthly(6 * DAY)] });
  const { answer, warnings, knowledge } = await told();
  assert.equal(answer.kind, 'credential');
  assert.equal(
    inOneLine(warnings ?? []),
    `Your login to api.example.com:6443 ends in 6 days [ends-soon]. Run: docker-credential-openshift login work`,
  );
  assert.equal(knowledge?.announcedAtMs, NOW);
});

test('an announcement is not repeated until the next one is due', async () => {
  const again = answering({ tokens: [asItLies()], says: [monthly(6 * DAY)], knowledge: knowing(NOW - 1) });
  const { warnings, knowledge } = await again.told();
  assert.deepEqual([warnings, knowledge?.announcedAtMs], [undefined, NOW - 1]);
  const last = answering({ tokens: [asItLies()], says: [monthly(DAY)], knowledge: knowing(NOW - 5 * DAY) });
  assert.match(warned(await last.told()) ?? '', /ends in 1 day \[ends-soon\]\./);
});

test('a cached answer is silent until the next announcement is due, and asks about it then', async () => {
  const next = async (leftMs: number) => {
    const { answer } = await answering({ tokens: [asItLies()], says: [monthly(leftMs)] }).told();
    return answer.kind === 'credential' && answer.warnAfterMs;
  };
  assert.equal(await next(20 * DAY), NOW + 13 * DAY);
  assert.equal(await next(6 * DAY), NOW + 5 * DAY);
  assert.equal(await next(DAY / 2), undefined);
});

test('a login of 24 hours is not announced', async () => {
  const daily = accepted({ expiresAtMs: NOW + DAY, lifeMs: DAY });
  assert.equal((await answering({ tokens: [asItLies()], says: [daily] }).told()).warnings, undefined);
});

test('an end that moves with the use of the token is not announced', async () => {
  const idle = accepted({ expiresAtMs: NOW + DAY, lifeMs: 30 * DAY, idleEndsAtMs: NOW + DAY / 2 });
  assert.equal((await answering({ tokens: [asItLies()], says: [idle] }).told()).warnings, undefined);
});

test('the end of an OAuth token that was typed is announced with the login of an engine, that of a JWT is not', async () => {
  const announced = async (token: string) => {
    const stored = identity({
      context: undefined,
      isStored: true,
      source: { kind: 'token', token: givenToken(token) },
    });
    const { told } = answering({ tokens: [asItLies({ token })], says: [monthly(6 * DAY)] });
    return warned(await told(stored));
  };
  assert.equal(
    await announced('sha256~typed'),
    `The login of alice stored for ${HOST} ends in 6 days [ends-soon]. Run docker login ${HOST} or podman login --authfile ~/.docker/config.json ${HOST}.`,
  );
  assert.equal(await announced('eyJ.eyJ.x'), undefined);
});

test('what renews itself, or is not for a person to renew, is not announced', async () => {
  const silent = async (...[who, order]: Parameters<ReturnType<typeof answering>['told']>) => {
    const tokens = [{ ...minted('m'), expiresAtMs: NOW + DAY / 2 }];
    const { warnings, answer } = await answering({ tokens, says: [monthly(DAY / 2)] }).told(who, order);
    assert.deepEqual([answer.kind, warnings], ['credential', undefined]);
  };
  await silent(identity(), ORDER);
  await silent(robot());
  await silent(identity({ context: undefined }));
  await silent(identity({ source: { kind: 'token-file', path: '/t' } }));
});
