import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { type HelperProgram, helperPrograms } from '../support/helper-program.ts';
import { type HelperHome, homeAtSandbox, linkedHome } from './helper-home.ts';
import { answered, filesWith, makeOld, store } from './storing.ts';

for (const program of helperPrograms) {
  testBoundHosts(program);
}

function testBoundHosts(program: HelperProgram): void {
  const bound = async (t: TestContext): Promise<[Sandbox, HelperHome & { token: string }]> => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const entry = { server: sandbox.apiUrl, user: 'alice' };
    await home.write(
      home.configFile,
      JSON.stringify({ secrets: 'file', registries: { [sandbox.registryHost]: entry } }),
    );
    return [sandbox, home];
  };

  test(`${program.name}: a robot's token that was typed for a bound host comes before the context's own, until it is revoked`, async (t) => {
    const [sandbox, home] = await bound(t);
    const host = sandbox.registryHost;
    const robots = sandbox.issueOAuthToken({ user: 'robot', lifeSeconds: 7200 });
    assert.equal((await home.get(host)).username, 'alice');
    assert.equal((await store(home, host, robots)).status, 0);
    for (const _ of 'twice') assert.deepEqual(await home.get(host), answered(robots));
    assert.deepEqual(filesWith(home, robots).length, 1);

    sandbox.revoke(robots);
    makeOld(home, host);
    const { token, said } = await home.get(host);
    assert.equal(token, fingerprintOf(home.token));
    assert.match(
      said,
      /^Warning: The login of robot stored for .* (?:was refused|is not accepted by).* \[(?:typed|token)-refused\]\. Run docker login \S+ or podman login /,
    );
  });

  test(`${program.name}: one that has ended leaves the host to the context's own`, async (t) => {
    const [sandbox, home] = await bound(t);
    const host = sandbox.registryHost;
    const robots = sandbox.issueOAuthToken({ user: 'robot', lifeSeconds: 30 });
    assert.equal((await store(home, host, robots)).status, 0);
    const { token, said } = await home.get(host);
    assert.deepEqual([token, said], [fingerprintOf(home.token), '']);
  });

  test(`${program.name}: the context's own token is not stored, and takes the place of what was`, async (t) => {
    const [sandbox, home] = await bound(t);
    const host = sandbox.registryHost;
    const robots = sandbox.issueOAuthToken({ user: 'robot' });
    assert.equal((await store(home, host, robots)).status, 0);
    assert.equal((await home.run('erase', host)).status, 0);
    assert.match((await home.get(host)).said, /^You signed out of /);
    assert.equal((await store(home, host, home.token)).status, 0);
    assert.equal((await home.get(host)).token, fingerprintOf(home.token));
    assert.deepEqual(filesWith(home, robots), []);
    assert.equal(
      existsSync(
        join(
          home.directory,
          '.local/state/docker-credential-openshift/stored',
          `${encodeURIComponent(host)}.json`,
        ),
      ),
      false,
    );
  });

  test(`${program.name}: what docker stores of an answer that it got is kept nowhere`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program, { serviceAccount: 'alice-ns/puller' });
    const { stdout } = await home.run('get', sandbox.registryHost);
    const { status } = await home.run('store', stdout);
    assert.equal(status, 0);
    assert.equal(existsSync(join(home.directory, '.local/state/docker-credential-openshift/stored')), false);
  });

  test(`${program.name}: what was answered before somebody else was current is kept when it is typed`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    await home.write(home.configFile, '{"secrets":"file"}');
    const host = sandbox.registryHost;
    assert.equal((await home.get(host)).token, fingerprintOf(home.token));
    const bobs = sandbox.issueOAuthToken({ user: 'bob' });
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ user: 'bob', token: bobs }));
    assert.equal((await store(home, host, home.token, home.env, 'alice')).status, 0);
    const { token, username } = await home.get(host);
    assert.deepEqual([token, username], [fingerprintOf(home.token), 'alice']);
  });
}
