import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindHost } from '../../src/registry/bind-host.ts';
import { catalogue } from '../../src/registry/catalogue.ts';

const APP_CI = 'https://api.ci.l2s4.p1.openshiftapps.com:6443';
const INTERNAL = 'image-registry.openshift-image-registry.svc:5000';
const OWN = 'https://api.example.com:6443';
const bound = (server?: string, context?: string, user?: string) => ({
  kind: 'bound' as const,
  server,
  context,
  user,
});

test("the user's config comes first: before the catalogue, before the pod, before a public registry's name", () => {
  for (const host of ['registry.ci.openshift.org', INTERNAL, 'quay.io', 'registry.example.com']) {
    assert.deepEqual(bindHost(host, { server: OWN, user: 'alice' }), bound(OWN, undefined, 'alice'), host);
    assert.deepEqual(bindHost(host, { context: 'work' }), bound(undefined, 'work'), host);
  }
});

test("the config's server is compared in its one spelling", () =>
  assert.deepEqual(bindHost('r.example.com', { server: 'https://API.example.com:6443/' }), bound(OWN)));

test('a configured server that is not a URL closes the host: no other login may stand in', () => {
  const binding = bindHost('r.example.com', { server: 'nonsense', user: 'alice' });
  assert.deepEqual(binding, { kind: 'closed', because: { kind: 'server-no-url' } });
});

test('`anonymous: true` wins over every other binding', () => {
  for (const host of ['registry.ci.openshift.org', INTERNAL, 'quay.io', 'registry.example.com']) {
    assert.deepEqual(bindHost(host, { anonymous: true, server: OWN }), { kind: 'anonymous' }, host);
  }
  assert.deepEqual(bindHost('r.example.com', { anonymous: false }), { kind: 'by-claim' });
});

test('a host of the catalogue is linked to its API server, and QCI to that of app.ci', () => {
  assert.deepEqual(bindHost('registry.ci.openshift.org', undefined), bound(APP_CI));
  assert.deepEqual(bindHost('quay-proxy.ci.openshift.org', undefined), bound(APP_CI));
  for (const { host, server, decommissioned } of catalogue) {
    if (server === null || decommissioned === true) continue;
    assert.deepEqual(bindHost(host, undefined), bound(server), host);
  }
});

test("the config may say which user of the catalogue's cluster is meant", () =>
  assert.deepEqual(bindHost('registry.ci.openshift.org', { user: 'bob' }), bound(APP_CI, undefined, 'bob')));

test('a name that merely looks like one of the catalogue binds nothing', () => {
  for (const host of [
    'registry.ci.openshift.org:5000',
    'registry.ci.openshift.org.example.com',
    'xregistry.ci.openshift.org',
    'registry.build99.ci.openshift.org',
  ]) {
    assert.deepEqual(bindHost(host, undefined), { kind: 'by-claim' }, host);
  }
});

test('a registry that is gone, or whose API server was never published, is closed, and says what to do', () => {
  const gone = bindHost('registry.svc.ci.openshift.org', undefined);
  assert.deepEqual(gone, {
    kind: 'closed',
    because: { kind: 'decommissioned', note: 'use the image in QCI instead' },
  });
  const unpublished = bindHost('registry.core.ci.openshift.org', undefined);
  assert.deepEqual(unpublished, {
    kind: 'closed',
    because: { kind: 'server-not-public', cluster: 'core-ci' },
  });
});

test("the in-cluster name is the pod's alone; a public registry is nobody's; the rest is for a cluster to claim", () => {
  assert.deepEqual(bindHost(INTERNAL, undefined), { kind: 'in-cluster' });
  assert.deepEqual(bindHost('docker.io', undefined), { kind: 'foreign' });
  assert.deepEqual(bindHost('registry.apps.example.com', undefined), { kind: 'by-claim' });
  assert.deepEqual(bindHost('registry.apps.example.com', {}), { kind: 'by-claim' });
});

test('a registry that a CI job lists gets whatever is current, unless the job or the config names a cluster', () => {
  assert.deepEqual(bindHost('registry.apps.example.com', { current: true }), { kind: 'current' });
  assert.deepEqual(bindHost('registry.ci.openshift.org', { current: true }), { kind: 'current' });
  assert.deepEqual(bindHost('r.example.com', { current: true, context: 'ci' }), {
    kind: 'bound',
    server: undefined,
    context: 'ci',
    user: undefined,
    byEnvironment: true,
  });
  assert.deepEqual(bindHost('r.example.com', { current: true, anonymous: true }), { kind: 'anonymous' });
});
