import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runHelper } from '../support/helper-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { testOfFront, writeProgram } from './stand-in.ts';

const install = fileURLToPath(new URL('../../scripts/install', import.meta.url));
const NAME = 'docker-credential-openshift';

testOfFront(
  'scripts/install puts both programs in place, over older ones that run, and says where',
  async (t) => {
    const prefix = join(temporaryDirectory(t), 'pre fix');
    const env = { HOME: prefix, PATH: '/usr/bin:/bin' };
    mkdirSync(join(prefix, 'bin'), { recursive: true });
    writeProgram(join(prefix, 'bin', NAME), '#!/bin/sh\n');
    for (const _ of ['first', 'again']) {
      const told = execFileSync(install, ['--prefix', prefix], {
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      assert.equal(told, `Installed ${prefix}/bin/${NAME}\n`);
    }
    for (const directory of ['bin', `libexec/${NAME}`])
      assert.deepEqual(readdirSync(join(prefix, directory)), [NAME]);
    const command = [join(prefix, 'bin', NAME)] as const;
    const run = (verb: string, input = '') => runHelper({ command }, verb, input, { env, cwd: prefix });
    assert.deepEqual((({ status, stderr }) => [status, stderr])(await run('version')), [0, '']);
    assert.equal((await run('get', 'docker.io')).status, 1);
  },
);

testOfFront('version says when the front or the program is missing, or of another version', async (t) => {
  const prefix = temporaryDirectory(t);
  const env = { HOME: prefix, PATH: '/usr/bin:/bin' };
  execFileSync(install, ['--prefix', prefix], { env, stdio: 'ignore' });
  const front = join(prefix, 'bin', NAME);
  const main = join(prefix, 'libexec', NAME, NAME);
  const version = async (path: string) =>
    (await runHelper({ command: [path] }, 'version', '', { env, cwd: prefix })).stderr;
  renameSync(front, `${front}.away`);
  assert.match(
    await version(main),
    /The front that engines start is not at \S+ \[front-missing\]\. .*scripts\/install/,
  );
  writeProgram(front, `#!/bin/sh\necho ${NAME} front v0.0.1\n`);
  assert.match(await version(main), /is docker-credential-openshift front v0\.0\.1, and this is /);
  renameSync(`${front}.away`, front);
  rmSync(main);
  assert.match(await version(front), /is missing \(No such file or directory\) \[not-started\]\. Install /);
});

testOfFront(
  'scripts/install without anything to install, or with a wrong word, changes nothing',
  async (t) => {
    const directory = temporaryDirectory(t);
    mkdirSync(join(directory, 'scripts'));
    const copy = join(directory, 'scripts/install');
    execFileSync('cp', [install, copy]);
    const run = (...words: string[]) =>
      spawnSync(copy, words, { encoding: 'utf8', env: { HOME: directory, PATH: '/usr/bin:/bin' } });
    assert.match(run('--prefix', directory).stderr, /Run: scripts\/build/);
    for (const words of [['--prefix'], ['--prefix', ''], ['x']]) assert.equal(run(...words).status, 2);
    assert.deepEqual(readdirSync(directory), ['scripts']);
  },
);
