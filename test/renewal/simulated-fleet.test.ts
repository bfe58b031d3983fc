import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MARGIN_MS } from '../../src/hosts/answer.ts';
import { AT_HALF } from '../../src/hosts/renewal.ts';
import { type Fleet, MINUTE_MS, ratesOf, simulateFleet } from './simulated-fleet.ts';

/** FLEET=5000 for the figures of docs/fleet.md, which `scripts/simulate-fleet` prints. */
const nodes = Number(process.env.FLEET ?? 100);
/** So few machines come by chance: their rate is taken over more minutes. */
const WINDOW = nodes >= 5000 ? 1 : 10;
const OUTAGE = { fromMs: 80 * MINUTE_MS, untilMs: 100 * MINUTE_MS };
const FLEET: Fleet = {
  seed: 1,
  nodes,
  lastsMs: 140 * MINUTE_MS,
  startWithinMs: 40 * MINUTE_MS,
  pullEveryMs: 5 * MINUTE_MS,
  outage: OUTAGE,
};

test(`a cluster that comes back after 20 minutes is not stormed by its ${nodes} machines, whose tokens live for an hour`, async () => {
  const outcome = await simulateFleet(FLEET);
  assert.equal(outcome.expired, 0);
  assert.ok(outcome.leastLeftMs > MARGIN_MS, `${outcome.leastLeftMs} ms were left to live`);
  assert.equal(outcome.anonymous.reachable, 0);
  assert.ok(outcome.pulls > nodes * 20, `${outcome.pulls} pulls`);
  assert.equal(Math.max(...outcome.mints.slice(81, 100)), 0, 'no outage was felt');
  const { mean } = ratesOf(outcome.mints, [50, 80]);
  const { most } = ratesOf(outcome.mints, [100, 140], WINDOW);
  assert.ok(most <= 2 * mean, `${most} in a minute, where it is ${mean} on average`);
});

test('the same machines do storm it where each renews at half of a life, whatever happened', async () => {
  const outcome = await simulateFleet({ ...FLEET, pace: AT_HALF });
  const { mean } = ratesOf(outcome.mints, [50, 80]);
  const { most } = ratesOf(outcome.mints, [100, 140], WINDOW);
  assert.ok(most > 2 * mean, `${most} in a minute, where it is ${mean} on average`);
});
