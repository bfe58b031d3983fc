import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImageReference } from '../../src/registry/image-reference.ts';
import { isReplacedByQci, qciSpelling } from '../../src/registry/qci.ts';

function spelled(name: string): string | undefined {
  const image = parseImageReference(`registry.ci.openshift.org/${name}`);
  assert.ok(image);
  return qciSpelling(image);
}

test('namespace, name and tag make a tag of QCI', () => {
  const at = 'quay-proxy.ci.openshift.org/openshift/ci';
  assert.equal(spelled('ocp/4.18:cli'), `${at}:ocp_4.18_cli`);
  assert.equal(spelled('ci/ci-operator'), `${at}:ci_ci-operator_latest`);
  const digest = `sha256:${'a'.repeat(64)}`;
  assert.equal(spelled(`ocp/4.18@${digest}`), `${at}@${digest}`);
  assert.equal(spelled(`ocp/4.18:cli@${digest}`), `${at}@${digest}`);
});

test('there is no spelling of what has other parts, or makes a tag that is too long', () => {
  assert.equal(spelled('cli:latest'), undefined);
  assert.equal(spelled('a/b/c:latest'), undefined);
  assert.equal(spelled(`ocp/4.18:${'t'.repeat(119)}`)?.length, 41 + 128);
  assert.equal(spelled(`ocp/4.18:${'t'.repeat(120)}`), undefined);
});

test("OpenShift CI's central registries are the ones that QCI took the place of", () => {
  assert.equal(isReplacedByQci('registry.svc.ci.openshift.org'), true);
  assert.equal(isReplacedByQci('registry.ci.openshift.org'), true);
  assert.equal(isReplacedByQci('registry.build02.ci.openshift.org'), false);
  assert.equal(isReplacedByQci('quay-proxy.ci.openshift.org'), false);
});
