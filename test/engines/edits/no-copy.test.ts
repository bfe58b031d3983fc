import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { applyEngineEdit, previewEngineEdit } from '../../../src/engines/edits/apply-engine-edit.ts';
import { keepEdit } from '../../../src/engines/edits/keep-edit.ts';
import { planEngineEdit } from '../../../src/engines/edits/plan-engine-edit.ts';
import type { Fix } from '../../../src/hosts/reason.ts';
import { bareFix } from '../../support/bare-fix.ts';
import { editedMachine } from './edited-machine.ts';

const HOST = 'registry.example.com';
const DOCKER = '.docker/config.json';
const login = `{"auths": {"${HOST}": {"auth": "c2VjcmV0"}}}`;

/** Tries to set the host up; the refusal must come from the preview, and the file must be as it was. */
async function refused(machine: ReturnType<typeof editedMachine>, more: { state?: null } = {}) {
  const path = machine.at(DOCKER);
  const plan = (text: string | null) => planEngineEdit(text, { path, hosts: [HOST], addCredHelpers: true });
  const told = new Set<string>();
  for (const edit of [previewEngineEdit, applyEngineEdit]) {
    await assert.rejects(edit(path, plan, { ...machine.writer, ...more }), (error: Error & { fix?: Fix }) => {
      assert.ok(error.message.startsWith(`${path} holds a stored login`), error.message);
      assert.doesNotMatch(error.message, /c2VjcmV0/);
      told.add(bareFix(error.fix));
      return true;
    });
  }
  assert.equal(machine.read(DOCKER), login);
  assert.equal(told.size, 1);
  return [...told].join();
}

test('a login of which no copy can be kept stays, and what fixes it is told before anything is written', async (t) => {
  const open = editedMachine(t);
  open.write(DOCKER, login);
  mkdirSync(open.state);
  chmodSync(open.state, 0o777);
  assert.equal(await refused(open), `chmod 700 ${open.state}`);

  const nowhere = editedMachine(t);
  nowhere.write(DOCKER, login);
  assert.match(await refused(nowhere, { state: null }), /XDG_STATE_HOME/);

  const inTheWay = editedMachine(t);
  inTheWay.write(DOCKER, login);
  writeFileSync(inTheWay.state, '');
  assert.equal(await refused(inTheWay), `ls -ld ${inTheWay.state}`);
});

test('with a broken record nothing is copied, and the login stays; what names a helper alone is done', async (t) => {
  const { write, setUp, state, read } = editedMachine(t);
  write(DOCKER, login);
  write('docker-credential-openshift/setup-record.json', '{');
  chmodSync(state, 0o700);
  chmodSync(`${state}/setup-record.json`, 0o600);
  await assert.rejects(setUp(DOCKER, [HOST]), { code: 'no-copy' });
  assert.equal(read(DOCKER), login);
  assert.match((await setUp(DOCKER, ['other.example.com'])).at(-1) ?? '', /will not know of it/);
});

test('an entry without a secret is no login that could be lost', async (t) => {
  const { write, setUp, read } = editedMachine(t);
  write(DOCKER, `{"auths": {"${HOST}": {}}}`);
  await setUp(DOCKER, [HOST], { state: null });
  assert.deepEqual(JSON.parse(read(DOCKER)), { auths: {}, credHelpers: { [HOST]: 'openshift' } });
});

test('a copy that could be kept a moment ago, and no longer, is told as well', async (t) => {
  const { writer, at, write } = editedMachine(t);
  const step = {
    kind: 'login',
    host: HOST,
    key: HOST,
    json: '{"auth": "x"}',
    after: null,
    legacy: false,
  } as const;
  const edit = { path: at(DOCKER), before: login, after: '{}', steps: [step], directories: [] };
  await assert.rejects(keepEdit(edit, { ...writer, state: null }), {
    fix: { do: 'Set HOME or XDG_STATE_HOME.' },
  });
  write('docker-credential-openshift', 'a file where the directory should be');
  await assert.rejects(keepEdit(edit, writer), { code: 'no-copy', fix: { run: `ls -ld ${writer.state}` } });
});
