import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  certificateDirectories,
  dockerDaemonConfig,
  halfCertificates,
} from '../../../src/engines/lookup/certificate-directories.ts';
import { unverifiedByDocker, unverifiedByPodman } from '../../../src/engines/lookup/unverified-registries.ts';

const HOST = 'registry.example.com:5000';
const linux = { platform: 'linux', env: { HOME: '/home/u' } } as const;
const paths = (...args: Parameters<typeof certificateDirectories>) =>
  certificateDirectories(...args).map(({ path, isOwn }) => `${isOwn ? 'own' : 'root'} ${path}`);

// containers/image, docker/docker_client.go, dockerCertDir
test("podman looks into the user's directory, then the system's, then docker's", () => {
  assert.deepEqual(paths('podman', HOST, linux), [
    `own /home/u/.config/containers/certs.d/${HOST}`,
    `root /etc/containers/certs.d/${HOST}`,
    `root /etc/docker/certs.d/${HOST}`,
  ]);
  assert.deepEqual(paths('podman', HOST, { ...linux, env: {} }).length, 2);
  assert.deepEqual(paths('podman', HOST, { ...linux, platform: 'darwin' }), []);
});

// moby, registry/config_unix.go, CertsDir
test("docker looks into the system's directory, and rootless or on a desktop into the user's", () => {
  assert.deepEqual(paths('docker', HOST, linux), [`root /etc/docker/certs.d/${HOST}`]);
  const rootless = {
    platform: 'linux',
    env: { HOME: '/home/u', DOCKER_HOST: 'unix:///run/user/1000/docker.sock' },
  } as const;
  assert.deepEqual(paths('docker', HOST, rootless), [`own /home/u/.config/docker/certs.d/${HOST}`]);
  assert.deepEqual(paths('docker', HOST, { ...linux, platform: 'darwin' }), [
    `own /home/u/.docker/certs.d/${HOST}`,
  ]);
  assert.deepEqual(paths('docker', HOST, { ...linux, platform: 'win32' }), []);
  assert.equal(dockerDaemonConfig(linux), '/etc/docker/daemon.json');
  assert.equal(dockerDaemonConfig(rootless), '/home/u/.config/docker/daemon.json');
});

test('docker verifies nothing on loopback, nor what its daemon.json lists', () => {
  for (const host of ['127.0.0.1:5000', 'localhost', '[::1]:5000']) {
    assert.equal(unverifiedByDocker(host, undefined)?.isLoopback, true, host);
  }
  const json = `{ "insecure-registries": ["other.example.com", "${HOST}"] }`;
  assert.equal(unverifiedByDocker(HOST, json)?.isLoopback, false);
  assert.equal(unverifiedByDocker('registry.example.com', json), undefined);
  assert.equal(unverifiedByDocker(HOST, undefined), undefined);
});

test('podman verifies nothing that registries.conf calls insecure, by location, prefix or domain', () => {
  const conf = (lines: string) => [
    `unqualified-search-registries = ["x"]\n[[registry]]\n${lines}\n[[registry]]\nlocation = "z"\n`,
  ];
  assert.ok(unverifiedByPodman(HOST, conf(`location = "${HOST}"\ninsecure = true`)));
  assert.ok(
    unverifiedByPodman(HOST, conf(`insecure = true\nprefix = '${HOST}/team'\nlocation = "elsewhere"`)),
  );
  assert.ok(unverifiedByPodman('a.example.com', conf('prefix = "*.example.com"\ninsecure = true')));
  assert.equal(unverifiedByPodman(HOST, conf(`location = "${HOST}"\ninsecure = false`)), undefined);
  assert.equal(unverifiedByPodman(HOST, conf(`location = "${HOST}"\n# insecure = true`)), undefined);
  assert.equal(unverifiedByPodman('z', conf(`location = "${HOST}"\ninsecure = true`)), undefined);
});

test("a client's certificate and its key belong together (skopeo 1.9: missing key a.key for client certificate a.cert)", () => {
  assert.deepEqual(halfCertificates(['a.cert', 'b.key', 'ca.crt', 'd.cert', 'd.key', 'e.pem']), [
    { name: 'a.cert', lacks: 'a.key' },
    { name: 'b.key', lacks: 'b.cert' },
  ]);
});
