import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsOfLogins, isDue, type LoginEnd } from '../../../src/commands/login/ends.ts';
import type { Inspection } from '../../../src/hosts/check-token.ts';
import { givenToken } from '../../../src/hosts/identity.ts';
import type { Obtained } from '../../../src/hosts/keep-token.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { asItLies, identity, jwt, plugin, unexpected } from '../../support/identities.ts';

type EndsOfLoginsPorts = Parameters<typeof endsOfLogins>[1];

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
  const [robots, dead] = [jwt({ sub: 'system:serviceaccount:ci:robot' }), 'a dead token'];
  const of = (token: string, changes: object = {}) =>
    identity({ source: { kind: 'token', token: givenToken(token) }, ...changes });
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
  const ends = await endsOfLogins([], {
    identities: async () => ({ all, current: alice, problems: [] }),
    tokenOfPlugin: unexpected('tokenOfPlugin'),
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

test("a login whose end nobody tells is kept apart from one of a cluster that can't be asked", async () => {
  const ends = (said: Inspection) =>
    endsOfLogins([], {
      identities: async () => ({ all: [identity()], current: undefined, problems: [] }),
      tokenOfPlugin: unexpected('tokenOfPlugin'),
      inspectToken: async () => said,
    });
  const accepted = { kind: 'accepted', username: 'alice', opensImages: true } as const;
  const [untold] = await ends({ ...accepted, expiresAtMs: undefined, idleEndsAtMs: undefined });
  assert.equal(untold?.end, 'untold');
  const [unasked] = await ends({ kind: 'unreachable', detail: 'connection refused' });
  assert.deepEqual([unasked?.identity, unasked?.end], [identity(), undefined]);
});

const BY_PLUGIN = identity({ source: { kind: 'exec', plugin: plugin() } });
const GOOD = { kind: 'accepted', username: 'alice', expiresAtMs: DAY, lifeMs: DAY } as const;

/** The end of one identity's login, which a plugin gives. */
async function endByPlugin(
  tokenOfPlugin: EndsOfLoginsPorts['tokenOfPlugin'],
  inspect: (token: string) => Inspection = () => ({ ...GOOD, idleEndsAtMs: undefined, opensImages: true }),
) {
  const [end] = await endsOfLogins([BY_PLUGIN], {
    identities: async () => ({ all: [BY_PLUGIN], current: undefined, problems: [] }),
    inspectToken: async (_who, token) => inspect(token),
    tokenOfPlugin,
  });
  return end;
}

test('a plugin that gives no token without a person is due, with what it failed of', async () => {
  const failing = async () => {
    throw new AppError({
      code: 'exec-plugin',
      message: 'The exec plugin oc exited with 3',
      fix: { run: 'login' },
    });
  };
  const end = await endByPlugin(failing);
  assert.deepEqual(end, {
    identity: BY_PLUGIN,
    end: 'ended',
    lifeMs: undefined,
    why: 'The exec plugin oc exited with 3',
  });
});

test("what a plugin renews by itself is not due, and what it can't renew is towards its end", async () => {
  const obtained = (changes: Partial<Omit<Obtained, 'token'>>) => async () =>
    asItLies({ token: 'first', startedAtMs: 0, expiresAtMs: HOUR, ...changes });
  assert.equal((await endByPlugin(obtained({})))?.end, null);
  const { end, lifeMs, why } = (await endByPlugin(obtained({ complaint: 'it needs a person' }))) ?? {};
  assert.deepEqual([end, lifeMs, why], [HOUR, HOUR, 'it needs a person']);
});

test("a plugin's token that the cluster refuses is asked for once more before it counts as over", async () => {
  const refuse = (dead: readonly string[]) => (token: string) =>
    dead.includes(token)
      ? ({ kind: 'rejected' } as const)
      : { ...GOOD, idleEndsAtMs: undefined, opensImages: true };
  const givesOther = async (_who: unknown, refused: string | undefined) =>
    asItLies({ token: refused === 'first' ? 'second' : 'first' });
  assert.equal((await endByPlugin(givesOther, refuse(['first'])))?.end, null);
  assert.equal((await endByPlugin(givesOther, refuse(['first', 'second'])))?.end, 'ended');
  assert.equal(
    (await endByPlugin(async () => asItLies({ token: 'first' }), refuse(['first'])))?.end,
    'ended',
  );
});

test('a plugin that no registry host wants a token of is not run', async () => {
  const other = identity({ context: 'elsewhere', user: 'cloud', source: { kind: 'exec', plugin: plugin() } });
  const ends = await endsOfLogins([], {
    identities: async () => ({ all: [other], current: undefined, problems: [] }),
    inspectToken: unexpected('inspectToken'),
    tokenOfPlugin: unexpected('tokenOfPlugin'),
  });
  assert.deepEqual(ends, []);
});
