import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  certificateDirectories,
  daemonConfig,
  halfCertificates,
  unverifiedByDaemon,
  unverifiedByTables,
} from '../../../src/engines/lookup/engine-trust.ts';
import { parseRegistriesConf } from '../../../src/engines/lookup/parse-registries-conf.ts';

const HOST = 'registry.example.com:5000';
const linux = { platform: 'linux', env: { HOME: '/home/u' }, uid: 1000 } as const;
const paths = (...args: Parameters<typeof certificateDirectories>) =>
  certificateDirectories(...args).map(({ path, isOwn }) => `${isOwn ? 'own' : 'root'} ${path}`);

// containers/image, docker/docker_client.go, dockerCertDir
test("podman looks into the user's directory, then the system's, then docker's", () => {
  const old = (
    environment:
      | typeof linux
      | (Omit<typeof linux, 'env' | 'platform'> & { env: object; platform: NodeJS.Platform }),
  ) => paths('podman', HOST, environment as typeof linux, [5, 8]);
  assert.deepEqual(old(linux), [
    `own /home/u/.config/containers/certs.d/${HOST}`,
    `root /etc/containers/certs.d/${HOST}`,
    `root /etc/docker/certs.d/${HOST}`,
  ]);
  assert.deepEqual(old({ ...linux, env: {} }).length, 2);
  assert.deepEqual(old({ ...linux, platform: 'darwin' }), []);
});

// container-libs, storage/pkg/configfile, `Directory`
test('podman 6 looks where XDG_CONFIG_HOME says, then for root or for others alone, and into the vendor`s', () => {
  const six = (uid: number) =>
    paths('podman', HOST, { ...linux, uid, env: { HOME: '/home/u', XDG_CONFIG_HOME: '/c' } }, [6, 0]);
  assert.deepEqual(six(0), [
    `own /c/containers/certs.d/${HOST}`,
    `root /etc/containers/certs.rootful.d/${HOST}`,
    `root /etc/containers/certs.d/${HOST}`,
    `root /usr/share/containers/certs.rootful.d/${HOST}`,
    `root /usr/share/containers/certs.d/${HOST}`,
    `root /etc/docker/certs.d/${HOST}`,
  ]);
  assert.equal(six(7)[1], `root /etc/containers/certs.rootless.d/7/${HOST}`);
});

// moby, registry/config_unix.go, CertsDir
test("docker looks into the system's directory, and rootless or on a desktop into the user's", () => {
  assert.deepEqual(paths('docker', HOST, linux), [`root /etc/docker/certs.d/${HOST}`]);
  const rootless = {
    platform: 'linux',
    uid: 1000,
    env: { HOME: '/home/u', DOCKER_HOST: 'unix:///run/user/1000/docker.sock' },
  } as const;
  assert.deepEqual(paths('docker', HOST, rootless), [`own /home/u/.config/docker/certs.d/${HOST}`]);
  assert.deepEqual(paths('docker', HOST, { ...linux, platform: 'darwin' }), [
    `own /home/u/.docker/certs.d/${HOST}`,
  ]);
  assert.deepEqual(paths('docker', HOST, { ...linux, platform: 'win32' }), []);
  assert.equal(daemonConfig('docker', linux), '/etc/docker/daemon.json');
  assert.equal(daemonConfig('docker', rootless), '/home/u/.config/docker/daemon.json');
});

test('docker verifies nothing on loopback, nor what its daemon.json lists', () => {
  for (const host of ['127.0.0.1:5000', 'localhost', '[::1]:5000']) {
    assert.equal(unverifiedByDaemon(host, undefined)?.isLoopback, true, host);
  }
  const json = `{ "insecure-registries": ["other.example.com", "${HOST}"] }`;
  assert.equal(unverifiedByDaemon(HOST, json)?.isLoopback, false);
  assert.equal(unverifiedByDaemon('registry.example.com', json), undefined);
  assert.equal(unverifiedByDaemon(HOST, undefined), undefined);
});

test('podman verifies nothing that registries.conf calls insecure, by location, prefix or domain', () => {
  const conf = (lines: string) => {
    const text = `unqualified-search-registries = ["x"]\n[[registry]]\n${lines}\n[[registry]]\nlocation = "z"\n`;
    const said = parseRegistriesConf(text, '/a.conf');
    return 'fault' in said ? assert.fail(said.fault) : said.tables;
  };
  assert.ok(unverifiedByTables(HOST, conf(`location = "${HOST}"\ninsecure = true`)));
  assert.ok(
    unverifiedByTables(HOST, conf(`insecure = true\nprefix = '${HOST}/team'\nlocation = "elsewhere"`)),
  );
  assert.ok(unverifiedByTables('a.example.com', conf('prefix = "*.example.com"\ninsecure = true')));
  assert.equal(unverifiedByTables(HOST, conf(`location = "${HOST}"\ninsecure = false`)), undefined);
  assert.equal(unverifiedByTables(HOST, conf(`location = "${HOST}"\n# insecure = true`)), undefined);
  assert.equal(unverifiedByTables('z', conf(`location = "${HOST}"\ninsecure = true`)), undefined);
});

test("a client's certificate and its key belong together (skopeo 1.9: missing key a.key for client certificate a.cert)", () => {
  assert.deepEqual(halfCertificates(['a.cert', 'b.key', 'ca.crt', 'd.cert', 'd.key', 'e.pem']), [
    { name: 'a.cert', lacks: 'a.key' },
    { name: 'b.key', lacks: 'b.cert' },
  ]);
});
