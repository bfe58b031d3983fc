import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  helpersIn,
  hostsOfOurs,
  namedHelpers,
  othersThatMayHold,
} from '../../../src/engines/other-helpers.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { writeFiles } from '../../support/write-files.ts';

const HOST = 'r.example.com';

test('the helpers that may hold a host are those named for it, and for all, in any file; never this one', async (t) => {
  const home = temporaryDirectory(t);
  writeFiles(home, {
    '.docker/config.json': {
      credsStore: 'desktop',
      credHelpers: { [HOST]: 'openshift', 'b.example.com': 'ecr' },
    },
    '.config/containers/auth.json': {
      CredHelpers: { [`https://${HOST}`]: 'pass', 'c.example.com': 'openshift' },
    },
    // A file of docker's first versions names none.
    '.dockercfg': { credHelpers: { 'd.example.com': 'openshift' } },
    run: {},
  });
  const env = { HOME: home, XDG_RUNTIME_DIR: join(home, 'runtime') };
  const named = await namedHelpers({ platform: 'linux', env, uid: undefined });
  assert.deepEqual(othersThatMayHold(HOST, named).toSorted(), ['desktop', 'pass']);
  assert.deepEqual(othersThatMayHold('b.example.com', named).toSorted(), ['desktop', 'ecr']);
  assert.deepEqual(hostsOfOurs(named).toSorted(), ['c.example.com', HOST]);
});

test('the helper that docker asks for Docker Hub may hold its login, by whichever name one signs out of it', () => {
  const { byHost } = helpersIn('{"credHelpers":{"https://index.docker.io/v1/":"pass"}}', 'config.json');
  for (const name of ['docker.io', 'index.docker.io'])
    assert.deepEqual(othersThatMayHold(name, { byHost, forAll: [] }), ['pass']);
});

test('this helper and the files, as registries.conf names them, are no other helpers', () => {
  const forAll = ['openshift', 'containers-auth.json', 'pass', ''];
  assert.deepEqual(othersThatMayHold(HOST, { byHost: new Map(), forAll }), ['pass']);
});

test('without any file nothing is named', async (t) => {
  const env = { HOME: temporaryDirectory(t) };
  const named = await namedHelpers({ platform: 'linux', env, uid: undefined });
  assert.deepEqual([othersThatMayHold(HOST, named), hostsOfOurs(named)], [[], []]);
});
