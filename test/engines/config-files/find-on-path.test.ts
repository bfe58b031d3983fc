import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findOnPath } from '../../../src/engines/program-versions.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('a program is on PATH once it is there and may be run', (t) => {
  const name = 'docker-credential-openshift';
  const directory = temporaryDirectory(t);
  const environment = { platform: 'linux', env: { PATH: `/nowhere::${directory}` }, uid: 1 } as const;
  assert.deepEqual(findOnPath(name, environment), []);
  const file = join(directory, name);
  writeFileSync(file, '');
  chmodSync(file, 0o644);
  assert.deepEqual(findOnPath(name, environment), [{ path: file, isExecutable: false }]);
  chmodSync(file, 0o755);
  assert.deepEqual(findOnPath(name, environment), [{ path: file, isExecutable: true }]);
  assert.deepEqual(findOnPath(name, { ...environment, env: {} }), []);
});
