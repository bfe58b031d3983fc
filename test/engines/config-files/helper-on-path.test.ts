import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isHelperOnPath } from '../../../src/engines/helper-on-path.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('the helper is on PATH once it is there and may be run', async (t) => {
  const directory = temporaryDirectory(t);
  const environment = { platform: 'linux', env: { PATH: `/nowhere::${directory}` }, uid: 1 } as const;
  assert.equal(await isHelperOnPath(environment), false);
  const file = join(directory, 'docker-credential-openshift');
  writeFileSync(file, '');
  chmodSync(file, 0o644);
  assert.equal(await isHelperOnPath(environment), false);
  chmodSync(file, 0o755);
  assert.equal(await isHelperOnPath(environment), true);
  assert.equal(await isHelperOnPath({ ...environment, env: {} }), false);
});
