import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { kubeletsName, readyFile } from '../../src/files/answer-file.ts';
import { removeAnswer } from '../../src/files/answers.ts';
import { testOfFront } from '../front/stand-in.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { nodeOf } from './node.ts';

const POD = {
  serviceAccountToken: 'a.b.c',
  serviceAccountAnnotations: { 'docker-credential-openshift/pull-as': 'a/b', 'example.com/"\\': '}' },
};

/** Everything that lies below a directory, in one text. */
function allIn(directory: string): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8')).join('\n');
}

testOfFront(
  'what every pod gets the front answers alone, to any pod, as long as nothing has changed',
  async (t) => {
    const sandbox = await runningSandbox(t);
    const front = await compiledHelper.install(temporaryDirectory(t));
    const host = 'all.example.com:5000';
    const node = await nodeOf(t, { command: [front] }, sandbox, {
      [host]: { server: sandbox.apiUrl, pods: 'all' },
    });
    const first = await node.ask({ image: `${host}/a/b` });
    assert.equal(first.auth[host]?.password, node.token);

    // From here on there is nobody to ask.
    rmSync(join(dirname(front), 'libexec'), { recursive: true });
    for (const request of [
      { image: `${host}/a/b` },
      { image: `${host}/c/d/e` },
      { image: `${host}/a/b:v1.0_X@sha256:${'a'.repeat(64)}` },
      { image: `${host}/a/b`, ...POD },
      { image: `${host}/a/b`, serviceAccountToken: POD.serviceAccountToken },
      { image: `${host}/a/b`, serviceAccountAnnotations: {} },
    ]) {
      const { auth, cacheSeconds = 0, codes } = await node.ask(request);
      assert.deepEqual([auth, codes], [first.auth, []], JSON.stringify(request));
      assert.ok(cacheSeconds > 0 && cacheSeconds <= 300);
    }
    const others = [
      await node.ask({ image: `${host}/a/b` }, 'v1beta1'),
      await node.ask({ image: 'all.example.com/a/b' }),
      await node.ask({ image: 'other.example.com/a/b' }),
      await node.ask({ image: host }),
      await node.ask({ image: `${host}/a b` }),
      await node.ask({ image: `${host}/a/b`, podName: 'web' }),
      await node.ask({ serviceAccountToken: 'x', image: `${host}/a/b` }),
      await node.send(`{"image":"${host}/a/b"}`),
      await node.send(''),
    ];
    for (const { auth, codes } of others) assert.deepEqual([auth, codes], [{}, ['not-started']]);
    appendFileSync(node.env.DOCKER_CREDENTIAL_OPENSHIFT_CONFIG ?? '', ' ');
    assert.deepEqual((await node.ask({ image: `${host}/a/b` })).codes, ['not-started']);
  },
);

for (const program of helperPrograms) {
  test(`${program.name}: what every pod gets is asked about once, and gone with the host's answer`, async (t) => {
    const sandbox = await runningSandbox(t);
    const host = 'all.example.com';
    const node = await nodeOf(t, program, sandbox, { [host]: { server: sandbox.apiUrl, pods: 'all' } });
    const ask = async () => (await node.ask({ image: `${host}/a/b`, ...POD })).auth[host]?.password;
    assert.equal(await ask(), node.token);
    const asked = sandbox.requests.length;
    assert.equal(await ask(), node.token);
    assert.equal(sandbox.requests.length, asked);
    assert.ok(existsSync(readyFile(node.cache, kubeletsName(host))));
    await removeAnswer(node.cache, host);
    assert.ok(!existsSync(readyFile(node.cache, kubeletsName(host))));
    assert.equal(await ask(), node.token);
    assert.ok(sandbox.requests.length > asked);
  });

  test(`${program.name}: a pod's own token, and what one pod alone gets, is repeated to nobody`, async (t) => {
    const sandbox = await runningSandbox(t);
    const { apiUrl: server } = sandbox;
    sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
    const node = await nodeOf(t, program, sandbox, {
      'own.example.com': { server, pods: 'own-token' },
      'robot.example.com': { server, serviceAccount: 'alice-ns/puller', pods: 'annotated' },
    });
    const serviceAccountToken = sandbox.issueServiceAccountToken({ namespace: 'shop', name: 'web' });
    const own = await node.ask({ image: 'own.example.com/a/b', serviceAccountToken });
    assert.equal(own.auth['own.example.com']?.password, serviceAccountToken);
    const serviceAccountAnnotations = { 'docker-credential-openshift/pull-as': 'alice-ns/puller' };
    const robot = await node.ask({
      image: 'robot.example.com/a/b',
      serviceAccountToken,
      serviceAccountAnnotations,
    });
    assert.equal(robot.auth['robot.example.com']?.password, sandbox.mints[0]?.token);

    assert.doesNotMatch(allIn(node.cache), new RegExp(serviceAccountToken));
    assert.deepEqual(
      readdirSync(node.cache).filter((name) => name === 'answers'),
      [],
    );
    assert.deepEqual((await node.ask({ image: 'own.example.com/a/b' })).codes, ['pod-without-token']);
    assert.deepEqual((await node.ask({ image: 'robot.example.com/a/b' })).codes, ['robot-not-named']);
    sandbox.expire(serviceAccountToken);
    assert.deepEqual((await node.ask({ image: 'own.example.com/a/b', serviceAccountToken })).codes, [
      'token-refused',
    ]);
  });
}
