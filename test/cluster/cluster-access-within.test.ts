import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noAnswer } from '../../src/cluster/send-request.ts';
import { accessTo } from '../support/access-to.ts';
import { runningSandbox } from '../support/running-sandbox.ts';

const PATH = '/apis/user.openshift.io/v1/users/~';

test('a request within a shorter time ends with it, and the server is not held to be away for that', async (t) => {
  const sandbox = await runningSandbox(t);
  // Time passes by the timers alone.
  const { access, who } = accessTo(sandbox, { ports: { nowMs: () => 1000 } });
  sandbox.setEndpointFault('users-me', 'stall');
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked = access.within(200).ask(who, 'a.token', PATH);
  await sandbox.received('users-me');
  t.mock.timers.tick(200);
  assert.deepEqual(await asked, { ...noAnswer('no answer within 0.2 s', true), afterMs: 200 });
  t.mock.timers.reset();
  sandbox.setEndpointFault('users-me', null);
  assert.equal((await access.ask(who, 'a.token', PATH)).status, 401);
});

test('all requests within a time share it', async (t) => {
  const sandbox = await runningSandbox(t);
  let nowMs = 1000;
  const { access, who } = accessTo(sandbox, { ports: { nowMs: () => nowMs } });
  const hasty = access.within(1500);
  assert.equal((await hasty.ask(who, 'a.token', PATH)).status, 401);
  nowMs += 1500;
  assert.equal((await hasty.ask(who, 'a.token', PATH)).detail, 'no time was left to ask');
  assert.equal((await access.ask(who, 'a.token', PATH)).status, 401);
});

test('a server that refuses connections is held to be away, however short the time was', async (t) => {
  const sandbox = await runningSandbox(t);
  const { access, who } = accessTo(sandbox);
  await sandbox.close('api');
  assert.equal((await access.within(500).ask(who, 'a.token', PATH)).detail, 'connection refused');
  await sandbox.reopen('api');
  assert.equal((await access.ask(who, 'a.token', PATH)).detail, 'connection refused');
});
