import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConsoleUrl } from '../../src/registry/server-url.ts';

const read = (text: string) => readConsoleUrl(new URL(text));

test('a console that a job log names leads to the registry of its cluster and the namespace', () => {
  for (const path of [
    'k8s/cluster/projects/ci-op-2c2tvgti',
    'k8s/cluster/namespaces/ci-op-2c2tvgti/',
    'k8s/ns/ci-op-2c2tvgti/pods/e2e?x=1',
    'project-details/ns/ci-op-2c2tvgti#top',
  ]) {
    const page = read(`https://console.build02.ci.openshift.org/${path}`);
    assert.equal(page.registry, 'registry.build02.ci.openshift.org');
    assert.deepEqual([page.namespace, page.isGuess, page.imageStream], ['ci-op-2c2tvgti', false, undefined]);
  }
});

test("a console named by the installer is known by its cluster's API server", () => {
  const at = (domain: string) =>
    read(`https://console-openshift-console.apps.${domain}/k8s/ns/ci/imagestreams`);
  assert.equal(at('build01.ci.devcluster.openshift.com').registry, 'registry.build01.ci.openshift.org');
  // Of app.ci's two it is the registry, and not the proxy of another.
  assert.equal(at('ci.l2s4.p1.openshiftapps.com').registry, 'registry.ci.openshift.org');
});

test('of any other cluster the default route is a guess, and of other names nothing is known', () => {
  const guessed = read('https://console-openshift-console.apps.example.com/k8s/ns/team/pods');
  assert.equal(guessed.registry, 'default-route-openshift-image-registry.apps.example.com');
  assert.equal(guessed.isGuess, true);
  for (const host of [
    'console.example.com',
    'registry.ci.openshift.org',
    'apps.example.com',
    'console.ci-x.openshift.org',
  ]) {
    assert.equal(read(`https://${host}/k8s/ns/team`).registry, undefined, host);
  }
});

test('a page of an image stream names it, and its tag', () => {
  const at = (path: string) => {
    const { namespace, imageStream, tag } = read(`https://console.build02.ci.openshift.org/k8s/${path}`);
    return [namespace, imageStream, tag];
  };
  assert.deepEqual(at('ns/ci/imagestreams/cli'), ['ci', 'cli', undefined]);
  assert.deepEqual(at('ns/ci/imagestreamtags/cli%3Alatest'), ['ci', 'cli', 'latest']);
  assert.deepEqual(at('ns/ci/image.openshift.io~v1~ImageStreamTag/cli:v1.2'), ['ci', 'cli', 'v1.2']);
  assert.deepEqual(at('cluster/nodes'), [undefined, undefined, undefined]);
  assert.deepEqual(at('ns/%/pods'), [undefined, undefined, undefined]);
  assert.deepEqual(at('ns/Upper;rm/pods'), [undefined, undefined, undefined]);
});
