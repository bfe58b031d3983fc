import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isMountPoint } from '../../src/files/mount-point.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const asRoot = process.geteuid?.() === 0 ? {} : { skip: 'only root can mount' };

/** Runs a module's text where `source` is mounted over `target`, and nowhere else. @returns what it prints */
function whereMounted(source: string, target: string, code: string): string {
  const script = 'mount --bind "$1" "$2" && exec "$3" --input-type=module --eval "$4" "$2"';
  const program = ['sh', '-c', script, 'sh', source, target, process.execPath, code];
  return execFileSync('unshare', ['-m', '--propagation', 'private', ...program], { encoding: 'utf8' }).trim();
}

test('a single file that was mounted is a mount point, whatever its name', asRoot, (t) => {
  const root = temporaryDirectory(t);
  const module = JSON.stringify(import.meta.resolve('../../src/files/mount-point.ts'));
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
