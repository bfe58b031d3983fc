import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { createManualClock } from '../sandbox/manual-clock.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { anonymous } from './answer-of.ts';
import { bindByConfig, type HelperHome, linkedHome, loggedIn } from './helper-home.ts';
import { loginCommandOf } from './login-command-of.ts';

const DAY = 86_400_000;

/** Lets a cached answer become old enough to be checked again. */
function makeDue(home: HelperHome, host: string): void {
  home.editCached(host, (record) => {
    record.checkedAt.wallMs -= 5 * 60_000;
  });
}

for (const program of helperPrograms) {
  test(`${program.name}: an expired login is anonymous, and how long ago is said once its end was known`, async (t) => {
    const clock = createManualClock();
    const sandbox = await runningSandbox(t, { clock });
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const home = await loggedIn(t, program, sandbox, token);
    const { host } = new URL(sandbox.apiUrl);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(token));
    clock.advanceSeconds(4 * 86_400);
    // The program's own clock can't be moved: its record is, by as much.
    home.editCached(sandbox.registryHost, (record) => {
      const { token: known } = record as unknown as { token: { expiresAtMs: number } };
      known.expiresAtMs -= 4 * DAY;
      record.checkedAt.wallMs -= 4 * DAY;
    });
    assert.deepEqual(
      await home.get(sandbox.registryHost),
      anonymous(`Your login to ${host} expired 3 days ago [token-expired]. Run: ${loginCommandOf(sandbox)}`),
    );
  });

  test(`${program.name}: a token that the cluster never accepted is anonymous`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox, `sha256~${'x'.repeat(43)}`);
    await bindByConfig(home, sandbox);
    const { host } = new URL(sandbox.apiUrl);
    assert.deepEqual(
      await home.get(sandbox.registryHost),
      anonymous(
        `Your login to ${host} was refused: it expired or was revoked [token-refused]. Run: ${loginCommandOf(sandbox)}`,
      ),
    );
  });

  test(`${program.name}: a revoked token is dead for good, and the cluster is not asked about it again`, async (t) => {
    const sandbox = await runningSandbox(t, { validationCacheSeconds: 120 });
    const home = await loggedIn(t, program, sandbox);
    const { host } = new URL(sandbox.apiUrl);
    const { registryHost } = sandbox;
    assert.equal((await home.get(registryHost)).token, fingerprintOf(home.token));
    sandbox.revoke(home.token);
    makeDue(home, registryHost);
    const revoked = anonymous(
      `Your login to ${host} was revoked [token-revoked]. Run: ${loginCommandOf(sandbox)}`,
    );
    assert.deepEqual(await home.get(registryHost), revoked);
    makeDue(home, registryHost);
    sandbox.clearRequests();
    assert.deepEqual(await home.get(registryHost), revoked);
    assert.deepEqual(sandbox.requests, []);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token }));
    assert.equal((await home.get(registryHost)).token, fingerprintOf(token));
  });

  test(`${program.name}: while token validation is down a login is anonymous, and lives again after it`, async (t) => {
    const { sandbox, home, host: registryHost } = await linkedHome(t, program);
    sandbox.setOutage({ validationDown: true });
    const cold = await home.get(registryHost);
    assert.equal(cold.token, undefined);
    assert.match(cold.said, /was refused: /);
    sandbox.setOutage({ validationDown: false });
    home.editCached(registryHost, (record) => {
      record.checkedAt.wallMs -= 30_000;
    });
    assert.equal((await home.get(registryHost)).token, fingerprintOf(home.token));

    // Seen lately: the API can't look at its object, and the registry can't ask about it.
    sandbox.setOutage({ validationDown: true });
    makeDue(home, registryHost);
    const warm = await home.get(registryHost);
    assert.equal(warm.token, undefined);
    assert.match(warm.said, /^Your login to .* could not be checked \(the API server answered 503\)/);
    sandbox.setOutage({ validationDown: false });
    home.editCached(registryHost, (record) => {
      record.checkedAt.wallMs -= 30_000;
    });
    assert.equal((await home.get(registryHost)).token, fingerprintOf(home.token));
  });
}
