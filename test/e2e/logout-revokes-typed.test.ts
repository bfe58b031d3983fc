import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ocEntryNames } from '../sandbox/kubeconfig.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { homeAtSandbox } from './helper-home.ts';
import { store } from './storing.ts';

/** A host that is linked to a login of alice's, and for which a robot's token was typed. */
async function typed(t: TestContext, robot: { lifeSeconds?: number } = {}, byContext = false) {
  const { sandbox, home, host } = await homeAtSandbox(t, compiledHelper);
  const { context } = ocEntryNames(sandbox.apiUrl, 'alice', 'alice-ns');
  const entry = byContext ? { context } : { server: sandbox.apiUrl, user: 'alice' };
  await home.write(home.configFile, JSON.stringify({ secrets: 'file', registries: { [host]: entry } }));
  const robots = sandbox.issueOAuthToken({ user: 'robot', ...robot });
  assert.equal((await store(home, host, robots)).status, 0);
  const isLive = (token: string) =>
    sandbox.cluster.credentials.oauthTokens().some(({ value }) => value === token);
  const revoke = () => home.run(['logout', host, '--revoke', '--yes'], '');
  return { sandbox, revoke, robots, live: () => [isLive(robots), isLive(home.token)] };
}

test('where a typed login is dead, the login that the host gets instead is the one that is revoked', async (t) => {
  const { sandbox, revoke, robots, live } = await typed(t);
  sandbox.revoke(robots);
  const { status, stdout, stderr } = await revoke();
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /\(alice\) was revoked/);
  assert.match(
    stdout,
    /^The login of robot stored for \S+ was not revoked: its cluster refuses it \[revoke-rejected\]$/m,
  );
  assert.deepEqual(live(), [false, false]);
});

test('one that is too near its end to be answered is revoked, and so is the login that is answered', async (t) => {
  const { revoke, live } = await typed(t, { lifeSeconds: 50 });
  const { status, stdout, stderr } = await revoke();
  assert.equal(status, 0, stderr);
  assert.match(stdout, /\(robot\) was revoked[\s\S]*\(alice\) was revoked/);
  assert.deepEqual(live(), [false, false]);
});

test('one of a host that is linked to a context by name is revoked, and the login that the host did not get is named', async (t) => {
  const { revoke, live } = await typed(t, {}, true);
  const { status, stdout, stderr } = await revoke();
  assert.equal(status, 0, stderr);
  assert.match(stdout, /\(robot\) was revoked/);
  assert.match(stdout, /^Your login to \S+ \(alice\) goes on: \S+ did not get it \[not-answered\]$/m);
  assert.deepEqual(live(), [false, true]);
});
