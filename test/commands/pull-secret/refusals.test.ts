import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runningSandbox } from '../../support/running-sandbox.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { ACCOUNT, type RefresherPod, refresherPod, runHere, textWith } from './refresher-pod.ts';

const APPLY =
  'docker-credential-openshift pull-secret manifest alice-ns/pull --host \\S+ --service-account alice-ns/puller';

/** The one line that a refresh says, which fails and changes nothing. */
async function refusal(pod: RefresherPod): Promise<string> {
  const before = pod.sandbox.cluster.secrets.get('alice-ns/pull');
  const { status, stdout, stderr } = await pod.refresh();
  assert.deepEqual([status, stdout], [1, '']);
  assert.equal(pod.sandbox.cluster.secrets.get('alice-ns/pull'), before);
  assert.equal(pod.sandbox.mints.length, 0, 'no token is minted for what can not be written');
  assert.match(stderr, /^[^\n]*\n$/);
  return stderr;
}

/** Makes the Secret another one, behind the API's back. */
function change(pod: RefresherPod, changes: Partial<ReturnType<RefresherPod['secret']>>): void {
  pod.sandbox.cluster.secrets.set('alice-ns/pull', { ...pod.secret(), ...changes });
}

test('a Secret of another type, an immutable, a broken and a deleted one are named, and nothing is written', async (t) => {
  const pod = await refresherPod(t);
  const { type, data } = pod.secret();
  change(pod, { type: 'Opaque' });
  assert.match(
    await refusal(pod),
    /^Secret alice-ns\/pull is of the type "Opaque", .* \[pull-secret-type\]\. Run: oc get secrets -n alice-ns --field-selector type=kubernetes\.io\/dockerconfigjson\n$/,
  );
  change(pod, { type, immutable: true });
  assert.match(
    await refusal(pod),
    new RegExp(
      `\\[pull-secret-immutable\\]\\. Run: oc delete secret pull -n alice-ns; ${APPLY} \\| oc apply -f -\\n$`,
    ),
  );
  change(pod, { immutable: false });
  for (const text of ['{"auths":[]}', '{"auths":{},"Auths":{}}', '[', '{"auths":{"a":{},}}']) {
    pod.put(text);
    assert.match(
      await refusal(pod),
      /^Secret alice-ns\/pull, \.dockerconfigjson:1:\d+: .* \[pull-secret-broken\]\. Run: \(cd "\$\(mktemp -d\)" && oc extract secret\/pull -n alice-ns --keys=\.dockerconfigjson --to=\. && .* && oc set data secret\/pull -n alice-ns --from-file=\.dockerconfigjson && rm \.dockerconfigjson\)\n$/,
    );
  }
  change(pod, { data });
  pod.sandbox.cluster.secrets.delete('alice-ns/pull');
  assert.match(
    await refusal(pod),
    new RegExp(
      `^There is no Secret alice-ns/pull, .* \\[pull-secret-gone\\]\\. Run: ${APPLY} \\| oc apply -f -\\n$`,
    ),
  );
});

test('a Secret that OpenShift made for its own registry is left to it', async (t) => {
  const pod = await refresherPod(t);
  const data = { '.dockercfg': Buffer.from('{"quay.io":{"auth":"eDp5"}}').toString('base64') };
  for (const name of ['internal-registry-auth-token.service-account', 'token-secret.name']) {
    const annotations = { [`openshift.io/${name}`]: 'puller' };
    change(pod, { type: 'kubernetes.io/dockercfg', data, annotations });
    assert.match(
      await refusal(pod),
      /^Secret alice-ns\/pull is OpenShift's own: .* \[pull-secret-managed\]\. Run: oc get secrets /,
    );
  }
});

test('who may not get the Secret, or get it and not patch it, is told who lacks which right', async (t) => {
  const pod = await refresherPod(t);
  const { roles } = pod.sandbox.cluster;
  const role = roles.get('alice-ns/refresh-pull') ?? assert.fail('there is no Role');
  const without = (verb: string) =>
    role.rules.map((rule) => ({ ...rule, verbs: rule.verbs.filter((each) => each !== verb) }));
  const who = 'system:serviceaccount:alice-ns:refresh-pull';
  const lacks = (done: string, right: string) =>
    new RegExp(
      `^Secret alice-ns/pull can't be ${done}: ${who} lacks the right to ${right} it \\[pull-secret-forbidden\\]\\. Run: ${APPLY} --existing \\| oc apply -f -\\n$`,
    );
  roles.set('alice-ns/refresh-pull', { ...role, rules: without('get') });
  assert.match(await refusal(pod), lacks('read', 'get'));
  roles.set('alice-ns/refresh-pull', { ...role, rules: without('patch') });
  const before = pod.text();
  const { status, stderr } = await pod.refresh();
  assert.match(stderr, lacks('changed', 'patch'));
  assert.deepEqual([status, pod.text()], [1, before]);
});

test('a pod whose own token is over, and an API server that is away, are told with a command', async (t) => {
  const pod = await refresherPod(t);
  pod.clock.advanceSeconds(2 * 86_400);
  assert.match(
    await refusal(pod),
    new RegExp(
      `refuses the token of the pod's service account \\[token-refused\\]\\. Run: ${APPLY} --existing \\| oc `,
    ),
  );
  pod.clock.advanceSeconds(-2 * 86_400);
  pod.sandbox.setFault('api', 503);
  assert.match(
    await refusal(pod),
    / answered 503 .*\[unexpected-answer\]\. Run: docker-credential-openshift pull-secret refresh /,
  );
  pod.sandbox.setFault('api', 'html');
  assert.match(
    await refusal(pod),
    / \(with something else than a Secret\) \[unexpected-answer\]\. Run: docker-/,
  );
  pod.sandbox.setFault('api', null);
  await pod.sandbox.close('api');
  assert.match(
    await refusal(pod),
    /^Secret alice-ns\/pull can't be read: https:\S+ can't be reached \(connection refused\) \[api-unreachable\]\. Run: docker-credential-openshift pull-secret refresh /,
  );
  await pod.sandbox.reopen('api');
  assert.equal((await pod.refresh()).status, 0);
});

test('the old form of pull secrets, .dockercfg, is kept fresh as well', async (t) => {
  const pod = await refresherPod(t);
  const data = { '.dockercfg': Buffer.from('{"quay.io":{"auth":"eDp5"}}').toString('base64') };
  change(pod, { type: 'kubernetes.io/dockercfg', data });
  assert.equal((await pod.refresh()).status, 0);
  const config = JSON.parse(pod.text());
  assert.deepEqual(Object.keys(config), ['quay.io', pod.host]);
  assert.equal(config[pod.host].password, pod.sandbox.mints.at(-1)?.token);
  const ended = JSON.parse(textWith(pod.host, pod.tokenOf(9 * 3600, 8 * 3600))).auths;
  change(pod, { data: { '.dockercfg': Buffer.from(JSON.stringify(ended)).toString('base64') } });
  pod.sandbox.setEndpointFault('tokenrequest', 500);
  await pod.refresh();
  assert.equal(pod.text().length, '{}'.length);
});

test('a cluster that shortens tokens is told of, with the schedule that it takes', async (t) => {
  const pod = await refresherPod(t);
  pod.sandbox.cluster.tokenRequestMaximumSeconds = 3600;
  const { status, stderr } = await pod.refresh();
  assert.equal(status, 0);
  assert.match(
    stderr,
    new RegExp(
      `live for 1 hour alone, .* \\[short-lived-token\\]\\. Run: ${APPLY} --existing --schedule '\\*/10 \\* \\* \\* \\*' \\| oc `,
    ),
  );
});

test('outside of a pod the current context counts, or the one that is named; the registry may be of another cluster', async (t) => {
  const pod = await refresherPod(t);
  const other = await runningSandbox(t);
  const directory = temporaryDirectory(t);
  const context = (sandbox: typeof other) => /current-context: (.*)/.exec(sandbox.kubeconfig())?.[1] ?? '';
  const files = [other, pod.sandbox].map((sandbox, at) => {
    const file = join(directory, `kubeconfig-${at}`);
    writeFileSync(file, sandbox.kubeconfig({ token: sandbox.issueOAuthToken({ user: 'alice' }) }));
    return file;
  });
  const target = ['refresh', 'alice-ns/pull', '--service-account', ACCOUNT, '--host'];
  const own = await runHere([...target, pod.host], { KUBECONFIG: files[1] ?? '', HOME: directory });
  assert.equal(own.status, 0, own.stderr);
  const env = { KUBECONFIG: files.join(':'), HOME: directory };
  const words = [...target, other.registryHost, '--registry-context', context(other)];
  const elsewhere = await runHere([...words, '--context', context(pod.sandbox)], env);
  assert.equal(elsewhere.status, 0, elsewhere.stderr);
  const { auths } = JSON.parse(pod.text());
  assert.deepEqual(Object.keys(auths), [pod.host, other.registryHost]);
  assert.equal(auths[other.registryHost].password, other.mints.at(-1)?.token);

  const missing = await runHere([...words, '--context', 'nowhere'], env);
  assert.match(missing.stderr, /no context of that name \[no-context\]\. Run: oc config get-contexts\n$/);
  const nobody = await runHere([...target, pod.host], { HOME: directory });
  assert.match(nobody.stderr, /this is no pod .* \[no-current-context\]\. Run: oc config get-contexts\n$/);
  const known = await runHere([...target, 'registry.ci.openshift.org'], env);
  assert.match(
    known.stderr,
    /^No token of \S+ goes to registry\.ci\.openshift\.org, .* \[context-elsewhere\]\. Run: /,
  );
});
