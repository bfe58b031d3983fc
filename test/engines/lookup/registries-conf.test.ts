import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { credentialHelpers, readRegistriesConf } from '../../../src/engines/registries-conf.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const OURS = 'credential-helpers = ["openshift", "containers-auth.json"]\n';

test('credential-helpers is read from the file itself, and not from its tables', () => {
  assert.deepEqual(credentialHelpers(OURS), ['openshift', 'containers-auth.json']);
  assert.deepEqual(credentialHelpers('a = 1\n"credential-helpers"=[\'x\',\n  # none\n  "y"]\n'), ['x', 'y']);
  assert.deepEqual(credentialHelpers('credential-helpers = []'), []);
  assert.equal(credentialHelpers(`# ${OURS}`), undefined);
  assert.equal(credentialHelpers(`[[registry]]\nprefix = "a"\n${OURS}`), undefined);
  assert.equal(credentialHelpers(''), undefined);
});

test("the last file that has the key wins; the user's drop-ins come after the system's", async (t) => {
  const home = temporaryDirectory(t);
  const dropIns = join(home, '.config/containers/registries.conf.d');
  mkdirSync(dropIns, { recursive: true });
  const system = '/etc/containers/registries.conf.d';
  const namesIn = async (directory: string) => (directory === system ? [] : readdirSync(directory).sort());
  const place = {
    platform: 'linux',
    env: { HOME: home, CONTAINERS_REGISTRIES_CONF: '/nowhere' },
    uid: 7,
  } as const;
  const read = () => readRegistriesConf(place, { namesIn });
  assert.deepEqual(await read(), { helpers: ['containers-auth.json'], path: undefined, overridden: [] });

  writeFileSync(join(dropIns, '50-openshift.conf'), OURS);
  writeFileSync(join(dropIns, '60-other.conf'), 'unqualified-search-registries = ["quay.io"]\n');
  writeFileSync(join(dropIns, '70-ignored.txt'), 'credential-helpers = ["x"]\n');
  const path = join(dropIns, '50-openshift.conf');
  assert.deepEqual(await read(), { helpers: ['openshift', 'containers-auth.json'], path, overridden: [] });

  writeFileSync(join(dropIns, '80-late.conf'), 'credential-helpers = ["containers-auth.json"]\n');
  assert.deepEqual(await read(), {
    helpers: ['containers-auth.json'],
    path: join(dropIns, '80-late.conf'),
    overridden: [{ path, helpers: ['openshift', 'containers-auth.json'] }],
  });
});

test("a user's registries.conf counts instead of the system's, and without the system's drop-ins", async (t) => {
  const home = temporaryDirectory(t);
  mkdirSync(join(home, '.config/containers'), { recursive: true });
  const path = join(home, '.config/containers/registries.conf');
  writeFileSync(path, OURS);
  const asked: string[] = [];
  const namesIn = async (directory: string) => {
    asked.push(directory);
    return [];
  };
  const { helpers } = await readRegistriesConf(
    { platform: 'linux', env: { HOME: home }, uid: 7 },
    { namesIn },
  );
  assert.deepEqual(helpers, ['openshift', 'containers-auth.json']);
  assert.deepEqual(asked, [`${path}.d`]);
});
