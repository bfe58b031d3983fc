import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isClaimable, isClaimableBy, isInternalName } from '../../src/registry/claimable-host.ts';

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
    'registry.hub.docker.com',
    'production.cloudflare.docker.com',
    '123456789012.dkr-ecr.eu-west-1.on.aws',
    'public.ecr.aws',
    'me.azurecr.cn',
    'lscr.io',
    'cgr.dev',
    'docker.elastic.co',
    'registry.suse.com',
    'container-registry.oracle.com',
    'dhi.io',
    'registry.fedoraproject.org',
    'me.jfrog.io',
    'codeberg.org',
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

test("the registry's in-cluster names are no cluster's to claim, on any port: all clusters have them", () => {
  for (const name of [
    'image-registry.openshift-image-registry.svc',
    'image-registry.openshift-image-registry.svc.cluster.local',
    'docker-registry.default.svc',
    'docker-registry.default.svc.cluster.local',
  ]) {
    for (const host of [name, `${name}:5000`]) assert.equal(isInternalName(host), true, host);
    for (const host of [name, `${name}:5000`, `${name}:8080`, `${name}.:5000`])
      assert.equal(isClaimable(host), false, host);
    assert.equal(isInternalName(`${name}:8080`), false);
  }
});

const claims = (api: string, host: string) =>
  isClaimableBy(host, { server: `https://${api}:6443`, inCluster: false });

test('a cluster may claim what lies under the domain that its API has', () => {
  for (const [api, host] of [
    [
      'api.ci.l2s4.p1.openshiftapps.com',
      'default-route-openshift-image-registry.apps.ci.l2s4.p1.openshiftapps.com',
    ],
    ['api.demo.ab12.p3.openshiftapps.com', 'default-route-x.apps.rosa.demo.ab12.p3.openshiftapps.com'],
    ['api.build02.gcp.ci.openshift.org', 'registry.build02.gcp.ci.openshift.org:5000'],
    ['api.lpg.example.cloud', 'registry.lpg.example.cloud'],
    ['api.example.com', 'registry.apps.example.com'],
    ['api.crc.testing', 'default-route-openshift-image-registry.apps-crc.testing'],
    ['registry.example.com', 'registry.example.com:5000'],
    ['127.0.0.1', '127.0.0.1:5000'],
    ['[::1]', '[::1]:5000'],
    ['localhost', 'localhost:5000'],
  ] as const)
    assert.equal(claims(api, host), true, `${api} ${host}`);
});

test('and nothing else, whatever it says: that is for a person to link', () => {
  for (const [api, host] of [
    ['api.a.example.com', 'registry.b.example.com'],
    ['api.a.example.com', 'registry.example.com'],
    ['api.a.example.com', 'a.example.com'],
    ['api.a.example.com', 'registry.xa.example.com'],
    ['api.a.example.com', 'registry.a.example.com.evil.example.org'],
    ['api.com', 'registry.com'],
    ['api.co.uk', 'registry.co.uk'],
    ['api.io', 'example.io'],
    ['openshift.example.com', 'registry.example.com'],
    ['api-int.a.example.com', 'registry.a.example.com'],
    ['10.0.0.1', '10.0.0.2:5000'],
    ['api.docker.io', 'registry-1.docker.io'],
    ['api.apps-crc.testing', 'registry.apps-crc.test'],
    ['localhost', 'registry.localhost'],
  ] as const)
    assert.equal(claims(api, host), false, `${api} ${host}`);
});

test("of the cluster that a pod runs in nobody named the server: its word counts, but for others' registries", () => {
  const pod = { server: 'https://172.30.0.1', inCluster: true };
  assert.equal(isClaimableBy('registry.apps.example.com', pod), true);
  assert.equal(isClaimableBy('quay.io', pod), false);
});
