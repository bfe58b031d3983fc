import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue, clusterDisplayName, findInCatalogue } from '../../src/registry/catalogue.ts';
import { isClaimable } from '../../src/registry/claimable-host.ts';
import { normaliseRegistryHost } from '../../src/registry/registry-host.ts';
import { normaliseServerUrl } from '../../src/registry/server-url.ts';

test('every host and server of the catalogue is in its one spelling, and no host is there twice', () => {
  for (const { host, server } of catalogue) {
    assert.equal(normaliseRegistryHost(host), host);
    if (server !== null) assert.equal(normaliseServerUrl(server), server);
    assert.equal(isClaimable(host), true);
  }
  assert.equal(new Set(catalogue.map(({ host }) => host)).size, catalogue.length);
});

test('only exactly a host of the catalogue is found in it', () => {
  assert.equal(findInCatalogue('registry.ci.openshift.org')?.cluster, 'app.ci');
  assert.equal(findInCatalogue('registry.ci.openshift.org.'), undefined);
  assert.equal(findInCatalogue('ci.openshift.org'), undefined);
});

test("a cluster is called by OpenShift CI's name for it, else by its API server's host", () => {
  assert.equal(clusterDisplayName('https://api.ci.l2s4.p1.openshiftapps.com:6443'), 'app.ci');
  assert.equal(clusterDisplayName('https://api.example.com:6443'), 'api.example.com:6443');
});
