import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { uptimeMs } from '../../src/files/hot-files.ts';

test('the uptime is that of the machine on Linux, and is not known elsewhere', () => {
  if (process.platform !== 'linux') return assert.equal(uptimeMs(), null);
  const told = () => Number.parseFloat(readFileSync('/proc/uptime', 'latin1')) * 1000;
  const before = told();
  const between = uptimeMs() ?? Number.NaN;
  assert.ok(before - 1 <= between && between <= told() + 1);
});
