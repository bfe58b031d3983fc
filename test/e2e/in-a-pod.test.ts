import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { anonymous } from './answer-of.ts';
import { inNamespaces, testAsRoot } from './as-root.ts';
import { helperHome } from './helper-home.ts';

for (const program of helperPrograms) {
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
