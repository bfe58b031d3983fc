import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { helperPrograms } from '../support/helper-program.ts';
import { homeAtSandbox } from './helper-home.ts';

// What stays is in docs/install.md.
/** Every file and directory below a directory, from there. */
function everythingIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => relative(directory, path) + (lstatSync(path).isDirectory() ? '/' : ''))
    .sort();
}

for (const program of helperPrograms) {
  test(`${program.name}: once setup is undone, nothing is left but what was kept on purpose`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const at = (name: string) => join(home.directory, name);
    for (const name of ['tmp', 'run']) mkdirSync(at(name), { mode: 0o700 });
    const env = {
      ...home.env,
      TMPDIR: at('tmp'),
      XDG_RUNTIME_DIR: at('run'),
      DOCKER_CREDENTIAL_OPENSHIFT_SECRETS: 'file',
    };
    const run = async (words: readonly string[] | string, input = '') => {
      const ended = await home.run(words, input, { env });
      assert.equal(ended.status, 0, ended.stdout + ended.stderr);
    };
    const before = everythingIn(home.directory);
    const left = () => everythingIn(home.directory).filter((path) => !before.includes(path));
    const host = sandbox.registryHost;
    const undo = async () => {
      await run(['setup', '--undo', '--yes']);
      await run(['renew', '--remove-timer']);
    };
    await run(['setup', '--yes']);
    await run('get', host);
    assert.ok(left().includes('.cache/docker-credential-openshift/answers/'));
    await undo();
    // Of the system's own names for what programs keep.
    const shared = ['.cache/', '.local/', '.local/state/'];
    assert.deepEqual(left(), shared);

    await run(['setup', '--yes']);
    await run('get', host);
    const typed = { ServerURL: 'other.example.com', Username: 'robot', Secret: 'hunter2' };
    await run('store', JSON.stringify(typed));
    await run(['logout', host]);
    await undo();
    // What a person typed, and that a person signed out.
    const kept = [
      '',
      'signed-out/',
      `signed-out/${encodeURIComponent(host)}.json`,
      'stored/',
      'stored/other.example.com.json',
    ].map((name) => `.local/state/docker-credential-openshift/${name}`);
    assert.deepEqual(left(), [...shared, ...kept]);
    await run(['logout', 'other.example.com', '--yes']);
    await undo();
    assert.deepEqual(
      left().filter((path) => path.includes('stored')),
      [],
    );
  });
}
