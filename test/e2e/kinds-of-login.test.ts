import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { anonymous } from './answer-of.ts';
import { bindByConfig, homeAtSandbox, linkedHome, loggedIn } from './helper-home.ts';

for (const program of helperPrograms) {
  test(`${program.name}: a token file is read again when it changes`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const file = join(home.directory, '.kube/token');
    await home.write(file, `${home.token}\n`);
    const withFile = sandbox.kubeconfig({ token: 'unused' }).replace('token: unused', 'tokenFile: token');
    await home.write(home.kubeconfigFile, withFile);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    sandbox.clearRequests();
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    assert.deepEqual(sandbox.requests, []);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    await home.write(file, token);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(token));
  });

  test(`${program.name}: a token file that holds none is named with a command`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    const file = join(home.directory, '.kube/token');
    const withFile = sandbox.kubeconfig({ token: 'unused' }).replace('token: unused', 'tokenFile: token');
    await home.write(home.kubeconfigFile, withFile);
    assert.deepEqual(
      await home.get(sandbox.registryHost),
      anonymous(
        `The token file ${file} is not there [bad-token-file]. Put the token there, or correct the path.`,
      ),
    );
    for (const [text, fault] of [
      ['', 'is empty'],
      ['two words', 'holds no token'],
      ['\0', 'holds no token'],
    ]) {
      writeFileSync(file, String(text));
      assert.deepEqual(
        await home.get(sandbox.registryHost),
        anonymous(`The token file ${file} ${fault} [bad-token-file]. Run: ls -lL ${file}`),
      );
    }
    assert.deepEqual(sandbox.requests, []);
  });

  test(`${program.name}: an opaque token of OKD 3.11 is answered and never told`, async (t) => {
    const sandbox = await runningSandbox(t, { mode: 'okd-3.11' });
    const token = sandbox.issueOpaqueToken('alice');
    const home = await loggedIn(t, program, sandbox, token);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(token));
    sandbox.revoke(token);
    home.editCached(sandbox.registryHost, (record) => {
      record.checkedAt.wallMs -= 5 * 60_000;
    });
    const { token: answered, said } = await home.get(sandbox.registryHost);
    assert.equal(answered, undefined);
    assert.match(
      said,
      /(?:was refused|is not accepted by).* \[token-refused\]\. Run: docker-credential-openshift login/,
    );
    assert.ok(!said.includes(token));
  });

  test(`${program.name}: a service account's token is answered, bound or legacy`, async (t) => {
    const sandbox = await runningSandbox(t);
    for (const lifeSeconds of [3600, null]) {
      const token = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller', lifeSeconds });
      const home = await loggedIn(t, program, sandbox, token);
      assert.deepEqual(await home.get(sandbox.registryHost), {
        token: fingerprintOf(token),
        username: 'system-serviceaccount-alice-ns-puller',
        said: '',
      });
    }
  });

  test(`${program.name}: a token of an external identity provider is answered`, async (t) => {
    const sandbox = await runningSandbox(t, { mode: 'external-oidc' });
    const token = sandbox.issueOidcToken({ user: 'alice' });
    const home = await loggedIn(t, program, sandbox, token);
    await bindByConfig(home, sandbox);
    assert.deepEqual(await home.get(sandbox.registryHost), {
      token: fingerprintOf(token),
      username: 'alice',
      said: '',
    });
  });

  test(`${program.name}: kube:admin gets a user name that no engine cuts in two`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox, sandbox.issueOAuthToken({ user: 'kube:admin' }));
    assert.equal((await home.get(sandbox.registryHost)).username, 'kube-admin');
  });

  test(`${program.name}: a token whose scope opens no image is not answered`, async (t) => {
    const sandbox = await runningSandbox(t);
    const token = sandbox.issueOAuthToken({ user: 'alice', scopes: ['user:info'] });
    const home = await loggedIn(t, program, sandbox, token);
    await bindByConfig(home, sandbox);
    const { token: answered, said } = await home.get(sandbox.registryHost);
    assert.equal(answered, undefined);
    assert.match(
      said,
      /is of a scope that opens no image \[token-scope\]\. Run: docker-credential-openshift login/,
    );
  });

  test(`${program.name}: a login without a token says what it has instead`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    const clientCertificate = await sandbox.issueClientCertificate('alice');
    for (const [text, what] of [
      [
        sandbox.kubeconfig({}),
        /has no token: it is logged out \[no-token\]\. Run: docker-credential-openshift login/,
      ],
      [
        sandbox.kubeconfig({ clientCertificate }),
        /has a client certificate, which opens no registry; a service account can \[client-certificate\]\. Name one by docker-credential-openshift /,
      ],
    ] as const) {
      await home.write(home.kubeconfigFile, text);
      const { token: answered, said } = await home.get(sandbox.registryHost);
      assert.equal(answered, undefined);
      assert.match(said, what);
    }
    assert.deepEqual(sandbox.requests, []);
  });
}
