import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { type HelperHome, helperHome, homeAtSandbox } from './helper-home.ts';
import { makeOld, store } from './storing.ts';

/** What `status --json` says of the only host. */
async function hostIn(home: HelperHome, ...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await home.run(['status', '--json', ...args], '');
  const { hosts } = JSON.parse(stdout);
  assert.equal(hosts.length, 1, stdout);
  return hosts[0];
}

test('where a typed login was refused, status tells who gets in instead, and what became of that login', async (t) => {
  const { sandbox, home, host } = await homeAtSandbox(t, compiledHelper);
  const entry = { server: sandbox.apiUrl, user: 'alice' };
  await home.write(home.configFile, JSON.stringify({ secrets: 'file', registries: { [host]: entry } }));
  const robots = sandbox.issueOAuthToken({ user: 'robot', lifeSeconds: 7200 });
  assert.equal((await store(home, host, robots)).status, 0);
  await home.get(host);
  const before = await hostIn(home);
  assert.deepEqual([before.user, before.state, before.problem], ['robot', 'good', null]);

  sandbox.revoke(robots);
  makeOld(home, host);
  assert.equal((await home.get(host)).token, fingerprintOf(home.token));
  for (const check of [[], ['--check']]) {
    const { user, renewal, state, problem } = await hostIn(home, ...check);
    assert.deepEqual([user, renewal, state], ['alice', 'login', 'good'], String(check));
    assert.match(String(problem), /^The login of robot stored for \S+ (?:was|is) (?:refused|not accepted)/);
    // Two commands, of which a person takes one: none to paste.
    assert.match(String(problem), /\]\. Run docker login \S+ or podman login --authfile \S+ \S+\./);
  }
});

test('one that was stored for another cluster than the host is linked to now is told, before any get', async (t) => {
  const { sandbox, home, host } = await homeAtSandbox(t, compiledHelper);
  const bind = (server: string) =>
    home.write(home.configFile, JSON.stringify({ secrets: 'file', registries: { [host]: { server } } }));
  await bind('https://127.0.0.1:1');
  assert.equal((await store(home, host, sandbox.issueOAuthToken({ user: 'robot' }))).status, 0);
  await bind(sandbox.apiUrl);
  const { user, problem } = await hostIn(home);
  assert.equal(user, 'alice');
  assert.match(
    String(problem),
    /^The login of robot stored for \S+ is for 127\.0\.0\.1:1, and the host is linked /,
  );
});

test('a login that was typed for a host whose cluster is not public is what status tells of', async (t) => {
  const home = helperHome(t, compiledHelper);
  await home.write(home.configFile, '{"secrets":"file"}');
  const host = 'registry.core.ci.openshift.org';
  assert.equal((await store(home, host, 'typed')).status, 0);
  const { user, renewal, state } = await hostIn(home);
  assert.deepEqual([user, renewal, state], ['robot', 'stored', 'good']);
  await home.run('erase', host);
  assert.match(String((await hostIn(home, host)).problem), /whose API server is not public/);
});

test('a typed login turns amber in its last week, and get and renew announce its end', async (t) => {
  const { sandbox, home, host } = await homeAtSandbox(t, compiledHelper);
  const entry = { server: sandbox.apiUrl, user: 'alice' };
  await home.write(home.configFile, JSON.stringify({ secrets: 'file', registries: { [host]: entry } }));
  const [lifeSeconds, createdSecondsAgo] = [30 * 86_400, 25 * 86_400];
  const robots = sandbox.issueOAuthToken({ user: 'robot', lifeSeconds, createdSecondsAgo });
  assert.equal((await store(home, host, robots)).status, 0);
  const announced = /The login of robot stored for \S+ ends in [45] days \[ends-soon\]\. Run docker login /;
  assert.match((await home.get(host)).said, announced);
  const told = await hostIn(home);
  assert.deepEqual([told.state, told.user, told.lifeSeconds], ['ends-soon', 'robot', lifeSeconds]);
  assert.match(`${told.problem} Run: ${told.command}`, announced);
  assert.match((await home.run(['renew', host], '')).stdout, announced);

  const jwt = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'builder', lifeSeconds: 7200 });
  assert.equal((await store(home, host, jwt)).status, 0);
  // What is a robot's is for no person to renew.
  assert.doesNotMatch((await home.run(['renew', host], '')).stdout, /The login of robot/);
});
