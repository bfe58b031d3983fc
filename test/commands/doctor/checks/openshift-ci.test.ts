import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openshiftCi } from '../../../../src/commands/doctor/checks/openshift-ci.ts';
import { parseSubject } from '../../../../src/commands/doctor/subject.ts';
import { QCI_HOST } from '../../../../src/registry/catalogue.ts';

async function told(word: string | undefined, hosts?: string[]) {
  const subject = parseSubject(word);
  assert.ok(subject);
  const own = subject.kind === 'host' || subject.kind === 'image' ? [subject.host] : [];
  const findings = await openshiftCi({ subject, hosts: hosts ?? own });
  return findings.map(({ status, saw, mend }) => [status, saw, mend]);
}

test('an image of a registry that QCI took the place of gets its QCI spelling', async () => {
  const pull = `podman pull ${QCI_HOST}/openshift/ci:ocp_4.18_cli`;
  assert.deepEqual(await told('registry.svc.ci.openshift.org/ocp/4.18:cli'), [
    [
      'note',
      `registry.svc.ci.openshift.org/ocp/4.18:cli is called ${pull.slice('podman pull '.length)} at QCI`,
      pull,
    ],
  ]);
  assert.deepEqual(await told('registry.ci.openshift.org/ocp/4.18:cli'), [
    ['note', 'Clients are asked not to pull from registry.ci.openshift.org', pull],
  ]);
  assert.deepEqual(await told(undefined, ['registry.svc.ci.openshift.org']), []);
  assert.deepEqual(await told('registry.ci.openshift.org/ci-op-x/pipeline:src'), []);
  const [found] = await told(undefined, ['registry.ci.openshift.org']);
  assert.match(found?.[2] ?? '', /^Pull from \S+:NAMESPACE_NAME_TAG instead\.$/);
});

test("QCI's rules are told, and an image that is not named by them", async () => {
  const [rules, ...none] = await told(`${QCI_HOST}/openshift/ci:ocp_4.18_cli`);
  assert.deepEqual([rules?.[0], none], ['note', []]);
  const [, wrong] = await told(`${QCI_HOST}/ocp/4.18:cli`);
  assert.deepEqual(wrong, [
    'problem',
    'QCI has no ocp/4.18: all its images are in openshift/ci',
    `podman pull ${QCI_HOST}/openshift/ci:ocp_4.18_cli`,
  ]);
});

test("a console's URL from a job log gives the pull spec", async () => {
  const spec = 'registry.build02.ci.openshift.org/ci-op-2c2tvgti/IMAGESTREAM:TAG';
  assert.deepEqual(
    await told('https://console.build02.ci.openshift.org/k8s/cluster/projects/ci-op-2c2tvgti'),
    [['note', `Images of that project are called ${spec}`, `podman pull ${spec}`]],
  );
  assert.equal((await told('https://console.build02.ci.openshift.org/k8s/cluster/nodes'))[0]?.[0], 'problem');
  assert.equal((await told('https://console.example.com/k8s/ns/team'))[0]?.[0], 'problem');
  const [guess] = await told(
    'https://console-openshift-console.apps.example.com/k8s/ns/team/imagestreams/app',
  );
  assert.equal(
    guess?.[2],
    'podman pull default-route-openshift-image-registry.apps.example.com/team/app:TAG',
  );
});

test('of other registries nothing is said', async () => {
  assert.deepEqual(await told('registry.build02.ci.openshift.org/ci-op-x/pipeline:src'), []);
  assert.deepEqual(await told('registry.example.com'), []);
});
