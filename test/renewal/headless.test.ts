import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { type Answer, answerOf } from '../e2e/answer-of.ts';
import { ocEntryNames } from '../sandbox/kubeconfig.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { compiledHelper, runHelper } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { PULLER } from './test-machine.ts';

interface Job {
  readonly sandbox: Sandbox;
  readonly directory: string;
  /** `get` with these of our variables, without their prefix, and nothing else but places for temporary files. */
  answer(variables: Readonly<Record<string, string>>): Promise<Answer>;
  /** All that the program left behind. */
  files(): string[];
}

/** A CI job: no HOME, no file of anybody's. */
async function job(t: TestContext): Promise<Job> {
  const sandbox = await runningSandbox(t);
  const directory = temporaryDirectory(t);
  const places = { XDG_RUNTIME_DIR: join(directory, 'runtime'), TMPDIR: join(directory, 'tmp') };
  for (const place of Object.values(places)) mkdirSync(place, { mode: 0o700 });
  return {
    sandbox,
    directory,
    async answer(variables) {
      const ours = Object.entries(variables).map(([name, value]) => [
        name === 'KUBECONFIG' ? name : `DOCKER_CREDENTIAL_OPENSHIFT_${name}`,
        value,
      ]);
      const env = { PATH: '/usr/bin:/bin', ...places, ...Object.fromEntries(ours) };
      const host = sandbox.registryHost;
      return answerOf(host, await runHelper(compiledHelper, 'get', host, { env, cwd: directory }));
    },
    files: () => filesBelow(directory),
  };
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

function cluster({ apiUrl, caFile, registryHost }: Sandbox): Record<string, string> {
  return { SERVER: apiUrl, CA_FILE: caFile, REGISTRIES: `other.example.com, ${registryHost}` };
}

test('a token in the environment is answered, and written to no file', async (t) => {
  const { sandbox, answer, files } = await job(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  for (let get = 0; get < 2; get++) {
    assert.deepEqual(await answer({ ...cluster(sandbox), TOKEN: `${token}\n` }), {
      token: fingerprintOf(token),
      username: 'alice',
      said: '',
    });
  }
  for (const path of files()) assert.ok(!readFileSync(path, 'utf8').includes(token), path);
});

test('a token in the environment that has ended is told apart from a login', async (t) => {
  const { sandbox, answer } = await job(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  sandbox.expire(token);
  const said = 'The token in DOCKER_CREDENTIAL_OPENSHIFT_TOKEN was refused: ';
  const answered = await answer({ ...cluster(sandbox), TOKEN: token });
  assert.equal(answered.token, undefined);
  assert.ok(answered.said.startsWith(said), answered.said);
  assert.ok(answered.said.endsWith('. Give the job a new one.'), answered.said);
});

test('a token file in the environment is read again when it changes', async (t) => {
  const { sandbox, answer, directory } = await job(t);
  const file = join(directory, 'token');
  for (let turn = 0; turn < 2; turn++) {
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    writeFileSync(file, `${token}\n`, { mode: 0o600 });
    const answered = await answer({ ...cluster(sandbox), TOKEN_FILE: file });
    assert.equal(answered.token, fingerprintOf(token), answered.said);
  }
});

test('a service account in the environment is minted for by the token beside it, which no file holds', async (t) => {
  const { sandbox, answer, files } = await job(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const variables = { ...cluster(sandbox), TOKEN: token, SERVICE_ACCOUNT: PULLER };
  const answered = await answer(variables);
  assert.equal(answered.token, fingerprintOf(sandbox.mints[0]?.token ?? ''), answered.said);
  assert.deepEqual(await answer(variables), answered);
  assert.equal(sandbox.mints.length, 1, 'minted once for the whole job');
  assert.ok(files().length > 0);
  for (const path of files()) assert.ok(!readFileSync(path, 'utf8').includes(token), path);
});

test('a context in the environment is taken for the current one', async (t) => {
  const { sandbox, answer, directory } = await job(t);
  const bob = ocEntryNames(sandbox.apiUrl, 'bob', 'bob-ns');
  const bobsToken = sandbox.issueOAuthToken({ user: 'bob' });
  const kubeconfig = sandbox.kubeconfig({
    token: sandbox.issueOAuthToken({ user: 'alice' }),
    extra: {
      contexts: [
        { context: { cluster: bob.cluster, namespace: 'bob-ns', user: bob.user }, name: bob.context },
      ],
      users: [{ name: bob.user, user: { token: bobsToken } }],
    },
  });
  const file = join(directory, 'kubeconfig');
  writeFileSync(file, kubeconfig, { mode: 0o600 });
  const variables = { KUBECONFIG: file, REGISTRIES: sandbox.registryHost };
  assert.equal((await answer(variables)).username, 'alice');
  const chosen = await answer({ ...variables, CONTEXT: bob.context });
  assert.deepEqual(chosen, { token: fingerprintOf(bobsToken), username: 'bob', said: '' });
});

test('a token without its server is named by its variable, and sent nowhere', async (t) => {
  const { sandbox, answer } = await job(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const { token: answered, said } = await answer({ REGISTRIES: sandbox.registryHost, TOKEN: token });
  assert.equal(answered, undefined);
  assert.match(said, /DOCKER_CREDENTIAL_OPENSHIFT_TOKEN needs DOCKER_CREDENTIAL_OPENSHIFT_SERVER/);
  assert.deepEqual(sandbox.requests, []);
});

test('a token in the environment that mints is not answered with what another one minted', async (t) => {
  const { sandbox, answer } = await job(t);
  const variables = { ...cluster(sandbox), SERVICE_ACCOUNT: PULLER };
  const good = sandbox.issueOAuthToken({ user: 'alice' });
  assert.notEqual((await answer({ ...variables, TOKEN: good })).token, undefined);
  assert.equal((await answer({ ...variables, TOKEN: `sha256~${'x'.repeat(43)}` })).token, undefined);
});
