import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsOfLogins, isDue, type LoginEnd } from '../../../src/cli/login/ends-of-logins.ts';
import type { Inspection } from '../../../src/credential/check-token.ts';
import { identity } from '../../support/identities.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('a login is due in its last seven days, or in the second half of a shorter life', () => {
  const due = (end: LoginEnd['end'], lifeMs?: number) => isDue({ end, lifeMs }, 0);
  assert.deepEqual(
    [due('ended'), due(-1), due(6 * DAY), due(6 * DAY, 30 * DAY), due(11 * HOUR, DAY)],
    [true, true, true, true, true],
  );
  assert.deepEqual(
    [due(null), due(undefined), due('untold'), due(8 * DAY), due(DAY - 1, DAY), due(6 * DAY, 7 * DAY)],
    [false, false, false, false, false, false],
  );
});

test("each person's login is asked about once, and what no person renews is not asked about", async () => {
  const [robots, dead] = ['a robot token', 'a dead token'];
  const of = (token: string, changes: object = {}) =>
    identity({ source: { kind: 'token', token }, ...changes });
  const alice = of('hers');
  const bob = of(dead, { user: 'bob', context: 'bobs' });
  const all = [
    alice,
    of('hers', { context: 'again' }),
    bob,
    of(robots, { user: 'robot' }),
    of('of the environment', { user: 'env', context: undefined }),
    identity({ user: 'admin', source: { kind: 'client-certificate' } }),
  ];
  const asked: string[] = [];
  const ends = await endsOfLogins({
    identities: async () => ({ all, current: alice, problems: [] }),
    isServiceAccounts: (token) => token === robots,
    inspectToken: async (_who, token): Promise<Inspection> => {
      asked.push(token);
      if (token === dead) return { kind: 'rejected' };
      const said = { username: 'alice', expiresAtMs: 5, lifeMs: 9, idleEndsAtMs: undefined };
      return { kind: 'accepted', opensImages: true, ...said };
    },
  });
  assert.deepEqual(asked, ['hers', dead]);
  assert.deepEqual(ends, [
    { identity: alice, end: 5, lifeMs: 9 },
    { identity: bob, end: 'ended', lifeMs: undefined },
  ]);
});

test('a login whose end nobody tells is kept apart from one of a cluster that can not be asked', async () => {
  const ends = (said: Inspection) =>
    endsOfLogins({
      identities: async () => ({ all: [identity()], current: undefined, problems: [] }),
      isServiceAccounts: () => false,
      inspectToken: async () => said,
    });
  const accepted = { kind: 'accepted', username: 'alice', opensImages: true } as const;
  const [untold] = await ends({ ...accepted, expiresAtMs: undefined, idleEndsAtMs: undefined });
  assert.equal(untold?.end, 'untold');
  const [unasked] = await ends({ kind: 'unreachable', detail: 'connection refused' });
  assert.deepEqual([unasked?.identity, unasked?.end], [identity(), undefined]);
});
