import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AuthFile } from '../../../src/engines/engine-state.ts';
import { loginsIn, readAuthFiles } from '../../../src/engines/lookup/read-auth-files.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import fc from '../../support/properties.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Tells what it was given: the tests hold that to the secret, and the result to not having it. */
const factsOf = (secret: string) => ({
  kind: secret === 'sha256~token' ? ('oauth' as const) : ('other' as const),
  endsAtMs: undefined,
  dead: secret === 'dead',
});

const isDockers = ({ readNowBy }: AuthFile) => readNowBy.includes('docker');

test("docker's file is read with its logins, helpers and store, and without a secret", async (t) => {
  const home = temporaryDirectory(t);
  mkdirSync(join(home, '.docker'));
  const text = JSON.stringify({
    Auths: {
      'a.example.com': { auth: base64('u:sha256~token') },
      'a.example.com/team': { auth: base64('u:dead') },
      'https://a.example.com/v1/': { identitytoken: 'dead' },
      'b.example.com': {},
      'c.example.com': { auth: base64('no colon') },
      'no host': { password: 'dead' },
      'https://bobby:hush/13@d.example.com/v1/': { password: 'dead' },
    },
    credHelpers: { 'a.example.com': 'openshift', 'b.example.com': 'x', 'bobby:hush@e.example.com': 'y' },
    credsStore: 'desktop',
    HttpHeaders: { X: 'hush' },
  });
  writeFileSync(join(home, '.docker/config.json'), text);
  const files = await readAuthFiles({ platform: 'linux', env: { HOME: home }, uid: 7 }, factsOf);
  const file = files.find(isDockers);
  assert.deepEqual(
    file?.logins.map(({ key, host, form, secret }) => [key, host, form, secret?.kind, secret?.dead]),
    [
      ['a.example.com', 'a.example.com', 'host', 'oauth', false],
      ['a.example.com/team', 'a.example.com', 'namespace', 'other', true],
      ['https://a.example.com/v1/', 'a.example.com', 'url', 'other', true],
      ['b.example.com', 'b.example.com', 'host', undefined, undefined],
      ['c.example.com', 'c.example.com', 'host', undefined, undefined],
      ['no host', undefined, 'host', 'other', true],
      ['https://***@d.example.com/v1/', undefined, 'url', 'other', true],
    ],
  );
  assert.deepEqual(file?.helpers, [
    { key: 'a.example.com', helper: 'openshift' },
    { key: 'b.example.com', helper: 'x' },
    { key: '***@e.example.com', helper: 'y' },
  ]);
  assert.deepEqual([file?.state, file?.credsStore, file?.otherKeys], ['read', 'desktop', ['HttpHeaders']]);
  assert.doesNotMatch(JSON.stringify(files), /sha256~|hush|bobby|"dead":"/);
});

test('what is wrong with a file is said of it, with line and column, and the others are read', async (t) => {
  const home = temporaryDirectory(t);
  mkdirSync(join(home, '.docker'));
  mkdirSync(join(home, '.config/containers'), { recursive: true });
  mkdirSync(join(home, '.dockercfg'));
  writeFileSync(join(home, '.docker/config.json'), '{\n  "auths": [}');
  writeFileSync(join(home, '.config/containers/auth.json'), ' \n');
  const env = { HOME: home, XDG_RUNTIME_DIR: join(home, 'run') };
  const files = await readAuthFiles({ platform: 'linux', env, uid: 7 }, factsOf);
  const states = new Map(files.map(({ path, state }) => [path, state]));
  assert.deepEqual(
    ['.docker/config.json', '.config/containers/auth.json', '.dockercfg'].map((name) =>
      states.get(join(home, name)),
    ),
    ['unusable', 'blank', 'unusable'],
  );
  assert.match(files.find(isDockers)?.fault ?? '', /config\.json:2:13: /);
});

test('what follows the object, a value of another kind, a byte that is no UTF-8 and a link to nothing are told, and what engines read of it', async (t) => {
  const home = temporaryDirectory(t);
  mkdirSync(join(home, '.docker'));
  const file = join(home, '.docker/config.json');
  const read = async () => {
    const files = await readAuthFiles({ platform: 'linux', env: { HOME: home }, uid: 7 }, factsOf);
    const { state, fault, failsFor, helpers } = files.find(isDockers) ?? assert.fail();
    const failing = failsFor.filter((engine) => engine === 'docker' || engine === 'podman');
    return [state, fault?.slice(file.length), failing, helpers.map(({ key }) => key)];
  };
  const named = '{"credHelpers":{"a.example.com":"openshift"}}';
  writeFileSync(file, `${named} garbage`);
  const fault = ':1:47: the file is not valid JSON (Invalid symbol)';
  assert.deepEqual(await read(), ['unusable', fault, ['podman'], ['a.example.com']]);
  writeFileSync(file, Buffer.from(named.replace('{', '{"x":"\xff",'), 'latin1'));
  assert.deepEqual(await read(), ['unusable', " can't be read: it is not in UTF-8", [], ['a.example.com']]);
  for (const odd of ['"auths":[]', '"auths":{"b.example.com":"x"}', '"credHelpers":{"b.example.com":7}']) {
    writeFileSync(file, `{${odd},${named.slice(1)}`);
    const [state, , ...rest] = await read();
    assert.deepEqual([state, ...rest], ['unusable', ['podman'], ['a.example.com']], odd);
  }
  writeFileSync(file, `\uFEFF${named}`);
  assert.deepEqual((await read())[2], ['docker', 'podman']);
  rmSync(file);
  symlinkSync(join(home, 'nowhere'), file);
  const dangling = " can't be read: it is a symbolic link to a file that is not there";
  assert.deepEqual(await read(), ['absent', dangling, [], []]);
});

test('a file where this user may not look is told of whoever reads it now, and one that nobody reads now is none', async (t) => {
  const home = temporaryDirectory(t);
  const run = join(home, 'run');
  mkdirSync(run);
  chmodSync(home, 0o755);
  chmodSync(run, 0);
  const isRoot = process.geteuid?.() === 0;
  const env = { HOME: home, XDG_RUNTIME_DIR: run };
  // Root may look everywhere.
  if (isRoot) process.seteuid?.(4321);
  const files = await readAuthFiles({ platform: 'linux', env, uid: 4321 }, factsOf).finally(() => {
    if (isRoot) process.seteuid?.(0);
    chmodSync(run, 0o700);
  });
  const [first] = files;
  assert.deepEqual(
    [first?.path, first?.state, first?.isClosed, first?.failsFor],
    [join(run, 'containers/auth.json'), 'unusable', true, ['podman', 'buildah', 'skopeo']],
  );
  assert.ok(files.slice(1).every(({ state }) => state === 'absent'));
});

test('a file in which `auths` is no object is unusable, as it is for the engines', async (t) => {
  const home = temporaryDirectory(t);
  mkdirSync(join(home, '.docker'));
  for (const text of [
    '{"auths": []}',
    '{"auths": {"a.example.com": "x"}}',
    '{"credHelpers": 1}',
    '{"credHelpers": {"a.example.com": 7}}',
    '[]',
    '\uFEFF{}',
  ]) {
    writeFileSync(join(home, '.docker/config.json'), text);
    const files = await readAuthFiles({ platform: 'linux', env: { HOME: home }, uid: 7 }, factsOf);
    assert.equal(files.find(isDockers)?.state, 'unusable', text);
  }
  writeFileSync(join(home, '.docker/config.json'), '{"auths": null, "credHelpers": null}');
  const files = await readAuthFiles({ platform: 'linux', env: { HOME: home }, uid: 7 }, factsOf);
  assert.equal(files.find(isDockers)?.state, 'read');
});

test('a .dockercfg holds logins at its top, and a variable can hold what a file can', async (t) => {
  const home = temporaryDirectory(t);
  writeFileSync(join(home, '.dockercfg'), JSON.stringify({ 'a.example.com': { auth: base64('u:dead') } }));
  const files = await readAuthFiles({ platform: 'linux', env: { HOME: home }, uid: 7 }, factsOf);
  const keys = (logins: readonly { key: string }[] = []) => logins.map(({ key }) => key);
  assert.deepEqual(keys(files.find(({ legacy }) => legacy)?.logins), ['a.example.com']);
  const text = JSON.stringify({ auths: { 'b.example.com': { auth: base64('u:p') } } });
  assert.deepEqual(keys(loginsIn(text, 'DOCKER_AUTH_CONFIG', factsOf)), ['b.example.com']);
  assert.throws(() => loginsIn('nonsense', 'DOCKER_AUTH_CONFIG', factsOf), { code: 'engine-file-broken' });
});

test('whatever JSON a file holds is read or told as broken, and never with a secret in it', () => {
  const secret = 'Plant3dSecret';
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constant(base64(`u:${secret}`)),
    fc.constant(secret),
    fc.record(
      { auth: fc.constant(base64(`u:${secret}`)), identitytoken: fc.constant(secret) },
      { requiredKeys: [] },
    ),
  );
  const hosts = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('a.example.com', 'https://a.example.com/v1/')),
    value,
  );
  const file = fc.record(
    { auths: fc.oneof(hosts, value), credHelpers: hosts, credsStore: value },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(file, (content) => {
      try {
        const logins = loginsIn(JSON.stringify(content), 'FILE', factsOf);
        assert.ok(!JSON.stringify(logins.map((login) => ({ ...login, key: '' }))).includes(secret));
      } catch (error) {
        // What is no such file is told with its name and place.
        assert.ok(error instanceof AppError && error.message.startsWith('FILE:1:'), String(error));
        assert.ok(!error.message.includes(secret));
      }
    }),
  );
});
