import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { anonymous } from './answer-of.ts';
import { helperHome, homeAtSandbox, loggedIn } from './helper-home.ts';
import { loginCommandOf } from './login-command-of.ts';

for (const program of helperPrograms) {
  test(`${program.name}: a credential is asked for once, and then answered without any request`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const answer = { token: fingerprintOf(home.token), username: 'alice', said: '' };
    assert.deepEqual(await home.get(sandbox.registryHost), answer);
    assert.equal(sandbox.requests.length, 2);
    sandbox.clearRequests();
    for (const stdin of ['pipe', 'socket'] as const) {
      assert.deepEqual(await home.get(sandbox.registryHost, { stdin }), answer);
    }
    assert.deepEqual(sandbox.requests, []);
  });

  test(`${program.name}: every spelling of a host has one cached answer, told as the engine spelt it`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    await home.get(sandbox.registryHost);
    sandbox.clearRequests();
    for (const spelling of [`https://${sandbox.registryHost}/v1/`, `${sandbox.registryHost}/alice-ns`]) {
      assert.equal((await home.get(spelling)).token, fingerprintOf(home.token));
    }
    assert.equal((await home.run('get', `${sandbox.registryHost}\n`)).status, 0);
    assert.deepEqual(sandbox.requests, []);
  });

  test(`${program.name}: "anonymous" is cached too, with what was said about it`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    await home.get(sandbox.registryHost);
    sandbox.expire(home.token);
    home.editCached(sandbox.registryHost, (record) => {
      record.checkedAt.wallMs -= 5 * 60_000;
    });
    const first = await home.get(sandbox.registryHost);
    assert.equal(first.token, undefined);
    assert.match(first.said, /Run: docker-credential-openshift login /);
    sandbox.clearRequests();
    assert.deepEqual(await home.get(sandbox.registryHost), first);
    assert.deepEqual(sandbox.requests, []);
    home.editCached(sandbox.registryHost, (record) => {
      record.checkedAt.wallMs -= 30_000;
    });
    await home.get(sandbox.registryHost);
    assert.notEqual(sandbox.requests.length, 0);
  });

  test(`${program.name}: a host that the cluster may claim costs its word once, any other none, and nothing is said of it`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const besideTheApi = '127.0.0.1:1';
    assert.deepEqual(await home.get(besideTheApi), anonymous());
    assert.notEqual(sandbox.requests.length, 0);
    sandbox.clearRequests();
    for (const host of [
      besideTheApi,
      'registry.example.com',
      'other.example.com',
      'docker.io',
      'https://index.docker.io/v1/',
    ]) {
      assert.deepEqual(await home.get(host), anonymous());
    }
    assert.deepEqual(sandbox.requests, []);
  });

  test(`${program.name}: without any login every host is anonymous, and nothing is said`, async (t) => {
    const home = helperHome(t, program);
    for (const host of ['registry.example.com', 'docker.io', 'localhost:5000']) {
      assert.deepEqual(await home.get(host), anonymous());
    }
  });

  test(`${program.name}: a cached credential is checked again when it is due, or nobody knows how old it is`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const due: ((text: string) => string)[] = [
      (text) => text.replace(/^wall .*$/m, `wall 0 ${Date.now()}`),
      (text) => text.replace(/^(boot \S+) .*$/m, '$1 0 1'),
      (text) =>
        text
          .replace(/^boot .*$/m, 'boot -')
          .replace(/^wall .*$/m, `wall ${Date.now() + 3_600_000} ${Date.now() + 3_900_000}`),
      (text) => text.replace(/^ready 1$/m, 'ready 2'),
    ];
    for (const change of due) {
      await home.get(sandbox.registryHost);
      home.editReady(sandbox.registryHost, change);
      sandbox.clearRequests();
      assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
      assert.equal(sandbox.requests.length, 1, String(change));
    }
  });

  test(`${program.name}: a clock that was set back leaves a cached credential as old as it is`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    await home.get(sandbox.registryHost);
    home.editCached(sandbox.registryHost, (record) => {
      record.checkedAt.wallMs += 3_600_000;
    });
    sandbox.clearRequests();
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    assert.deepEqual(sandbox.requests, []);
    home.editCached(sandbox.registryHost, (record) => {
      record.checkedAt.wallMs -= 5 * 60_000;
      record.checkedAt.uptimeMs = Number(record.checkedAt.uptimeMs) - 5 * 60_000;
    });
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    assert.equal(sandbox.requests.length, 1);
  });

  test(`${program.name}: a token with a minute left is not answered, and says so`, async (t) => {
    const sandbox = await runningSandbox(t);
    const token = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 59 });
    const home = await loggedIn(t, program, sandbox, token);
    const { host } = new URL(sandbox.apiUrl);
    assert.deepEqual(
      await home.get(sandbox.registryHost),
      anonymous(
        `Your login to ${host} expires within a minute [token-expiring]. Run: ${loginCommandOf(sandbox)}`,
      ),
    );
  });
}
