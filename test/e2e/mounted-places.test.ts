import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { anonymous } from './answer-of.ts';
import { inNamespaces, testAsRoot } from './as-root.ts';
import { helperHome, loggedIn } from './helper-home.ts';

/** Every file and directory below, in order. */
const below = (directory: string) => readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();

for (const program of helperPrograms) {
  testAsRoot(
    `${program.name}: on a file system that is read-only the answer is the same, and nothing is kept`,
    async (t) => {
      const sandbox = await runningSandbox(t);
      const home = await loggedIn(t, program, sandbox);
      const before = below(home.directory);
      const readOnly = inNamespaces(program, ['--mount'], 'mount -o bind,remount,ro /');
      const there = helperHome(t, readOnly);
      for (const _ of [1, 2]) {
        const { token } = await there.get(sandbox.registryHost, { env: home.env });
        assert.equal(token, fingerprintOf(home.token));
      }
      assert.deepEqual(below(home.directory), before);
    },
  );

  testAsRoot(`${program.name}: on a full disk the answer is the same, and no file is harmed`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    // The home is copied onto a small disk, which is then filled; what is there afterwards is copied back.
    const disk = join(home.directory, 'disk');
    mkdirSync(disk);
    const after = join(home.directory, 'after');
    const prepare = [
      `mount -t tmpfs -o size=64k none ${disk}`,
      `cp -r ${home.directory}/.kube ${home.directory}/.cache ${disk}`,
      `dd if=/dev/zero of=${disk}/fill bs=1k 2>/dev/null; true`,
    ].join(' && ');
    const script = `{ ${prepare}; } || exit 99; "$0" "$@"; status=$?; cp -r ${disk} ${after}; exit $status`;
    const command = [
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      script,
      ...program.command,
    ] as const;
    const there = helperHome(t, { command: [...command] });
    const env = { ...home.env, HOME: disk };
    assert.equal((await there.get(sandbox.registryHost, { env })).token, fingerprintOf(home.token));
    const cached = below(join(after, '.cache')).filter(
      (name) => name.endsWith('.json') || name.endsWith('.tmp'),
    );
    assert.notDeepEqual(cached, []);
    for (const name of cached) {
      assert.doesNotMatch(name, /\.tmp$/);
      JSON.parse(readFileSync(join(after, '.cache', name), 'utf8'));
    }
  });

  testAsRoot(
    `${program.name}: a pod's service account answers for the internal name and its cluster's own host`,
    async (t) => {
      const sandbox = await runningSandbox(t);
      const token = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
      const home = helperHome(t, program);
      writeFileSync(join(home.directory, 'token'), token);
      const account = '/run/secrets/kubernetes.io/serviceaccount';
      const mounts = [
        'mount -t tmpfs none /run',
        `mkdir -p ${account}`,
        `cp ${home.directory}/token ${account}/token`,
        `cp ${sandbox.caFile} ${account}/ca.crt`,
      ].join(' && ');
      const pod = helperHome(t, inNamespaces(program, ['--mount'], mounts));
      const { hostname, port } = new URL(sandbox.apiUrl);
      const env = { ...home.env, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
      const answer = {
        token: fingerprintOf(token),
        username: 'system-serviceaccount-alice-ns-puller',
        said: '',
      };
      const internal = 'image-registry.openshift-image-registry.svc:5000';
      assert.deepEqual(await pod.get(internal, { env }), answer);
      assert.deepEqual(await pod.get(sandbox.registryHost, { env }), answer);
      assert.deepEqual(await pod.get('registry.example.com', { env }), anonymous());
      const outside = await home.get(internal);
      assert.match(
        outside.said,
        /is the registry's name within each cluster, and this is not a pod of one \[no-pod\]\. Elsewhere pull from /,
      );
    },
  );
}
