import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { helperPrograms } from '../support/helper-program.ts';
import { homeAtSandbox } from './helper-home.ts';

for (const program of helperPrograms) {
  test(`${program.name}: setup writes nothing where engines would not find the helper, and says how to install it`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const env = { ...home.env, PATH: '/usr/bin:/bin' };
    const files = ['.docker', '.config', '.local', '.cache'];
    const written = () => files.filter((name) => existsSync(join(home.directory, name)));
    for (const words of [['--yes'], [sandbox.registryHost, '--yes', '--engine', 'docker']]) {
      const { status, stdout, stderr } = await home.run(['setup', ...words], '', { env });
      assert.deepEqual([status, stdout, written()], [1, '', []]);
      assert.match(
        stderr,
        /^Nothing was changed: docker-credential-openshift is in no directory of the PATH\. .*\/usr\/local\/bin/,
      );
    }
    const dry = await home.run(['setup', '--dry-run'], '', { env });
    assert.deepEqual([dry.status, written()], [1, []]);
    assert.match(dry.stdout, /^\+.*"openshift"/m);
    assert.match(dry.stderr, /is in no directory of the PATH/);

    const bin = join(home.directory, 'bin');
    const file = join(bin, 'docker-credential-openshift');
    mkdirSync(bin);
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    const unfit = { env: { ...env, PATH: `${bin}:/usr/bin:/bin` } };
    assert.match(
      (await home.run(['setup', '--yes'], '', unfit)).stderr,
      new RegExp(`chmod \\+x ${file}$`, 'm'),
    );
  });
}
