import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { anonymous } from './answer-of.ts';
import { helperHome } from './helper-home.ts';

const PREFIX = 'DOCKER_CREDENTIAL_OPENSHIFT_';

for (const program of helperPrograms) {
  test(`${program.name}: a job without any file is answered with the token in its environment, which is kept nowhere`, async (t) => {
    const sandbox = await runningSandbox(t);
    const token = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
    const home = helperHome(t, program);
    const env = {
      ...home.env,
      [`${PREFIX}SERVER`]: sandbox.apiUrl,
      [`${PREFIX}TOKEN`]: token,
      [`${PREFIX}CA_FILE`]: sandbox.caFile,
      [`${PREFIX}REGISTRIES`]: `${sandbox.registryHost}, other.example.com`,
    };
    for (const _ of ['once', 'again']) {
      assert.equal((await home.get(sandbox.registryHost, { env })).token, fingerprintOf(token));
    }
    assert.equal(sandbox.requests.length, 2);
    const files = readdirSync(home.directory, { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      files.filter((name) => /answers|tokens/.test(name)),
      [],
    );
    assert.deepEqual(await home.get('docker.io', { env }), anonymous());
  });

  test(`${program.name}: the environment's token file is read again when it changes, and answers are cached`, async (t) => {
    const sandbox = await runningSandbox(t);
    const issue = () => sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
    const home = helperHome(t, program);
    const file = join(home.directory, 'token');
    const env = {
      ...home.env,
      [`${PREFIX}SERVER`]: sandbox.apiUrl,
      [`${PREFIX}TOKEN_FILE`]: file,
      [`${PREFIX}CA_FILE`]: sandbox.caFile,
      [`${PREFIX}REGISTRIES`]: sandbox.registryHost,
    };
    const first = issue();
    await home.write(file, first);
    assert.equal((await home.get(sandbox.registryHost, { env })).token, fingerprintOf(first));
    sandbox.clearRequests();
    assert.equal((await home.get(sandbox.registryHost, { env })).token, fingerprintOf(first));
    assert.deepEqual(sandbox.requests, []);
    const second = issue();
    await home.write(file, second);
    assert.equal((await home.get(sandbox.registryHost, { env })).token, fingerprintOf(second));
  });

  test(`${program.name}: setup names the helper in the files that a job without a HOME gives its engines`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = helperHome(t, program);
    const [docker, podman] = [join(home.directory, 'docker'), join(home.directory, 'podman.json')];
    const host = sandbox.registryHost;
    const env = {
      PATH: home.env.PATH ?? '',
      DOCKER_CONFIG: docker,
      REGISTRY_AUTH_FILE: podman,
      [`${PREFIX}SERVER`]: sandbox.apiUrl,
      [`${PREFIX}TOKEN`]: sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' }),
      [`${PREFIX}CA_FILE`]: sandbox.caFile,
      [`${PREFIX}REGISTRIES`]: host,
      SSL_CERT_FILE: sandbox.ingressCaFile,
    };
    const { status, stdout, stderr } = await home.run(['setup', host, '--yes'], '', { env });
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /gets the login that the environment gives\.\n/);
    assert.match(stdout, /: works: the registry accepts the login of /);
    for (const path of [join(docker, 'config.json'), podman])
      assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')).credHelpers, { [host]: 'openshift' });
  });

  test(`${program.name}: what is wrong with the environment is told for its registries alone`, async (t) => {
    const home = helperHome(t, program);
    const env = { ...home.env, [`${PREFIX}TOKEN`]: 'a-token', [`${PREFIX}REGISTRIES`]: 'r.example.com' };
    const { token, said } = await home.get('r.example.com', { env });
    assert.equal(token, undefined);
    assert.match(said, /DOCKER_CREDENTIAL_OPENSHIFT_TOKEN needs DOCKER_CREDENTIAL_OPENSHIFT_SERVER/);
    assert.deepEqual(await home.get('docker.io', { env }), anonymous());
    assert.deepEqual(await home.get('other.example.com', { env }), anonymous());
  });
}
