import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { createSetupFiles } from '../../../src/engines/edits/setup-files.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const host = 'registry.example.com';
const setups = [
  { host, engineNames: [host], entry: { server: 'https://api.example.com:6443', user: 'alice/example' } },
];

function machine(t: TestContext, more: Record<string, string> = {}) {
  const root = temporaryDirectory(t);
  const home = join(root, 'home');
  const env = { HOME: home, XDG_RUNTIME_DIR: join(root, 'run'), PATH: '', ...more };
  const configPath = join(home, '.config', 'docker-credential-openshift', 'config.yaml');
  const files = createSetupFiles({ platform: 'linux', env, uid: process.geteuid?.() }, configPath);
  const at = (path: string) => join(root, path);
  return {
    files,
    configPath,
    at,
    read: (path: string) => readFileSync(at(path), 'utf8'),
    write(path: string, text: string) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    },
    list: () => readdirSync(root),
  };
}

async function applyAll(files: ReturnType<typeof machine>['files']) {
  for (const file of await files.plan(setups)) await file.apply();
}

test('on an empty machine our config, docker and podman are set up, and nothing else', async (t) => {
  const { files, configPath, at, read } = machine(t);
  await applyAll(files);
  const helpers = `{\n\t"auths": {},\n\t"credHelpers": {\n\t\t"${host}": "openshift"\n\t}\n}`;
  assert.equal(read('home/.docker/config.json'), helpers);
  // podman reads docker's config, and a second file would start the helper a second time.
  assert.ok(!existsSync(at('home/.config/containers/auth.json')));
  assert.deepEqual(
    [...parseConfig(readFileSync(configPath, 'utf8'), '').config.registries],
    [[host, setups[0]?.entry]],
  );
  assert.ok(!existsSync(at('run')));
  assert.ok(!existsSync(at('home/.dockercfg')));
});

test('a host that is kept anonymous loses its logins in every file, and setup --undo puts them back', async (t) => {
  const { files, read, write } = machine(t);
  const paths = ['home/.docker/config.json', 'run/containers/auth.json'];
  const login = `{"auths":{"${host}":{"auth":"eDp5"},"other.example.com":{"auth":"eDp5"}}}`;
  for (const path of paths) write(path, login);
  for (const file of await files.plan([], undefined, [host])) await file.apply();
  for (const path of paths) assert.equal(read(path), '{"auths":{"other.example.com":{"auth":"eDp5"}}}');
  for (const file of await files.planUndo([host])) await file.apply();
  for (const path of paths) assert.deepEqual(JSON.parse(read(path)), JSON.parse(login));
});

test('stored logins that hide the helper go from all five files, and from helm`s', async (t) => {
  const { files, read, write } = machine(t);
  const login = `{"auths":{"${host}":{"auth":"eDp5"}}}`;
  for (const path of [
    'home/.docker/config.json',
    'home/.config/containers/auth.json',
    'run/containers/auth.json',
  ]) {
    write(path, login);
  }
  write('home/.dockercfg', `{"https://${host}/v1/":{"auth":"eDp5"}}`);
  write('home/.config/helm/registry/config.json', login);
  await applyAll(files);
  assert.equal(read('run/containers/auth.json'), '{"auths":{}}');
  assert.equal(read('home/.dockercfg'), '{}');
  assert.equal(read('home/.docker/config.json'), `{"auths":{},"credHelpers":{"${host}":"openshift"}}`);
  assert.equal(read('home/.config/containers/auth.json'), '{"auths":{}}');
  assert.equal(read('home/.config/helm/registry/config.json'), '{"auths":{}}');
});

test("where docker's config is left alone, podman's own file names the helper; else docker's alone does", async (t) => {
  const { files, at, read, write } = machine(t);
  const set = async (engine?: 'podman') => {
    for (const file of await files.plan(setups, engine)) await file.apply();
  };
  const [own, dockers] = ['home/.config/containers/auth.json', 'home/.docker/config.json'];
  await set('podman');
  assert.equal(JSON.parse(read(own)).credHelpers[host], 'openshift');
  assert.ok(!existsSync(at(dockers)));
  const alone = read(own);
  await set();
  assert.deepEqual(JSON.parse(read(own)), { auths: {}, credHelpers: {} });
  assert.equal(JSON.parse(read(dockers)).credHelpers[host], 'openshift');
  assert.deepEqual(
    (await files.plan(setups, 'podman')).flatMap(({ changes }) => changes),
    [],
  );
  // Somebody else's line in it keeps it from being what it was byte for byte.
  write(own, `{"auths": {"other.example.com": {}}, "credHelpers": {}}`);
  for (const file of await files.planUndo(undefined)) await file.apply();
  assert.deepEqual(JSON.parse(read(own)), { auths: { 'other.example.com': {} } });
  assert.ok(!existsSync(at(dockers)));
  write(own, alone);
});

test("what an older setup wrote into podman's own file goes by the next one, and `--undo` makes both what they were", async (t) => {
  const { files, read, write } = machine(t);
  const [own, dockers] = ['home/.config/containers/auth.json', 'home/.docker/config.json'];
  const others = `{ "credHelpers": { "${host}": "desktop", "x.example.com": "pass" } }`;
  write(own, others);
  write(dockers, '{}');
  // As it was: both of them named it.
  for (const file of await files.plan(setups, 'podman')) await file.apply();
  assert.equal(JSON.parse(read(own)).credHelpers[host], 'openshift');
  const planned = await files.plan(setups);
  assert.deepEqual(planned.find(({ path }) => path.endsWith('auth.json'))?.changes, [
    `removed the helper for ${host}, which docker's config names for all engines`,
  ]);
  for (const file of planned) await file.apply();
  assert.equal(read(own), `{ "credHelpers": { "x.example.com": "pass" } }`);
  for (const file of await files.planUndo([host])) await file.apply();
  assert.equal(read(own), others);
  assert.equal(read(dockers), '{}');
});

test('a file that REGISTRY_AUTH_FILE names gets the helper, since podman 5 reads no other', async (t) => {
  const { at } = machine(t);
  const path = at('chosen.json');
  const { files } = machine(t, { REGISTRY_AUTH_FILE: path });
  writeFileSync(path, '{}');
  await applyAll(files);
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).credHelpers[host], 'openshift');
});

test('one broken file, and nothing at all is written', async (t) => {
  const broken = [
    'home/.docker/config.json',
    'home/.config/containers/auth.json',
    'run/containers/auth.json',
  ];
  for (const path of [...broken, 'home/.dockercfg', 'home/.config/docker-credential-openshift/config.yaml']) {
    const { files, write, list, at } = machine(t);
    write(path, '{"a": [');
    const before = list();
    await assert.rejects(files.plan(setups), (error: Error) => error.message.startsWith(`${at(path)}:1:`));
    assert.deepEqual(list(), before);
  }
});

test('a second setup changes nothing', async (t) => {
  const { files } = machine(t);
  await applyAll(files);
  const again = await files.plan(setups);
  assert.deepEqual(
    again.flatMap((file) => file.changes),
    [],
  );
});

test('what our config says of hosts is found', async (t) => {
  const { files, write } = machine(t);
  assert.equal((await files.configuredHosts()).size, 0);
  const text = `registries:\n  ${host}:\n    context: ci\n  open.example.com: { anonymous: true }\n`;
  write('home/.config/docker-credential-openshift/config.yaml', text);
  const nothing = { server: undefined, user: undefined, context: undefined, isAnonymous: false };
  assert.deepEqual(Object.fromEntries(await files.configuredHosts()), {
    [host]: { ...nothing, context: 'ci' },
    'open.example.com': { ...nothing, isAnonymous: true },
  });
});

test('what goes with an old binding is said, and a service account stays on its cluster', async (t) => {
  const { files, write } = machine(t);
  const bound = (server: string) =>
    write(
      'home/.config/docker-credential-openshift/config.yaml',
      `registries:\n  ${host}:\n    server: ${server}\n    tokenFile: /t\n    serviceAccount: ci/puller\n`,
    );
  const [setup] = setups;
  assert.ok(setup);
  const { entry } = setup;
  bound('https://old.example.com:6443');
  assert.equal(await files.keptServiceAccount(host, entry), undefined);
  const removed = ', and removed what was for its old link: ';
  const [config] = await files.plan(setups);
  assert.deepEqual(config?.changes, [`linked ${host} to ${entry.server}${removed}tokenFile, serviceAccount`]);
  bound(entry.server);
  assert.equal(await files.keptServiceAccount(host, entry), 'ci/puller');
  const [again] = await files.plan(setups);
  assert.deepEqual(again?.changes, [`linked ${host} to ${entry.server}${removed}tokenFile`]);
});

test('without a HOME the error says so', async (t) => {
  const { files } = machine(t, { HOME: '' });
  await assert.rejects(files.plan(setups), { code: 'home-unknown' });
});

test('that typed logins are kept in private files from now on is planned, and said', async (t) => {
  const { files, read } = machine(t);
  const [config] = await files.plan([{ host, engineNames: [host], entry: undefined }], undefined, [], true);
  assert.deepEqual(config?.changes, ['logins that you type are kept in private files from now on']);
  await config.apply();
  const path = 'home/.config/docker-credential-openshift/config.yaml';
  assert.equal(parseConfig(read(path), '').config.secrets, 'file');
});

test('where our config has no place nothing is said there, and a host that needs an entry is refused', async (t) => {
  const root = temporaryDirectory(t);
  const place = (platform: NodeJS.Platform, env: Record<string, string>) =>
    createSetupFiles({ platform, env, uid: process.geteuid?.() }, null);
  const files = place('linux', { HOME: root });
  assert.equal((await files.configuredHosts()).size, 0);
  const named = [{ host, engineNames: [host], entry: undefined }];
  assert.deepEqual(
    (await files.plan(named)).map(({ path }) => path),
    [join(root, '.docker/config.json')],
  );
  await assert.rejects(files.plan(setups), { code: 'home-unknown' });
  await assert.rejects(place('win32', {}).plan(named), /^AppError: USERPROFILE is not set/);
});
