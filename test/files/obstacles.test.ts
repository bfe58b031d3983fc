import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { chownRemedy, isMountPoint } from '../../src/files/obstacles.ts';
import { readTextFile, refuseUnwritable } from '../../src/files/text-file.ts';
import { foreseenObstacle } from '../../src/files/why-not-private.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { bareFix } from '../support/bare-fix.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const PERSON = 12_345;
const asRoot = process.geteuid?.() === 0 ? {} : { skip: 'only root can give files away, and mount' };

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

/** Runs a module's text where `source` is mounted over `target`, and nowhere else. @returns what it prints */
function whereMounted(source: string, target: string, code: string): string {
  const script = 'mount --bind "$1" "$2" && exec "$3" --input-type=module --eval "$4" "$2"';
  const program = ['sh', '-c', script, 'sh', source, target, process.execPath, code];
  return execFileSync('unshare', ['-m', '--propagation', 'private', ...program], { encoding: 'utf8' }).trim();
}

test('a single file that was mounted is a mount point, whatever its name', asRoot, (t) => {
  const root = temporaryDirectory(t);
  const module = JSON.stringify(import.meta.resolve('../../src/files/obstacles.ts'));
  const code = `const { isMountPoint } = await import(${module}); console.log(await isMountPoint(process.argv[1]));`;
  writeFileSync(join(root, 'source'), '{}');
  for (const name of ['config.json', 'a b\\c.json']) {
    const target = join(root, name);
    writeFileSync(target, '');
    assert.equal(whereMounted(join(root, 'source'), target, code), 'true');
  }
});

test('a mounted file is told before any file is written, with what to do', asRoot, (t) => {
  const root = temporaryDirectory(t);
  mkdirSync(join(root, '.docker'));
  const target = join(root, '.docker/config.json');
  writeFileSync(join(root, 'source'), '{}');
  writeFileSync(target, '');
  const files = JSON.stringify(import.meta.resolve('../../src/engines/edits/setup-files.ts'));
  const code = `
    const { createSetupFiles } = await import(${files});
    const env = { HOME: ${JSON.stringify(root)}, PATH: '' };
    const files = createSetupFiles({ platform: 'linux', env, uid: process.geteuid() }, env.HOME + '/config.yaml');
    const entry = { server: 'https://a.example.com:6443', user: 'u' };
    const setup = { host: 'r.example.com', engineNames: ['r.example.com'], entry, isNamed: true };
    await files.plan([setup]).catch((error) => console.log(error.message + '. ' + error.fix.do));`;
  assert.equal(
    whereMounted(join(root, 'source'), target, code),
    `${target} can't be changed: it is a mount point (a single file that was mounted into a container), and can't ` +
      `be replaced. Mount its directory, ${join(root, '.docker')}, and not the file, then run this again.`,
  );
});

test('a file like any other is none', async (t) => {
  const path = join(temporaryDirectory(t), 'config.json');
  writeFileSync(path, '{}');
  assert.equal(await isMountPoint(path), false);
});

test('a file that another program makes and removes all the time is read as whole or as absent', async (t) => {
  const path = join(temporaryDirectory(t), 'auth.json');
  const rival = new Worker(
    `const { renameSync, statSync, unlinkSync, writeFileSync } = require('node:fs');
    const { workerData: path } = require('node:worker_threads');
    for (;;) {
      writeFileSync(path + '.new', 'whole');
      renameSync(path + '.new', path);
      for (let look = 0; look < 10; look++) statSync(path);
      unlinkSync(path);
    }`,
    { eval: true, workerData: path },
  );
  await once(rival, 'online');
  try {
    const texts = new Map<string | null, number>();
    while ((texts.get(null) ?? 0) < 500 || (texts.get('whole') ?? 0) < 500) {
      const { text } = await readTextFile(path);
      texts.set(text, (texts.get(text) ?? 0) + 1);
    }
    assert.deepEqual([...texts.keys()].sort(), [null, 'whole']);
  } finally {
    await rival.terminate();
  }
});
