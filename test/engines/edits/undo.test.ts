import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { bindRegistry, entryAsWritten } from '../../../src/config/edit-config.ts';
import { applyEngineEdit, type PlanText } from '../../../src/engines/edits/apply-engine-edit.ts';
import { readEditRecord } from '../../../src/engines/edits/edit-record.ts';
import { keepEdit } from '../../../src/engines/edits/keep-edit.ts';
import { planUndo } from '../../../src/engines/edits/plan-undo.ts';
import { undoEdits } from '../../../src/engines/edits/undo-edits.ts';
import { editedMachine } from './edited-machine.ts';

const HOST = 'registry.example.com';
const OTHER = 'other.example.com';
const DOCKER = '.docker/config.json';
const login = `{"auths": {"${HOST}": {"auth": "c2VjcmV0"}, "x.io": {}}}\n`;
const RECORD = 'docker-credential-openshift/setup-record.json';

test('a file that was made goes again, and so do its directories', async (t) => {
  const { setUp, undo, has } = editedMachine(t);
  await setUp('a/b/auth.json', [HOST]);
  assert.deepEqual(await undo(), {
    changes: [`removed the helper for ${HOST}`, 'removed the file, which setup had made'],
    left: [],
  });
  assert.ok(!has('a'));
});

test('an undoing tells whether it removed the file, by what it found when it was carried out', async (t) => {
  for (const isOthers of [false, true]) {
    const { setUp, writer, write, at, has } = editedMachine(t);
    await setUp('a/auth.json', [HOST]);
    const [edit] = await planUndo(writer);
    if (isOthers) write('a/auth.json', `{"credHelpers": {"${HOST}": "openshift"}, "auths": {"x.io": {}}}`);
    assert.equal(edit?.path, at('a/auth.json'));
    assert.equal(edit.isRemoved?.(), false);
    await edit.apply();
    assert.deepEqual([edit.isRemoved?.(), has('a/auth.json')], [!isOthers, isOthers]);
  }
});

test('a directory that something else is in by now stays', async (t) => {
  const { setUp, undo, write, list } = editedMachine(t);
  await setUp('a/b/auth.json', [HOST]);
  write('a/theirs', '');
  await undo();
  assert.deepEqual(list('a'), ['theirs']);
});

test('a file that was there is byte for byte what it was, an empty one too', async (t) => {
  for (const text of [login, '', ' \n']) {
    const { setUp, undo, write, read } = editedMachine(t);
    write(DOCKER, text);
    await setUp(DOCKER, [HOST]);
    assert.notEqual(read(DOCKER), text);
    await undo();
    assert.equal(read(DOCKER), text);
  }
});

test('two setups are undone at once, and then there is nothing to undo', async (t) => {
  const { setUp, undo, write, read, has } = editedMachine(t);
  write(DOCKER, login);
  await setUp(DOCKER, [HOST]);
  await setUp(DOCKER, [OTHER]);
  assert.equal((await undo()).changes.length, 3);
  assert.equal(read(DOCKER), login);
  assert.deepEqual(await undo(), { changes: [], left: [] });
  assert.ok(!has(RECORD));
});

test('one host is undone, and later the other', async (t) => {
  const { setUp, undo, write, read, has } = editedMachine(t);
  write(DOCKER, login);
  await setUp(DOCKER, [HOST, OTHER]);
  await undo([HOST]);
  assert.deepEqual(JSON.parse(read(DOCKER)), { ...JSON.parse(login), credHelpers: { [OTHER]: 'openshift' } });
  assert.deepEqual(await undo([HOST]), { changes: [], left: [] });
  await undo([OTHER]);
  assert.equal(read(DOCKER), login);
  assert.ok(!has(RECORD));
});

test('undone host by host, a file means what it meant: then it is byte for byte that, too', async (t) => {
  const bare = `{\n\t"credsStore": "pass", "auths":{}}`;
  for (const text of [login, bare, '{ }', '', `{"auths":\n{"${OTHER}/ns": {"auth": "c2VjcmV0"}}}`]) {
    const { setUp, undo, write, read, at } = editedMachine(t);
    write(DOCKER, text);
    await setUp(DOCKER, [HOST, OTHER]);
    // Laid out anew by another program, and nothing else.
    writeFileSync(at(DOCKER), JSON.stringify(JSON.parse(read(DOCKER)), undefined, 4));
    await undo([OTHER]);
    await undo([HOST]);
    assert.equal(read(DOCKER), text);
  }
});

test('with its last edit what is kept of a file goes, also where others changed the file since', async (t) => {
  const { setUp, undo, write, has } = editedMachine(t);
  write(DOCKER, login);
  await setUp(DOCKER, [HOST]);
  write(DOCKER, '{"credHelpers": {}, "since": 1}');
  await undo();
  assert.ok(!has(RECORD));
});

test('of a file that is gone nothing is kept any more, once the undoing was told', async (t) => {
  const { setUp, undo, write, has, at } = editedMachine(t);
  write(DOCKER, login);
  await setUp(DOCKER, [HOST]);
  rmSync(at(DOCKER));
  assert.deepEqual((await undo()).changes, []);
  assert.deepEqual([has(RECORD), has(DOCKER)], [false, false]);
});

test('a broken file keeps no other from being undone, and is told with its fault', async (t) => {
  const { setUp, write, read, writer, at } = editedMachine(t);
  write(DOCKER, login);
  write('auth.json', login);
  for (const path of ['auth.json', DOCKER]) await setUp(path, [HOST]);
  write('auth.json', '{"auths": {');
  const edits = await planUndo(writer);
  assert.deepEqual(
    edits.map(({ path, fault }) => [path, fault?.code]),
    [
      [at(DOCKER), undefined],
      [at('auth.json'), 'engine-file-broken'],
    ],
  );
  const [docker, broken] = edits;
  await docker?.apply();
  assert.equal(read(DOCKER), login);
  await assert.rejects(async () => broken?.apply(), { code: 'engine-file-broken' });
  assert.deepEqual(
    (await planUndo(writer)).map(({ path }) => path),
    [at('auth.json')],
  );
});

test('what another program wrote meanwhile stays, in its place', async (t) => {
  const { setUp, undo, write, read, at } = editedMachine(t);
  write(DOCKER, login);
  await setUp(DOCKER, [HOST]);
  writeFileSync(at(DOCKER), read(DOCKER).replace('"x.io": {}', '"x.io": {"auth": "bmV3"}'));
  await undo();
  assert.equal(read(DOCKER), `{"auths": {"${HOST}": {"auth": "c2VjcmV0"}, "x.io": {"auth": "bmV3"}}}\n`);
});

test('a helper or a login that was changed since is left, and said', async (t) => {
  const { setUp, undo, write } = editedMachine(t);
  write(DOCKER, login);
  await setUp(DOCKER, [HOST]);
  write(DOCKER, `{"auths":{"${HOST}":{"auth":"bmV3"}},"credHelpers":{"${HOST}":"desktop"}}`);
  assert.deepEqual(await undo(), {
    changes: [],
    left: [
      `the helper for ${HOST} was changed since, and stays`,
      `there is a newer login "${HOST}", which stays`,
    ],
  });
});

test('a file that is gone is not made again', async (t) => {
  const { setUp, undo, write, has, at } = editedMachine(t);
  write(DOCKER, login);
  await setUp(DOCKER, [HOST]);
  rmSync(at(DOCKER));
  assert.match((await undo()).left.join(), /is not put back: the file it was in is gone/);
  assert.ok(!has(DOCKER));
});

test('the helper that was named before is named again', async (t) => {
  const { setUp, undo, write, read, at } = editedMachine(t);
  write(DOCKER, `{"credHelpers": {"${HOST}": "desktop"}}`);
  await setUp(DOCKER, [HOST]);
  writeFileSync(at(DOCKER), read(DOCKER).replace('{', '{"x": 1, '));
  assert.deepEqual((await undo()).changes, [`set the helper for ${HOST} back to "desktop"`]);
  assert.equal(read(DOCKER), `{"x": 1, "credHelpers": {"${HOST}": "desktop"}}`);
});

test('what is kept for the undoing is private, and gone after it', async (t) => {
  const { setUp, undo, write, has, mode, list, at } = editedMachine(t);
  write(DOCKER, login);
  chmodSync(at(DOCKER), 0o644);
  await setUp(DOCKER, [HOST]);
  const directory = dirname(RECORD);
  assert.deepEqual([mode(RECORD), mode(directory), list(directory)], [0o600, 0o700, ['setup-record.json']]);
  await undo();
  assert.ok(!has(RECORD));
});

test('what is kept of a file is its first original, whatever comes later', async (t) => {
  const { setUp, write, read, state, writer } = editedMachine(t);
  write(DOCKER, login);
  await setUp(DOCKER, [HOST]);
  write(DOCKER, login.replace('c2VjcmV0', 'bmV3'));
  await setUp(DOCKER, [HOST]);
  assert.deepEqual(
    readEditRecord(state, writer.uid).files.map(({ original }) => original),
    [login],
  );
  assert.ok(!read(DOCKER).includes('bmV3'));
});

test('a login that is dead by now is not put back, and all else is', async (t) => {
  const { setUp, write, read, writer } = editedMachine(t);
  const two = `{"auths": {"${HOST}": {"auth": "dTpkZWFk"}, "${OTHER}": {"identitytoken": "alive"}}}\n`;
  write(DOCKER, two);
  await setUp(DOCKER, [HOST, OTHER]);
  const asked: object[] = [];
  const [edit] = await planUndo(writer, undefined, async (each) => {
    asked.push(each);
    return each.secret === 'dead';
  });
  assert.deepEqual(asked, [
    { host: HOST, username: 'u', secret: 'dead' },
    { host: OTHER, username: '', secret: 'alive' },
  ]);
  assert.deepEqual(edit?.left, [
    `the stored login "${HOST}" is of no use any more, and is not put back: every pull would fail with it`,
  ]);
  await edit?.apply();
  assert.deepEqual(JSON.parse(read(DOCKER)), { auths: { [OTHER]: { identitytoken: 'alive' } } });
  assert.deepEqual(await planUndo(writer), []);
  // A second time there is nothing to do.
  assert.deepEqual(await edit?.apply(), []);
});

test("where nothing can be kept, a helper is named and that it can't be undone is said", async (t) => {
  const { setUp, write, at, state } = editedMachine(t);
  write(DOCKER, '{"auths": {"x.io": {"auth": "c2VjcmV0"}, "other.example.com": {}}}');
  const unknown = 'setup --undo will not know of it: no record of it could be written';
  assert.equal((await setUp(DOCKER, [HOST], { state: null })).at(-1), unknown);
  write('docker-credential-openshift', 'a file where the directory should be');
  assert.equal((await setUp(DOCKER, [OTHER])).at(-1), unknown);
  assert.deepEqual(await planUndo({ uid: process.geteuid?.(), state: null }), []);
  assert.equal(readFileSync(state, 'utf8'), 'a file where the directory should be');
  assert.ok(readFileSync(at(DOCKER), 'utf8').includes(OTHER));
});

test('a record that is broken, or open to others, is told by the undoing, and left alone by the next setup', async (t) => {
  for (const [text, mode] of [
    ['{"files": ', 0o600],
    ['[]', 0o600],
    ['{"files": []}', 0o644],
    ['{"files": [{"path": "/x"}]}', 0o600],
    ['{"files": [{"path": "/x", "edits": [{}]}]}', 0o600],
  ] as const) {
    const { setUp, undo, write, read, at } = editedMachine(t);
    await setUp(DOCKER, [HOST]);
    write(RECORD, text);
    chmodSync(at(RECORD), mode);
    assert.match((await setUp(DOCKER, [OTHER])).at(-1) ?? '', /will not know of it/);
    assert.equal(read(RECORD), text);
    await assert.rejects(undo(), { code: 'record-broken' });
  }
});

test('an edit that was written down and never made is not undone', async (t) => {
  const { undo, setUp, write, read, writer, at } = editedMachine(t);
  write(DOCKER, login);
  const step = { kind: 'helper', host: HOST, previous: null, nth: 0, madeContainer: true } as const;
  const edit = { path: at(DOCKER), before: login, after: '{}', steps: [step], directories: [] };
  await keepEdit(edit, writer);
  assert.deepEqual((await undo()).changes, []);
  await keepEdit(edit, writer);
  await setUp(DOCKER, [OTHER]);
  assert.deepEqual((await undo()).changes, [`removed the helper for ${OTHER}`]);
  assert.equal(read(DOCKER), login);
});

test('the binding of a host in our config is taken back, unless it was changed since', async (t) => {
  const { writer, undo, write, read, at } = editedMachine(t);
  const path = at('config.yaml');
  const bind = (server: string): PlanText => {
    return (text) => {
      const edited = bindRegistry(text ?? '', HOST, { server, user: 'alice' }, path);
      const [previous, written] = [entryAsWritten(text ?? '', HOST), entryAsWritten(edited, HOST)];
      return {
        text: edited,
        changes: ['bound'],
        steps: [{ kind: 'binding', host: HOST, previous, written }],
      };
    };
  };
  const old = `# mine\nregistries:\n  ${HOST}:\n    context: ci\n    serviceAccount: ns/puller\n    tokenLifetime: 8h\n`;
  for (const since of ['', '\n# since\n']) {
    write('config.yaml', old);
    await applyEngineEdit(path, bind('https://a.example.com'), writer);
    write('config.yaml', `${read('config.yaml')}${since}`);
    assert.deepEqual((await undo()).changes, [`linked ${HOST} as before`]);
    assert.equal(read('config.yaml'), `${old}${since}`);
  }
  await applyEngineEdit(path, bind('https://a.example.com'), writer);
  write('config.yaml', read('config.yaml').replace('alice', 'bob'));
  assert.deepEqual(await undo(), {
    changes: [],
    left: [`the binding of ${HOST} was changed since, and stays`],
  });
});

test('a config that holds nothing but comments since is left with them, and an empty one goes', async (t) => {
  const { writer, undo, has, write, read, at } = editedMachine(t);
  const path = at('config.yaml');
  const bind: PlanText = (text) => {
    const edited = bindRegistry(text ?? '', HOST, { server: 'https://a.example.com', user: 'alice' }, path);
    const written = entryAsWritten(edited, HOST);
    return {
      text: edited,
      changes: ['bound'],
      steps: [{ kind: 'binding', host: HOST, previous: null, written }],
    };
  };
  await applyEngineEdit(path, bind, writer);
  write('config.yaml', `${read('config.yaml')}\n`);
  await undo();
  assert.ok(!has('config.yaml'));
  await applyEngineEdit(path, bind, writer);
  write('config.yaml', `# mine\n\n${read('config.yaml')}`);
  await undo();
  assert.match(read('config.yaml'), /^# mine\n/);
});

test('no secret is in a diff of an undoing', async (t) => {
  const { setUp, write, writer } = editedMachine(t);
  write(DOCKER, login);
  await setUp(DOCKER, [HOST]);
  const [edit] = await planUndo(writer);
  assert.match(edit?.diff.join('\n') ?? '', new RegExp(`\\+.*"${HOST}": {"auth": "…"}`));
  assert.doesNotMatch(JSON.stringify(edit), /c2VjcmV0/);
});

test('of two setups, each of one host, one is undone and later the other', async (t) => {
  const { setUp, undo, write, read } = editedMachine(t);
  write(DOCKER, login);
  await setUp(DOCKER, [HOST]);
  await setUp(DOCKER, [OTHER]);
  await undo([HOST]);
  assert.deepEqual(JSON.parse(read(DOCKER)), { ...JSON.parse(login), credHelpers: { [OTHER]: 'openshift' } });
  await undo([OTHER]);
  assert.equal(read(DOCKER), login);
});

test('each step is taken back in whatever others made of the file, or stays and is told', () => {
  const helper = { kind: 'helper', host: HOST, previous: null, nth: 0, madeContainer: false } as const;
  const unnamed = { kind: 'unnamed', host: HOST, json: '"desktop"', after: null } as const;
  const gone = {
    kind: 'login',
    host: HOST,
    key: HOST,
    json: '{"auth":"eA=="}',
    after: null,
    legacy: false,
  } as const;
  const back = { [HOST]: { auth: 'eA==' } };
  const notBack = `the stored login "${HOST}" is not put back: the file it was in is gone or empty`;
  for (const [step, text, after, ...left] of [
    [helper, '', undefined],
    [helper, '{}', {}],
    [helper, `{"credHelpers":{"${HOST}":"openshift"}}`, { credHelpers: {} }],
    [gone, '', undefined, notBack],
    [gone, '{}', { auths: back }],
    [gone, '{"auths":null}', { auths: back }],
    [{ ...gone, legacy: true }, '{"x.io":{}}', { ...back, 'x.io': {} }],
    [unnamed, '{}', { credHelpers: { [HOST]: 'desktop' } }],
    [unnamed, '{"credHelpers":null}', { credHelpers: { [HOST]: 'desktop' } }],
    [
      unnamed,
      `{"credHelpers":{"${HOST}":"pass"}}`,
      { credHelpers: { [HOST]: 'pass' } },
      `the helper for ${HOST} was changed since, and stays`,
    ],
    [
      { ...helper, previous: 'null' },
      `{"credHelpers":{"${HOST}":"openshift"}}`,
      { credHelpers: { [HOST]: null } },
    ],
  ] as const) {
    const edits = [{ before: 'b', after: 'a', steps: [step] }];
    // What it was before is no config: then it can't come back as a whole.
    for (const original of [undefined, '[]', '5', 'null', 'nonsense']) {
      const undone = undoEdits(
        text,
        { path: '/f', original, edits },
        { isWanted: () => true, isDead: () => false },
      );
      assert.deepEqual(undone.text === '' ? undefined : JSON.parse(undone.text ?? ''), after);
      assert.deepEqual(undone.left, left);
    }
  }
});

test('a binding that was taken back by hand is left', () => {
  const text = `registries:\n  ${OTHER}: {server: https://a.example.com}\n`;
  const steps = [{ kind: 'binding', host: HOST, previous: null, written: {} } as const];
  const edits = [{ before: 'b', after: 'a', steps }];
  const wanted = { isWanted: () => true, isDead: () => false };
  assert.deepEqual(undoEdits(text, { path: '/f', edits }, wanted), { text, changes: [], left: [], rest: [] });
});
