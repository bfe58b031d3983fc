import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { atATerminal, lacksTerminal } from '../support/at-a-terminal.ts';
import { hangingServer } from '../support/hanging-server.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { askedInTime, inTimeBeside } from '../support/in-time.ts';
import { kubeconfig, loginTo } from '../support/kubeconfig-entries.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { anonymous } from './answer-of.ts';
import { type HelperHome, helperHome, homeAtSandbox, loggedIn } from './helper-home.ts';

const DOCKER = '.docker/config.json';
const PODMAN = '.config/containers/auth.json';

function textIn(home: HelperHome, name: string): string | undefined {
  const path = join(home.directory, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

for (const program of helperPrograms) {
  test(`${program.name}: setup alone finds the registry, binds it, and proves that it works; undone, all is as before`, async (t) => {
    const { sandbox, home, host } = await homeAtSandbox(t, program);
    const docker = '{\n    "auths": {\n        "quay.io": {"auth": "eDp5"}\n    }\n}\n';
    const podman = `{"auths":{"${host}/ns":{"auth":"c3RhbGU6b2xk"},"https://${host}/v1/":{}}}`;
    await home.write(join(home.directory, DOCKER), docker);
    await home.write(join(home.directory, PODMAN), podman);

    const dry = await home.run(['setup', '--dry-run'], '');
    assert.deepEqual([dry.status, textIn(home, DOCKER), textIn(home, PODMAN)], [0, docker, podman]);
    assert.doesNotMatch(dry.stdout, /c3RhbGU6b2xk|eDp5/);

    // What engines go by, too.
    const env = { ...home.env, SSL_CERT_FILE: sandbox.ingressCaFile };
    const { status, stdout } = await home.run(['setup', '--yes'], '', { env });
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^${host}: works: the registry accepts the login of alice\\.$`, 'm'));
    const helpers = { credHelpers: { [host]: 'openshift' } };
    assert.deepEqual(JSON.parse(textIn(home, DOCKER) ?? ''), {
      auths: { 'quay.io': { auth: 'eDp5' } },
      ...helpers,
    });
    assert.deepEqual(JSON.parse(textIn(home, PODMAN) ?? ''), { auths: {} });
    assert.notEqual(home.cached(host), undefined, 'what was decided for the proof is kept');
    assert.equal((await home.get(host)).token, fingerprintOf(home.token));

    const again = await home.run(['setup', '--yes'], '');
    assert.equal(again.status, 0);
    assert.doesNotMatch(again.stdout, /^Wrote/m);

    const undone = await home.run(['setup', '--undo', '--yes'], '');
    assert.deepEqual([undone.status, textIn(home, DOCKER), textIn(home, PODMAN)], [0, docker, podman]);
    assert.equal(existsSync(home.configFile), false);
  });

  test(`${program.name}: of 20 clusters 10 hang: setup is done within 6 s, sets up the others, and names those`, async (t) => {
    const sandboxes = await Promise.all(Array.from({ length: 10 }, () => runningSandbox(t)));
    const hanging = await Promise.all(Array.from({ length: 10 }, () => hangingServer(t)));
    const answering = sandboxes.map((sandbox) =>
      sandbox.kubeconfig({ token: sandbox.issueOAuthToken({ user: 'alice' }) }),
    );
    const silent = hanging.map((port, index) =>
      kubeconfig(loginTo(`https://127.0.0.1:${port}`, `alice${index}`, `hanging-${index}`)),
    );
    const setUp = async (logins: readonly string[]) => {
      // A new one for each try: what is set up already takes less.
      const home = helperHome(t, program);
      const files = logins.map((_, index) => join(home.directory, `login-${index}`));
      for (const [index, file] of files.entries()) await home.write(file, logins[index] ?? '');
      return home.run(['setup', '--yes'], '', { env: { ...home.env, KUBECONFIG: files.join(':') } });
    };
    // On a busy machine one of the ten servers here may answer too late for setup.
    const { status, stdout, stderr, elapsedMs } = await askedInTime(
      () =>
        inTimeBeside(
          6000,
          () => setUp([...answering, ...silent]),
          () => setUp(answering),
        ),
      (result) => result.stderr.includes("the registry can't be reached from here"),
    );
    assert.equal(status, 0, stderr);
    t.diagnostic(`it took ${Math.round(elapsedMs)} ms`);
    for (const { registryHost } of sandboxes)
      assert.match(
        stdout + stderr,
        new RegExp(`^${registryHost}: (?:works: |the registry accepts the login, but )`, 'm'),
      );
    for (let index = 0; index < hanging.length; index++)
      assert.match(
        stderr,
        new RegExp(`\\(context hanging-${index}\\) could not be asked for its registry: `),
      );
  });

  test(`${program.name}: without a terminal, and with a file that can't be read, setup says so and changes nothing`, async (t) => {
    const { home } = await homeAtSandbox(t, program);
    const unasked = await home.run(['setup'], '');
    assert.equal(unasked.status, 1);
    assert.match(unasked.stderr, /^Nothing was changed: .* Say --yes /m);
    await home.write(join(home.directory, PODMAN), '{\n  "auths": }');
    const broken = await home.run(['setup', '--yes'], '');
    assert.equal(broken.status, 1);
    assert.match(broken.stderr, new RegExp(`${PODMAN}:2:12: `));
    assert.deepEqual([textIn(home, DOCKER), existsSync(home.configFile)], [undefined, false]);
  });

  test(`${program.name}: two setups at once both end well`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const both = await Promise.all([home.run(['setup', '--yes'], ''), home.run(['setup', '--yes'], '')]);
    assert.deepEqual(
      both.map(({ status }) => status),
      [0, 0],
    );
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    assert.equal((await home.run(['setup', '--undo', '--yes'], '')).status, 0);
    assert.deepEqual([textIn(home, DOCKER), textIn(home, PODMAN)], [undefined, undefined]);
  });

  test(`${program.name}: an expired login is named with what fixes it, and so is a kubeconfig without any`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(
      t,
      program,
      sandbox,
      sandbox.issueOAuthToken({ user: 'alice', createdSecondsAgo: 1e6 }),
    );
    const expired = await home.run(['setup', '--yes'], '');
    assert.equal(expired.status, 1);
    assert.match(
      expired.stderr,
      /could not be asked for its registry: it refuses the login \[cluster-not-asked\]\. Run: /,
    );
    const empty = helperHome(t, program);
    const none = await empty.run(['setup', '--yes'], '');
    assert.equal(none.status, 1);
    assert.match(
      none.stderr,
      /^You are logged in to no cluster, so no registry can be found \[no-login\]\. Run: /m,
    );
    assert.deepEqual(await empty.get('registry.example.com'), anonymous());
  });

  const why = lacksTerminal === false ? '' : ` (skipped: ${lacksTerminal})`;
  test(`${program.name}: a person at a terminal is asked once, and a no or Ctrl-C changes nothing${why}`, {
    skip: lacksTerminal,
  }, async (t) => {
    const { home } = await homeAtSandbox(t, program);
    for (const [typed, status] of [
      ['n\r', 1],
      ['\r', 1],
      ['\u0003', 1],
      ['y\r', 0],
    ] as const) {
      const command = [...program.command, 'setup', '--no-timer'];
      const { status: ended, shown } = await atATerminal(command, home.env, [['[y/N] ', typed]]);
      assert.equal(ended, status, shown);
      assert.equal(textIn(home, DOCKER) !== undefined, status === 0, shown);
      assert.equal(shown.match(/\[y\/N\]/g)?.length, 1, shown);
    }
  });
}
