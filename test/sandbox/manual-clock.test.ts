import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from './manual-clock.ts';

test('whoever waits goes on when the clock has moved far enough, and not before', async () => {
  const clock = createManualClock(0);
  const passed: string[] = [];
  const short = clock.waitMs(500).then(() => passed.push('short'));
  const long = clock.waitMs(2000).then(() => passed.push('long'));
  await clock.waitMs(0);
  assert.deepEqual(passed, []);
  clock.advanceSeconds(1);
  await short;
  assert.deepEqual(passed, ['short']);
  clock.advanceSeconds(1);
  await long;
  assert.deepEqual([passed, clock.nowMs()], [['short', 'long'], 2000]);
});
