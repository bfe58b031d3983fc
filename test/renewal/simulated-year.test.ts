import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Outcome, type Scenario, START_MS, simulate } from './simulate.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const OUTAGES_A_YEAR = 2000;

/** The three tokens that people have. */
const LIVES = {
  'a minted token of 1 h': {
    settings: { serviceAccount: 'alice-ns/puller', tokenLifetime: 3600 },
    lifeMs: HOUR_MS,
  },
  'a minted token of 24 h that renews itself': {
    settings: { serviceAccount: 'alice-ns/puller', tokenLifetime: 86_400, selfRenew: true },
    lifeMs: DAY_MS,
  },
  "a person's login of 30 days": { settings: {}, lifeMs: 30 * DAY_MS },
} as const;

function scenario(life: keyof typeof LIVES, seed: number, days: number): Scenario {
  return { ...LIVES[life], seed, days, outages: Math.round((OUTAGES_A_YEAR * days) / 365) };
}

/** None of what must never happen did, and the simulation was one. */
function assertHeld(outcome: Outcome, gets: number): void {
  assert.deepEqual(outcome.expired, [], 'answered with an expired token');
  assert.deepEqual(outcome.publicPullsLost, []);
  assert.deepEqual(outcome.privatePullsLost, []);
  assert.ok(outcome.gets > gets, `${outcome.gets} gets`);
  assert.ok(outcome.credentials > outcome.gets * 0.8, `${outcome.credentials} credentials`);
  assert.ok(outcome.anonymous > 0, 'no outage was felt');
  assert.ok(outcome.unknowable < outcome.gets / 200, `${outcome.unknowable} pulls lost in fresh outages`);
}

for (const [life, seeds] of [
  ['a minted token of 1 h', [1]],
  ['a minted token of 24 h that renews itself', [2]],
  ["a person's login of 30 days", [3, 4]],
] as const) {
  for (const seed of seeds) {
    test(`a year with ${life} and 2,000 outages loses no pull that could succeed (seed ${seed})`, async () => {
      const { lifeMs } = LIVES[life];
      const outcome = await simulate(scenario(life, seed, 365));
      assertHeld(outcome, 30_000);
      assert.ok(outcome.longestOutageMs > lifeMs * 0.3 && outcome.longestOutageMs <= lifeMs / 2);
    });
  }
}

const CLOCKS: readonly (readonly [string, (sinceStartMs: number) => number])[] = [
  ['is 10 minutes fast', () => 10 * MINUTE_MS],
  ['is 10 minutes slow', () => -10 * MINUTE_MS],
  ['is set back 10 minutes in between', (ms) => (ms > 10.3 * DAY_MS ? -10 * MINUTE_MS : 0)],
  ['is set forward 10 minutes in between', (ms) => (ms > 10.3 * DAY_MS ? 10 * MINUTE_MS : 0)],
  ['is put right in between', (ms) => (ms < 10.3 * DAY_MS ? -10 * MINUTE_MS : 0)],
  ['is set to and fro each day', (ms) => (Math.floor(ms / DAY_MS) % 3) * 10 * MINUTE_MS - 10 * MINUTE_MS],
];

for (const [what, clockOffMs] of CLOCKS) {
  test(`a clock that ${what} answers no expired token and loses no pull`, async () => {
    for (const [seed, life] of (Object.keys(LIVES) as (keyof typeof LIVES)[]).entries()) {
      assertHeld(await simulate({ ...scenario(life, 10 + seed, 20), clockOffMs }), 1500);
    }
  });
}

test('a clock that is set back while nothing can be reached prolongs no token', async () => {
  const outcome = await simulate({
    ...scenario('a minted token of 1 h', 8, 0),
    days: 0.2,
    offline: { fromMs: 10 * MINUTE_MS, untilMs: 4 * HOUR_MS },
    clockOffMs: (ms) => (ms > 30 * MINUTE_MS ? -25 * MINUTE_MS : 0),
  });
  assert.deepEqual(outcome.expired, []);
  assert.deepEqual(outcome.publicPullsLost, []);
  const answers = outcome.story.split('\n').map((line) => line.split(' '));
  const last = answers.filter(
    ([atMs, kind]) => kind === 'credential' && Number(atMs) < START_MS + 4 * HOUR_MS,
  );
  // It was answered as long as it lived, by the clock of the cluster.
  const lastAtMs = Number(last.at(-1)?.[0]) - START_MS;
  assert.ok(lastAtMs > 40 * MINUTE_MS && lastAtMs < HOUR_MS, `answered until ${lastAtMs / MINUTE_MS} min`);
});

test('a machine that sleeps for days answers no expired token when it wakes up, and loses no pull', async () => {
  const suspends = [
    { fromMs: 2.4 * DAY_MS, untilMs: 4.9 * DAY_MS },
    { fromMs: 6 * DAY_MS, untilMs: 6 * DAY_MS + 40 * MINUTE_MS },
    { fromMs: 9.7 * DAY_MS, untilMs: 15.2 * DAY_MS },
  ];
  for (const life of Object.keys(LIVES) as (keyof typeof LIVES)[]) {
    // Logins end while it sleeps.
    assertHeld(await simulate({ ...scenario(life, 20, 25), suspends, loginLifeMs: 3 * DAY_MS }), 800);
  }
});

test('a change to and from daylight saving time changes no answer', async () => {
  const before = process.env.TZ;
  const stories: string[] = [];
  try {
    for (const zone of ['UTC', 'Europe/Berlin']) {
      process.env.TZ = zone;
      const offsets = [80, 95].map((day) => new Date(START_MS + day * DAY_MS).getTimezoneOffset());
      assert.equal(offsets[0] === offsets[1], zone === 'UTC');
      const outcome = await simulate(scenario("a person's login of 30 days", 30, 95));
      assertHeld(outcome, 7000);
      stories.push(outcome.story);
    }
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
  assert.equal(stories[0], stories[1]);
});
