import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Engine } from '../../../src/engines/engines.ts';
import {
  certificateDirectories,
  daemonConfig,
  engineAuthorities,
  halfCertificates,
  readEngineTrust,
  unverifiedByDaemon,
  unverifiedByTables,
} from '../../../src/engines/lookup/engine-trust.ts';
import { parseRegistriesConf } from '../../../src/engines/lookup/parse-registries-conf.ts';
import type { Version } from '../../../src/engines/rules.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { writeFiles } from '../../support/write-files.ts';

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
  assert.equal(daemonConfig('nerdctl', linux), undefined);
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

/** A user with these files below HOME, whose docker runs without root. */
function machine(t: TestContext, files: Record<string, string>) {
  const root = temporaryDirectory(t);
  writeFiles(root, files);
  const env = {
    HOME: root,
    DOCKER_HOST: 'unix:///run/user/7/docker.sock',
    CONTAINERS_REGISTRIES_CONF: join(root, 'registries.conf'),
  };
  const here = { platform: 'linux', env, uid: 7 } as const;
  const trust = (engine: Engine, version?: Version) =>
    readEngineTrust(engine, { host: HOST, named: HOST }, here, version);
  return { root, here, trust };
}

test('of the first directory that is there every certificate counts that can be read, and halves are told', async (t) => {
  const { root, here, trust } = machine(t, {
    [`.config/containers/certs.d/${HOST}/a.crt`]: 'A',
    [`.config/containers/certs.d/${HOST}/b.cert`]: '',
    [`.config/containers/certs.d/${HOST}/note.txt`]: '',
    [`.config/docker/certs.d/${HOST}/a.crt`]: 'A',
    [`.config/docker/certs.d/${HOST}/other.crt`]: 'B',
    'registries.conf': `[[registry]]\nlocation = "${HOST}"\ninsecure = true\n`,
    '.config/docker/daemon.json': `{"insecure-registries": ["${HOST}"]}`,
  });
  const directory = join(root, '.config/containers/certs.d', HOST);
  mkdirSync(join(directory, 'is-none.crt'));
  const found = await trust('podman', [5, 8]);
  assert.deepEqual(found, {
    directory,
    needsRoot: false,
    authorities: [{ path: join(directory, 'a.crt'), pem: 'A' }],
    unverified: { because: 'registries.conf says insecure', isLoopback: false },
    halves: [{ path: join(directory, 'b.cert'), lacks: join(directory, 'b.key') }],
  });
  assert.match((await trust('docker'))?.unverified?.because ?? '', /daemon\.json lists it/);
  assert.deepEqual((await engineAuthorities(HOST, here)).toSorted(), ['A', 'B']);
});

test('without any directory root`s is named where root pulls, and the user`s else; elsewhere than on Linux none is known', async (t) => {
  const { root, here, trust } = machine(t, { '.config/docker/daemon.json': 'no JSON' });
  assert.equal((await trust('podman', [5, 8]))?.directory, join(root, '.config/containers/certs.d', HOST));
  for (const engine of ['docker', 'nerdctl'] as const)
    assert.equal((await trust(engine))?.unverified, undefined);
  const by = (uid: number, env: Record<string, string> = here.env) =>
    readEngineTrust('podman', { host: HOST, named: HOST }, { ...here, env, uid }, [5, 8]);
  const system = `/etc/containers/certs.d/${HOST}`;
  for (const [trusted, needsRoot] of [
    [await by(0), false],
    [await by(7, {}), true],
  ] as const)
    assert.deepEqual([trusted?.directory, trusted?.needsRoot], [system, needsRoot]);
  const away = { ...here, platform: 'win32' } as const;
  assert.equal(await readEngineTrust('docker', { host: HOST, named: HOST }, away, undefined), undefined);
  assert.deepEqual(await engineAuthorities(HOST, away), []);
});
