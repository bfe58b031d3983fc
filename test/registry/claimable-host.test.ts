import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isClaimable, isInternalName } from '../../src/registry/claimable-host.ts';

test("a cluster's own route may be claimed", () => {
  for (const host of [
    'default-route-openshift-image-registry.apps.example.com',
    'registry.apps.example.com:5000',
    '127.0.0.1:5000',
    '[::1]:5000',
    'localhost',
  ]) {
    assert.equal(isClaimable(host), true, host);
  }
});

test('a public registry is never claimed, on any port, below any subdomain, with a dot at its end', () => {
  for (const host of [
    'docker.io',
    'index.docker.io',
    'quay.io',
    'quay.io:8443',
    'quay.io.',
    'cdn.quay.io',
    'ghcr.io',
    'registry.redhat.io',
    'registry.access.redhat.com',
    'registry.connect.redhat.com',
    'mcr.microsoft.com',
    'me.azurecr.io',
    'europe-docker.pkg.dev',
    'registry.k8s.io',
    'registry.gitlab.com',
    'public.ecr.aws',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com',
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
  ]) {
    assert.equal(isClaimable(host), false, host);
  }
});

test('a name that only ends like a public registry is not one', () => {
  for (const host of ['notquay.io', 'quay.io.example.com', 'my-docker.io', 'example.redhat.com']) {
    assert.equal(isClaimable(host), true, host);
  }
});

test("the registry's in-cluster names are no cluster's to claim: all clusters have them", () => {
  for (const host of [
    'image-registry.openshift-image-registry.svc:5000',
    'image-registry.openshift-image-registry.svc.cluster.local:5000',
    'docker-registry.default.svc:5000',
    'docker-registry.default.svc.cluster.local:5000',
  ]) {
    assert.equal(isInternalName(host), true, host);
    assert.equal(isClaimable(host), false, host);
    assert.equal(isClaimable(host.replace(':5000', '.:5000')), false, host);
  }
  assert.equal(isInternalName('image-registry.openshift-image-registry.svc'), false);
});
