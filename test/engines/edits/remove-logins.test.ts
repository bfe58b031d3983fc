import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { applyEngineEdit } from '../../../src/engines/edits/apply-engine-edit.ts';
import { planEngineEdit } from '../../../src/engines/edits/plan-engine-edit.ts';
import { planUndo } from '../../../src/engines/edits/plan-undo.ts';
import { removeLogins } from '../../../src/engines/edits/remove-logins.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { writeFiles } from '../../support/write-files.ts';

const HOST = 'registry.example.com';
const OTHER = 'other.example.com';
const DOCKER = 'home/.docker/config.json';
const PERSISTENT = 'home/.config/containers/auth.json';
const PRIMARY = 'run/containers/auth.json';
const DOCKERCFG = 'home/.dockercfg';
const login = { auth: 'dTpzZWNyZXQ=' };

function machine(t: TestContext, files: Record<string, object | string>) {
  const root = temporaryDirectory(t);
  const at = (path: string) => join(root, path);
  writeFiles(root, files);
  const env = { HOME: at('home'), XDG_RUNTIME_DIR: at('run') };
  const environment = { platform: 'linux', env, uid: process.geteuid?.() } as const;
  const state = at('docker-credential-openshift');
  const said: string[] = [];
  const say = (sentence: string) => void said.push(sentence.replaceAll(`${root}/`, ''));
  return {
    at,
    said,
    environment,
    writer: { uid: environment.uid, state, keeps: 'record' } as const,
    signOut: (state: string | null, host = HOST) => removeLogins(environment, state, host, say),
    state,
    read: (path: string): unknown => JSON.parse(readFileSync(at(path), 'utf8')),
    /** All that lies below our state directory. */
    kept: () =>
      readdirSync(state, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
        .join('\n'),
  };
}

test('a login goes from every file, in every spelling, and the helper stays named', async (t) => {
  const credHelpers = { [HOST]: 'openshift', [OTHER]: 'desktop' };
  const { signOut, read, said, state } = machine(t, {
    [DOCKER]: { auths: { [`https://${HOST}/v1/`]: login, [OTHER]: login }, credHelpers },
    [PERSISTENT]: { auths: { [`${HOST}:443`]: login, [`${HOST}/ns`]: login } },
    [PRIMARY]: { auths: { [HOST]: login } },
    [DOCKERCFG]: { [HOST]: login },
  });
  await signOut(state);
  assert.deepEqual(read(DOCKER), { auths: { [OTHER]: login }, credHelpers });
  assert.deepEqual([read(PERSISTENT), read(PRIMARY), read(DOCKERCFG)], [{ auths: {} }, { auths: {} }, {}]);
  assert.deepEqual(said, [
    `${PRIMARY}: removed the stored login "${HOST}"`,
    `${PERSISTENT}: removed the stored login "${HOST}:443"`,
    `${PERSISTENT}: removed the stored login "${HOST}/ns"`,
    `${DOCKER}: removed the stored login "https://${HOST}/v1/"`,
    `${DOCKERCFG}: removed the stored login "${HOST}"`,
  ]);
});

test('a login goes by whatever case its host is written in, and so does what setup kept of it', async (t) => {
  const local = 'localhost:1';
  const another = { auth: 'ZmlsZQ==' };
  const auths = { 'LOCALHOST:1': login, 'https://LocalHost:1/v1/': login, 'LOCALHOST:11': another };
  const { signOut, read, said, state, at, writer, kept } = machine(t, { [PRIMARY]: { auths } });
  const request = { path: at(PRIMARY), hosts: ['LOCALHOST:1'], addCredHelpers: false };
  await applyEngineEdit(at(PRIMARY), (text) => planEngineEdit(text, request), writer);
  assert.match(kept(), /"LOCALHOST:1"/);
  writeFileSync(at(PRIMARY), JSON.stringify({ auths }));
  await signOut(state, local);
  assert.deepEqual(read(PRIMARY), { auths: { 'LOCALHOST:11': another } });
  assert.deepEqual(said, [
    `${PRIMARY}: removed the stored login "LOCALHOST:1"`,
    `${PRIMARY}: removed the stored login "https://LocalHost:1/v1/"`,
  ]);
  assert.doesNotMatch(kept(), /dTpzZWNyZXQ=/);
});

test('Docker Hub is signed out of by all of its names, whichever was typed', async (t) => {
  const keys = ['https://index.docker.io/v1/', 'docker.io', 'docker.io/library', 'registry-1.docker.io'];
  const auths = Object.fromEntries([...keys, 'not-docker.io'].map((key) => [key, login]));
  for (const host of ['docker.io', 'index.docker.io']) {
    const { signOut, read, said } = machine(t, { [DOCKER]: { auths }, [PERSISTENT]: { auths } });
    await signOut(null, host);
    for (const file of [DOCKER, PERSISTENT])
      assert.deepEqual(read(file), { auths: { 'not-docker.io': login } });
    assert.equal(said.length, 2 * keys.length);
  }
});

test('a helper of another name stays: a sign-out sets nothing up', async (t) => {
  const files = { [DOCKER]: { auths: { [HOST]: login }, credHelpers: { [HOST]: 'desktop' } } };
  const { signOut, read } = machine(t, files);
  await signOut(null);
  assert.deepEqual(read(DOCKER), { auths: {}, credHelpers: { [HOST]: 'desktop' } });
});

test('a second time there is nothing to do, and nothing is written anywhere', async (t) => {
  const { signOut, said, at } = machine(t, { [DOCKER]: { auths: { [OTHER]: login } }, [PRIMARY]: '' });
  await signOut(null);
  assert.deepEqual(said, []);
  assert.deepEqual(readdirSync(at('.')).sort(), ['home', 'run']);
  assert.equal(readFileSync(at(PRIMARY), 'utf8'), '');
});

test('a broken file keeps no other from being cleared, and is named', async (t) => {
  const { signOut, read, at } = machine(t, {
    [PRIMARY]: '{"auths": {',
    [DOCKER]: { auths: { [HOST]: login } },
  });
  await assert.rejects(signOut(null), new RegExp(`${PRIMARY}:1:`));
  assert.deepEqual(read(DOCKER), { auths: {} });
  assert.equal(readFileSync(at(PRIMARY), 'utf8'), '{"auths": {');
});

test('what setup kept of the login is forgotten, and its undoing brings back the rest alone', async (t) => {
  const secret = { auth: 'ZmlsZQ==' };
  const { signOut, read, writer, at, state, kept } = machine(t, {
    [DOCKER]: { auths: { [HOST]: login, [OTHER]: secret }, x: 1 },
  });
  const path = at(DOCKER);
  for (const hosts of [[HOST], [OTHER]]) {
    const plan = (text: string | null) => planEngineEdit(text, { path, hosts, addCredHelpers: true });
    await applyEngineEdit(path, plan, writer);
  }
  assert.match(kept(), /dTpzZWNyZXQ=/);
  await signOut(state);
  assert.doesNotMatch(kept(), /dTpzZWNyZXQ=/);
  assert.match(kept(), /ZmlsZQ==/);
  for (const edit of await planUndo(writer)) await edit.apply();
  assert.deepEqual(read(DOCKER), { auths: { [OTHER]: secret }, x: 1 });
});

test('what setup changed by other variables is cleared, too: the file, and what was kept of it', async (t) => {
  const { signOut, read, writer, at, state, kept, said } = machine(t, {
    'elsewhere/config.json': { auths: { [HOST]: login } },
    'elsewhere/old': { [HOST]: { auth: 'dTpzZWNyZXQ=' }, x: { auth: 'ZmlsZQ==' } },
  });
  for (const [name, legacy] of [
    ['elsewhere/config.json', false],
    ['elsewhere/old', true],
  ] as const) {
    const request = { path: at(name), hosts: [HOST], addCredHelpers: !legacy, legacy };
    await applyEngineEdit(at(name), (text) => planEngineEdit(text, request), writer);
  }
  // Logins that came since.
  const since = { [HOST]: { auth: 'dTpuZXc=' } };
  writeFileSync(at('elsewhere/config.json'), JSON.stringify({ auths: since }));
  writeFileSync(at('elsewhere/old'), JSON.stringify(since));
  assert.match(kept(), /dTpzZWNyZXQ=/);
  await signOut(state);
  assert.doesNotMatch(kept(), /dTpzZWNyZXQ=/);
  assert.match(kept(), /ZmlsZQ==/);
  assert.deepEqual([read('elsewhere/config.json'), read('elsewhere/old')], [{ auths: {} }, {}]);
  assert.deepEqual(said, [
    `elsewhere/config.json: removed the stored login "${HOST}"`,
    `elsewhere/old: removed the stored login "${HOST}"`,
  ]);
});

test('what is kept of our own config is not a login, and stays', async (t) => {
  const { signOut, state, at, writer, kept } = machine(t, {});
  const path = at('config.yaml');
  writeFileSync(path, `registries:\n  ${HOST}: {context: a}\n`);
  const step = { kind: 'binding', host: HOST, previous: null, written: {} } as const;
  const plan = (text: string | null) => ({ text: `${text}# more\n`, changes: ['wrote'], steps: [step] });
  await applyEngineEdit(path, plan, writer);
  const before = kept();
  await signOut(state);
  assert.equal(kept(), before);
});

test("where it can't be told which logins an original holds, none of it is kept", async (t) => {
  const name = 'elsewhere/old';
  const { signOut, writer, at, state, kept } = machine(t, { [name]: { [HOST]: login, auths: 'x' } });
  const request = { path: at(name), hosts: [HOST], addCredHelpers: false, legacy: true };
  await applyEngineEdit(at(name), (text) => planEngineEdit(text, request), writer);
  assert.match(kept(), /dTpzZWNyZXQ=/);
  await signOut(state);
  assert.doesNotMatch(kept(), /dTpzZWNyZXQ=/);
});
