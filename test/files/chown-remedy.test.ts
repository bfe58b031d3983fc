import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { chownRemedy } from '../../src/files/chown-remedy.ts';
import { readTextFile, refuseUnwritable } from '../../src/files/text-file.ts';
import { foreseenObstacle } from '../../src/files/why-not-private.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { bareFix } from '../support/bare-fix.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const PERSON = 12_345;
const asRoot = process.geteuid?.() === 0 ? {} : { skip: 'only root can give files away' };

/** What a person is told to do; `act` runs as that person as far as files go. */
async function commandFor(act: () => Promise<unknown>): Promise<string> {
  process.seteuid?.(PERSON);
  try {
    await act();
    return '';
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return bareFix(error.fix);
  } finally {
    process.seteuid?.(0);
  }
}

test('what sudo left as root’s in a home is given back by one command', asRoot, async (t) => {
  const home = temporaryDirectory(t);
  chownSync(home, PERSON, 54_321);
  const path = join(home, '.docker/config.json');
  mkdirSync(dirname(path));
  writeFileSync(path, '{}', { mode: 0o644 });
  const whole = `sudo chown -R ${PERSON}:54321 ${dirname(path)}`;
  const edit = async () => refuseUnwritable(await readTextFile(path), PERSON);
  assert.equal(await commandFor(edit), whole);
  chmodSync(dirname(path), 0o700);
  assert.equal(await commandFor(edit), whole);

  chownSync(dirname(path), PERSON, 54_321);
  const one = `sudo chown ${PERSON}:54321 ${path}`;
  assert.equal(await commandFor(edit), one);
  chmodSync(path, 0o600);
  assert.equal(await commandFor(edit), one);
  chownSync(path, PERSON, 54_321);
  assert.equal(await commandFor(edit), '');
});

test('a directory for our own files is told in the same way', asRoot, async (t) => {
  const home = temporaryDirectory(t);
  chownSync(home, PERSON, PERSON);
  const local = join(home, '.local');
  mkdirSync(local);
  const file = join(local, 'state/docker-credential-openshift/setup-record.json');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const command = await commandFor(async () => {
    const obstacle = await foreseenObstacle(file, PERSON);
    if (obstacle !== undefined) throw new AppError({ code: 'test', ...obstacle });
  });
  assert.equal(command, `sudo chown -R ${PERSON}:${PERSON} ${local}`);
});

test(
  'root is told to go without sudo, and another person’s file is that person’s to edit',
  asRoot,
  async (t) => {
    const home = temporaryDirectory(t);
    const path = join(home, 'config.json');
    writeFileSync(path, '{}');
    chownSync(home, PERSON, PERSON);
    await assert.rejects(async () => refuseUnwritable(await readTextFile(path), 0), {
      fix: { do: 'Run this without sudo.' },
    });
    chownSync(home, PERSON, PERSON);
    chownSync(path, PERSON + 1, PERSON);
    assert.match(
      (await commandFor(async () => refuseUnwritable(await readTextFile(path), PERSON))) ?? '',
      /-u '#12346'/,
    );
  },
);

test('where nothing is in a person’s directory there is no such command', async () => {
  assert.equal(await chownRemedy('/'), undefined);
  assert.equal(await chownRemedy('relative/path', 1), undefined);
});
