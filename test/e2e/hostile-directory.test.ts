import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { writeFiles } from '../support/write-files.ts';
import { homeAtSandbox } from './helper-home.ts';

/** Leaves a trace if any of it is run, and talks where only the program may. */
function trap(directory: string): string {
  const mark = JSON.stringify(join(directory, 'was-run'));
  return `require('node:fs').writeFileSync(${mark}, ''); console.log('a trap'); console.error('a trap');\n`;
}

/** Files that runtimes, package managers and compilers read from the directory that they are started in. */
function traps(directory: string): Record<string, string> {
  const run = trap(directory);
  return {
    '.env':
      'HOME=/nowhere\nKUBECONFIG=/nowhere\nDOCKER_CREDENTIAL_OPENSHIFT_CONFIG=/nowhere\nHTTPS_PROXY=http://127.0.0.1:1\n',
    '.env.local': 'HOME=/nowhere\n',
    '.env.production': 'HOME=/nowhere\n',
    'bunfig.toml': 'preload = ["./trap.cjs"]\nlogLevel = "debug"\n[run]\nbun = true\n',
    'trap.cjs': run,
    'package.json': '{ "type": "commonjs", "imports": { "#x": "./trap.cjs" }, broken',
    'tsconfig.json': '{ "compilerOptions": { "paths": { "*": ["./trap.cjs"] } }, broken',
    '.npmrc': 'node-options=--require ./trap.cjs\n',
    'node_modules/yaml/package.json': '{ "name": "yaml", "main": "index.js" }',
    'node_modules/yaml/index.js': run,
    'node_modules/hpagent/index.js': run,
    'src/main.ts': run,
    'index.ts': run,
    'config.yaml': 'registries: [',
    '.kube/config': 'broken: [',
  };
}

for (const program of helperPrograms) {
  test(`${program.name}: nothing in the directory that it is started in changes it`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const cwd = join(home.directory, 'hostile');
    writeFiles(cwd, traps(cwd));
    const answer = { token: fingerprintOf(home.token), username: 'alice', said: '' };
    for (const _ of ['cold', 'cached'])
      assert.deepEqual(await home.get(sandbox.registryHost, { cwd }), answer);
    assert.equal((await home.get('registry.example.com', { cwd })).said, '');
    const list = await home.run('list', 'unused', { cwd });
    assert.deepEqual(JSON.parse(list.stdout), { [sandbox.registryHost]: 'alice-' });
    for (const verb of ['version', 'erase']) {
      const { status, stderr } = await home.run(verb, sandbox.registryHost, { cwd });
      assert.deepEqual([status, stderr], [0, ''], verb);
    }
    assert.equal(existsSync(join(cwd, 'was-run')), false);
  });
}
