import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { engineLogins } from '../../src/hosts/login-command.ts';
import { fairClock } from '../support/fair-clock.ts';
import { hangingServer } from '../support/hanging-server.ts';
import { type HelperProgram, helperPrograms } from '../support/helper-program.ts';
import { listening } from '../support/listening.ts';
import { OFF_NETWORK } from '../support/off-network.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { startTokenRegistry, type TokenRegistry } from '../support/token-registry.ts';
import { anonymous } from './answer-of.ts';
import { findingsOf } from './doctor-findings.ts';
import { type HelperHome, helperHome } from './helper-home.ts';
import { answered, makeOld, store } from './storing.ts';

for (const program of helperPrograms) {
  testDeadLogins(program);
  testSilentRegistries(program);
}

/** A home without any cluster, that keeps secrets in files and trusts that authority. */
async function homeTrusting(t: TestContext, program: HelperProgram, caFile: string): Promise<HelperHome> {
  const home = helperHome(t, program, { ...OFF_NETWORK, SSL_CERT_FILE: caFile });
  await home.write(home.configFile, 'secrets: file\n');
  return home;
}

const refusalOf = (host: string) =>
  `The login of robot stored for ${host} is not accepted by ${host} [typed-refused]. Run ${engineLogins(host)}.`;

/** A login of `robot` that is answered, for a registry that has its tokens given out elsewhere. */
async function loggedInTo(registry: TokenRegistry, home: HelperHome, secret: string): Promise<void> {
  registry.logins.add(`robot:${secret}`);
  assert.equal((await store(home, registry.host, secret)).status, 0);
  assert.deepEqual(await home.get(registry.host), answered(secret));
}

function testDeadLogins(program: HelperProgram): void {
  test(`${program.name}: a typed login that was revoked at a registry of no cluster is answered no more, until the next login`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await homeTrusting(t, program, sandbox.caFile);
    const { registryHost: host } = sandbox;
    const robots = sandbox.issueOAuthToken({ user: 'robot' });
    assert.equal((await store(home, host, robots)).status, 0);
    for (const _ of 'twice') assert.deepEqual(await home.get(host), answered(robots));
    assert.deepEqual(
      sandbox.requests.map(({ path }) => path.replace(/\?.*/, '')),
      ['/v2/', '/openshift/token'],
    );

    sandbox.revoke(robots);
    makeOld(home, host);
    sandbox.clearRequests();
    for (const _ of 'twice') assert.deepEqual(await home.get(host), anonymous(refusalOf(host)));
    assert.equal(sandbox.requests.length, 2);
    const status = JSON.parse((await home.run(['status', '--json'], '')).stdout).hosts[0];
    assert.deepEqual(
      [status.host, status.state, status.command],
      [host, 'none', `docker-credential-openshift doctor ${host}`],
    );
    const renewed = await home.run(['renew', host], '');
    assert.equal(renewed.status, 1);
    assert.match(renewed.stdout, /(?:was refused|is not accepted by)/);
    assert.deepEqual(await home.get(host), anonymous(refusalOf(host)));

    const another = sandbox.issueOAuthToken({ user: 'robot' });
    assert.equal((await store(home, host, another)).status, 0);
    assert.deepEqual(await home.get(host), answered(another));
    assert.equal((await home.run(['renew', host], '')).status, 0);
    assert.deepEqual(await home.get(host), answered(another));
  });

  test(`${program.name}: where tokens are given out elsewhere, as at Docker Hub, it is asked there, and a fault takes no refusal back`, async (t) => {
    const registry = await startTokenRegistry(t);
    const home = await homeTrusting(t, program, registry.caFile);
    const { host, authHost } = registry;
    await loggedInTo(registry, home, 'first');
    assert.deepEqual(
      registry.requests.map((request) => [request.host, request.login]),
      [
        [host, false],
        [authHost, true],
      ],
    );
    registry.logins.clear();
    makeOld(home, host);
    assert.deepEqual(await home.get(host), anonymous(refusalOf(host)));
    registry.tokenStatus = 503;
    makeOld(home, host);
    assert.deepEqual(await home.get(host), anonymous(refusalOf(host)));
    registry.tokenStatus = undefined;
    registry.logins.add('robot:first');
    makeOld(home, host);
    assert.deepEqual(await home.get(host), answered('first'));
    // One that was good is not given up for a fault.
    registry.tokenStatus = 429;
    makeOld(home, host);
    assert.deepEqual(await home.get(host), answered('first'));
  });

  test(`${program.name}: doctor says of a dead one what get says, and has a remembered one forgotten`, async (t) => {
    const registry = await startTokenRegistry(t);
    const home = await homeTrusting(t, program, registry.caFile);
    const { host } = registry;
    await loggedInTo(registry, home, 'first');
    assert.equal((await findingsOf(home, [host], 'registry-login'))[0]?.status, 'ok');
    registry.logins.clear();
    assert.deepEqual(await home.get(host), answered('first'));
    const found = await findingsOf(home, [host]);
    const told = found.find(({ check }) => check === 'login');
    assert.deepEqual([told?.status, told?.fix], ['problem', `Run ${engineLogins(host)}.`]);
    assert.ok(refusalOf(host).startsWith(told?.why ?? 'nothing'), told?.why);
    assert.match(
      found.find(({ check }) => check === 'cached-answers')?.why ?? '',
      /^The helper still remembered the token of robot for \S+, which the registry/,
    );
    assert.deepEqual(await home.get(host), anonymous(refusalOf(host)));
  });
}

/** How long a `get` may take that asks nobody, and what a busy machine takes to start a process. */
const AT_ONCE_MS = 1500;

function testSilentRegistries(program: HelperProgram): void {
  test(`${program.name}: a registry that does not answer costs one get its time, and the login is answered as it was typed`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await homeTrusting(t, program, sandbox.caFile);
    const host = `127.0.0.1:${await hangingServer(t)}`;
    assert.equal((await store(home, host, 'typed')).status, 0);
    for (const [at, most] of [4000, AT_ONCE_MS, AT_ONCE_MS].entries()) {
      const elapsed = fairClock();
      assert.deepEqual(await home.get(host), answered('typed'));
      const tookMs = elapsed();
      t.diagnostic(`${at}: ${Math.round(tookMs)} ms`);
      assert.ok(tookMs < most, `it took ${Math.round(tookMs)} ms`);
      if (at > 0) continue;
      // A minute later it is not asked again, though it was only left alone for half of one.
      home.editCached(host, ({ checkedAt }) => {
        checkedAt.wallMs -= 60_000;
        if (checkedAt.uptimeMs !== null) checkedAt.uptimeMs -= 60_000;
      });
    }
  });

  test(`${program.name}: a registry that is not trusted here, speaks plain HTTP or has no such name is none that refuses`, async (t) => {
    const registry = await startTokenRegistry(t);
    const sandbox = await runningSandbox(t);
    const home = await homeTrusting(t, program, sandbox.caFile);
    const port = await listening(
      t,
      createServer((_, response) => response.writeHead(401).end()),
    );
    for (const host of [registry.host, `127.0.0.1:${port}`, 'xn--a.example.com', 'nobodys.example.com']) {
      assert.equal((await store(home, host, 'typed')).status, 0);
      for (const _ of 'twice') assert.deepEqual(await home.get(host), answered('typed'));
    }
    assert.deepEqual(registry.requests, []);
  });

  test(`${program.name}: a registry that wants no login gets none, and the login is answered`, async (t) => {
    const registry = await startTokenRegistry(t);
    const home = await homeTrusting(t, program, registry.caFile);
    registry.front = { status: 200 };
    assert.equal((await store(home, registry.host, 'typed')).status, 0);
    assert.deepEqual(await home.get(registry.host), answered('typed'));
    assert.deepEqual(
      registry.requests.map(({ login }) => login),
      [false],
    );
  });
}
