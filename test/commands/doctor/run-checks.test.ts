import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check, CheckContext } from '../../../src/commands/doctor/check.ts';
import { runChecks } from '../../../src/commands/doctor/run-checks.ts';
import { AppError } from '../../../src/hosts/reason.ts';

const context = (signal = new AbortController().signal): CheckContext => ({
  subject: { kind: 'all' },
  hosts: [],
  ours: [],
  anonymous: [],
  unclaimed: [],
  aims: [],
  engines: ['docker', 'podman'],
  signal,
});
const check = (id: string, run: Check['run']): Check => ({ id, run });

test('checks run side by side, and their findings come in the order of the checks', async () => {
  const order: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const slow = check('slow', async () => {
    order.push('slow begins');
    await gate;
    return [{ status: 'ok', saw: 'slow' }];
  });
  const quick = check('quick', async () => {
    order.push('quick');
    open();
    return [{ status: 'ok', saw: 'quick' }];
  });
  const found = await runChecks([slow, quick], context());
  assert.deepEqual(order, ['slow begins', 'quick']);
  assert.deepEqual(
    found.map((finding) => [finding.check, finding.saw]),
    [
      ['slow', 'slow'],
      ['quick', 'quick'],
    ],
  );
});

test('a check that throws is a finding of its own, and the others are told', async () => {
  const error = new AppError({ code: 'x', message: 'FILE is broken: sha256~abc', fix: { run: 'mend FILE' } });
  const broken = check('broken', () => Promise.reject(error));
  const defect = check('defect', () => {
    throw new TypeError('eyJhbGciOi.x.y is no function');
  });
  const found = await runChecks([broken, defect, check('fine', async () => [])], context());
  assert.deepEqual(found[0], {
    check: 'broken',
    status: 'problem',
    saw: 'FILE is broken: ***',
    mend: 'mend FILE',
  });
  assert.deepEqual([found[1]?.check, found[1]?.status], ['defect', 'problem']);
  assert.match(found[1]?.saw ?? '', /^The check failed: unexpected TypeError: \*\*\* is no function$/);
  assert.equal(found.length, 2);
});

test('a check that is not done when the time is up is told as late', async () => {
  const controller = new AbortController();
  const hanging = check('hanging', () => new Promise(() => {}));
  const running = runChecks(
    [hanging, check('fine', async () => [{ status: 'ok', saw: 'fine' }])],
    context(controller.signal),
  );
  controller.abort();
  const found = await running;
  assert.deepEqual(
    found.map(({ check: id, status }) => [id, status]),
    [
      ['hanging', 'warning'],
      ['fine', 'ok'],
    ],
  );
});
