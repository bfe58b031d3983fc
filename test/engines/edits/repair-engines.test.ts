import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { repairEngines } from '../../../src/engines/edits/repair-engines.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import type { TypedCredential } from '../../../src/hosts/store-and-erase.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { writeFiles } from '../../support/write-files.ts';

const HOST = 'registry.example.com';
const OTHER = 'other.example.com';
const DOCKER = 'home/.docker/config.json';
const PERSISTENT = 'home/.config/containers/auth.json';
const PRIMARY = 'run/containers/auth.json';
const DOCKERCFG = 'home/.dockercfg';
const login = { auth: 'dXNlcjpzZWNyZXQ=' };
const helped = { credHelpers: { [HOST]: 'openshift' } };

/** What is found out about a login, and done with it. */
interface Sorting {
  isNeedless: Parameters<typeof repairEngines>[2];
  keep: Parameters<typeof repairEngines>[3];
}

/** A machine with these files, and what a repair does to it. */
function machine(t: TestContext, files: Record<string, object | string>) {
  const root = temporaryDirectory(t);
  writeFiles(root, files);
  const env = { HOME: join(root, 'home'), XDG_RUNTIME_DIR: join(root, 'run') };
  const environment = { platform: 'linux', env, uid: process.geteuid?.() } as const;
  const kept: TypedCredential[] = [];
  const repairBy = async ({ isNeedless, keep }: Sorting, hosts: readonly string[]) => {
    const { did, left } = await repairEngines(environment, hosts, isNeedless, keep);
    const shown = (said: readonly string[]) => said.map((sentence) => sentence.replaceAll(`${root}/`, ''));
    return { did: shown(did), left: shown(left) };
  };
  return {
    kept,
    /** Nothing is lost with any login. */
    repair: async (...hosts: string[]) => {
      const { did, left } = await repairBy({ isNeedless: async () => true, keep: unexpectedKeep }, hosts);
      assert.deepEqual(left, []);
      return did;
    },
    repairBy: (ports: Partial<Sorting>, ...hosts: string[]) => {
      const keep = async (login: TypedCredential) => void kept.push(login);
      return repairBy({ isNeedless: async () => false, keep, ...ports }, hosts);
    },
    at: (path: string) => join(root, path),
    text: (path: string) => readFileSync(join(root, path), 'utf8'),
    read: (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8')),
    has: (path: string) => existsSync(join(root, path)),
  };
}
async function unexpectedKeep(): Promise<void> {
  assert.fail('a login was to be kept');
}
const hid = (path: string, entry = HOST) =>
  `${path}: removed the stored login "${entry}", which overrode the helper`;

test('an entry that `podman login` made goes, and podman asks the helper again', async (t) => {
  const { repair, read } = machine(t, {
    [PERSISTENT]: helped,
    [PRIMARY]: { auths: { [HOST]: login, [OTHER]: login } },
  });
  assert.deepEqual(await repair(HOST), [hid(PRIMARY)]);
  assert.deepEqual(read(PRIMARY), { auths: { [OTHER]: login } });
  assert.deepEqual(await repair(HOST), []);
});

test('entries go from all four files, also those for a part of the registry', async (t) => {
  const { repair, read } = machine(t, {
    [DOCKER]: { ...helped, auths: { [`https://${HOST}/v1/`]: login } },
    [PERSISTENT]: { ...helped, auths: { [`${HOST}/ns`]: login } },
    [PRIMARY]: { auths: { [HOST]: login } },
    [DOCKERCFG]: { [HOST]: login, [OTHER]: login },
  });
  assert.deepEqual(await repair(HOST), [
    hid(PRIMARY),
    hid(PERSISTENT, `${HOST}/ns`),
    hid(DOCKER, `https://${HOST}/v1/`),
    hid(DOCKERCFG),
  ]);
  assert.deepEqual(read(DOCKERCFG), { [OTHER]: login });
});

test('a host that no file names the helper for keeps its logins: nobody set it up here', async (t) => {
  const files = {
    [DOCKER]: { credHelpers: { [OTHER]: 'openshift' } },
    [PRIMARY]: { auths: { [HOST]: login } },
  };
  const { repair, text } = machine(t, files);
  const before = text(PRIMARY);
  assert.deepEqual(await repair(HOST), []);
  assert.equal(text(PRIMARY), before);
});

test('a login that `helm registry login` made is kept by the helper as well, and goes', async (t) => {
  const helms = 'home/.config/helm/registry/config.json';
  const { repairBy, read, kept } = machine(t, { [DOCKER]: helped, [helms]: { auths: { [HOST]: login } } });
  assert.deepEqual((await repairBy({}, HOST)).left, []);
  assert.deepEqual([read(helms), kept.length], [{ auths: {} }, 1]);
});

test('docker, whose file does not name the helper, keeps its login; podman reads that file, too', async (t) => {
  const stored = { auths: { [HOST]: login } };
  const podmans = machine(t, { [PERSISTENT]: helped, [DOCKER]: stored, [PRIMARY]: stored });
  assert.deepEqual(await podmans.repair(HOST), [hid(PRIMARY)]);
  assert.deepEqual(podmans.read(DOCKER), stored);
  const both = machine(t, { [DOCKER]: { ...helped, ...stored }, [PRIMARY]: stored });
  assert.deepEqual(await both.repair(HOST), [hid(PRIMARY), hid(DOCKER)]);
});

test('where a file was made to name another helper since, that is left', async (t) => {
  const others = { credHelpers: { [HOST]: 'desktop' }, auths: { [HOST]: login } };
  const { repair, read } = machine(t, { [DOCKER]: helped, [PERSISTENT]: others });
  assert.deepEqual(await repair(HOST), []);
  assert.deepEqual(read(PERSISTENT), others);
});

test('a host that another helper serves now keeps it, and its logins', async (t) => {
  const files = { [DOCKER]: { credHelpers: { [HOST]: 'desktop' }, auths: { [HOST]: login } } };
  const { repair, text } = machine(t, files);
  const before = text(DOCKER);
  assert.deepEqual(await repair(HOST), []);
  assert.equal(text(DOCKER), before);
});

test('of several hosts only those that are served are repaired', async (t) => {
  const { repair, read } = machine(t, {
    [PERSISTENT]: helped,
    [PRIMARY]: { auths: { [HOST]: login, [OTHER]: login } },
  });
  assert.deepEqual(await repair(OTHER, HOST), [hid(PRIMARY)]);
  assert.deepEqual(read(PRIMARY), { auths: { [OTHER]: login } });
});

test('no file is made, and none is touched that needs nothing', async (t) => {
  const files = {
    [DOCKER]: `{"auths": null, "credHelpers":  {"${HOST}":"openshift"}}\n`,
    [PRIMARY]: '{"auths": null}',
  };
  const { repair, text, has } = machine(t, files);
  assert.deepEqual(await repair(HOST), []);
  assert.deepEqual([text(DOCKER), text(PRIMARY)], [files[DOCKER], files[PRIMARY]]);
  for (const path of [PERSISTENT, DOCKERCFG]) assert.equal(has(path), false);
});

test('on a machine without any file, and for no host, there is nothing to do', async (t) => {
  assert.deepEqual(await machine(t, {}).repair(HOST), []);
  assert.deepEqual(await machine(t, { [DOCKER]: helped }).repair(), []);
});

test('a file that is empty names no helper', async (t) =>
  assert.deepEqual(await machine(t, { [DOCKER]: '\n' }).repair(HOST), []));

test('a file that is empty, beside one that names the helper, becomes one that podman reads', async (t) => {
  const { repair, read } = machine(t, { [DOCKER]: helped, [PRIMARY]: '\n' });
  assert.deepEqual(await repair(HOST), [
    `${PRIMARY}: the file was empty, which podman refuses: made it a JSON object`,
  ]);
  assert.deepEqual(read(PRIMARY), { auths: {} });
});

test('a file that is broken is named with its line and stays as it is, and the others are repaired', async (t) => {
  const { repairBy, read, text } = machine(t, {
    [PRIMARY]: '{"auths": {',
    [PERSISTENT]: { ...helped, auths: { [HOST]: login } },
  });
  const { did, left } = await repairBy({ isNeedless: async () => true }, HOST);
  assert.match(left.join(), new RegExp(`^${PRIMARY}:1:`));
  assert.deepEqual(did, [hid(PERSISTENT)]);
  assert.equal(text(PRIMARY), '{"auths": {');
  assert.deepEqual(read(PERSISTENT), { ...helped, auths: {} });
});

test('a login that is good for something is kept by the helper before it goes', async (t) => {
  const { repairBy, read, kept } = machine(t, {
    [PERSISTENT]: helped,
    [PRIMARY]: { auths: { [`https://${HOST}/v1/`]: { auth: btoa('puller:s3cret') }, [OTHER]: login } },
  });
  const { did, left } = await repairBy({}, HOST);
  assert.deepEqual(kept, [{ host: HOST, serverUrl: HOST, username: 'puller', secret: 's3cret' }]);
  assert.deepEqual(left, []);
  assert.deepEqual(did, [
    hid(PRIMARY, `https://${HOST}/v1/`),
    `${PRIMARY}: the helper keeps the login "https://${HOST}/v1/" from now on`,
  ]);
  assert.deepEqual(read(PRIMARY), { auths: { [OTHER]: login } });
});

test('a line break at the end of a secret does not go with it, and nobody is asked of it with one', async (t) => {
  const asked: string[] = [];
  const { repairBy, kept } = machine(t, {
    [DOCKER]: helped,
    [PRIMARY]: { auths: { [HOST]: { auth: btoa('puller:s3cret\r\n') } } },
  });
  const isNeedless = async ({ secret }: { secret: string }) => asked.push(secret) === 0;
  assert.deepEqual((await repairBy({ isNeedless }, HOST)).left, []);
  assert.deepEqual([asked, kept.map(({ secret }) => secret)], [['s3cret'], ['s3cret']]);
});

test("a login that can't be kept stays, and is told with why and what to do", async (t) => {
  const { repairBy, text } = machine(t, {
    [PERSISTENT]: helped,
    [PRIMARY]: { auths: { [HOST]: login, [OTHER]: login } },
  });
  const before = text(PRIMARY);
  const keep = async () => {
    throw new AppError({
      code: 'keychain-absent',
      message: 'there is no keychain',
      fix: { do: 'Start one.' },
    });
  };
  assert.deepEqual(await repairBy({ keep }, HOST), {
    did: [],
    left: [
      `${PRIMARY} holds the login "${HOST}", which overrides the helper, and stays: there is no keychain [keychain-absent]. Start one.`,
    ],
  });
  assert.equal(text(PRIMARY), before);
});

test("a login for a part of the registry, or without a user, can't be kept", async (t) => {
  const auths = { [`${HOST}/ns`]: login, [HOST]: { identitytoken: 'c2VjcmV0' } };
  const { repairBy, read, kept } = machine(t, { [PERSISTENT]: helped, [PRIMARY]: { auths } });
  const { did, left } = await repairBy({}, HOST);
  assert.deepEqual([did, kept], [[], []]);
  assert.deepEqual(left.length, 2);
  assert.doesNotMatch(left.join(), /c2VjcmV0/);
  assert.deepEqual(read(PRIMARY), { auths });
});

test('an empty entry, as docker leaves it, overrides nothing and stays; one that is broken goes; nobody is asked', async (t) => {
  const auths = { [HOST]: {}, [`${HOST}/ns`]: { auth: '!' } };
  const { repairBy, read } = machine(t, { [DOCKER]: { ...helped, auths } });
  const isNeedless = async () => assert.fail('asked');
  const { did } = await repairBy({ isNeedless, keep: unexpectedKeep }, HOST);
  assert.deepEqual(did, [hid(DOCKER, `${HOST}/ns`)]);
  assert.deepEqual(read(DOCKER), { ...helped, auths: { [HOST]: {} } });
});

test('a login that takes the place of another while that is kept stays', async (t) => {
  const newer = { auths: { [HOST]: { auth: btoa('puller:newer') } } };
  const { repairBy, read, at } = machine(t, {
    [PERSISTENT]: helped,
    [PRIMARY]: { auths: { [HOST]: login } },
  });
  const keep = async () => writeFileSync(at(PRIMARY), JSON.stringify(newer));
  await repairBy({ keep }, HOST);
  assert.deepEqual(read(PRIMARY), newer);
});

test('HOST:443 is another name than HOST, and each is repaired where a file names the helper for it', async (t) => {
  const auths = { [`${HOST}:443`]: login, [HOST]: login };
  const named = { credHelpers: { [`${HOST}:443`]: 'openshift' } };
  const one = machine(t, { [PERSISTENT]: named, [PRIMARY]: { auths } });
  assert.deepEqual(await one.repair(HOST), [hid(PRIMARY, `${HOST}:443`)]);
  assert.deepEqual(one.read(PRIMARY), { auths: { [HOST]: login } });
  const both = machine(t, {
    [DOCKER]: { CredHelpers: { ...named.credHelpers, [HOST]: 'openshift' }, auths },
  });
  assert.equal((await both.repair(HOST)).length, 2);
});

test('no secret of an entry is told', async (t) => {
  const { repair } = machine(t, { [DOCKER]: { ...helped, auths: { [HOST]: login } } });
  assert.doesNotMatch((await repair(HOST)).join(), new RegExp(login.auth));
});
