import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseRegistriesConf } from '../../../src/engines/lookup/parse-registries-conf.ts';
import { readRegistriesConf } from '../../../src/engines/lookup/registries-conf.ts';
import type { Version } from '../../../src/engines/rules.ts';
import fc from '../../support/properties.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { registriesConf } from './lookup-world.ts';

const OURS = 'credential-helpers = ["openshift", "containers-auth.json"]\n';

const FIVE = { podman: [5, 8] } as const;

const PATH = '/etc/containers/registries.conf.d/50.conf';

function credentialHelpers(text: string): readonly string[] | undefined {
  const said = parseRegistriesConf(text, PATH);
  return 'fault' in said ? assert.fail(said.fault) : said.helpers;
}

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
  const namesIn = (directory: string) => (directory === system ? [] : readdirSync(directory).sort());
  const place = {
    platform: 'linux',
    env: { HOME: home, CONTAINERS_REGISTRIES_CONF: '/nowhere' },
    uid: 7,
  } as const;
  const read = () => readRegistriesConf(place, namesIn, FIVE);
  assert.deepEqual(await read(), registriesConf({}));

  writeFileSync(join(dropIns, '50-openshift.conf'), OURS);
  writeFileSync(join(dropIns, '60-other.conf'), '[aliases]\n');
  writeFileSync(join(dropIns, '70-ignored.txt'), 'credential-helpers = ["x"]\n');
  const path = join(dropIns, '50-openshift.conf');
  assert.deepEqual(await read(), registriesConf({ helpers: ['openshift', 'containers-auth.json'], path }));

  writeFileSync(join(dropIns, '80-late.conf'), 'credential-helpers = ["containers-auth.json"]\n');
  assert.deepEqual(
    await read(),
    registriesConf({
      path: join(dropIns, '80-late.conf'),
      overridden: [{ path, helpers: ['openshift', 'containers-auth.json'] }],
    }),
  );

  writeFileSync(join(dropIns, '90-broken.conf'), 'credential-helpers = [\n');
  const { broken, path: still } = await read();
  assert.deepEqual(
    [still, broken],
    [
      join(dropIns, '80-late.conf'),
      [
        {
          path: join(dropIns, '90-broken.conf'),
          fault: `${join(dropIns, '90-broken.conf')}:1: this is not TOML: invalid value`,
        },
      ],
    ],
  );
});

test("a user's registries.conf counts instead of the system's, and without the system's drop-ins", async (t) => {
  const home = temporaryDirectory(t);
  mkdirSync(join(home, '.config/containers'), { recursive: true });
  const path = join(home, '.config/containers/registries.conf');
  writeFileSync(path, OURS);
  const asked: string[] = [];
  const namesIn = (directory: string) => {
    asked.push(directory);
    return [];
  };
  const { helpers } = await readRegistriesConf(
    { platform: 'linux', env: { HOME: home }, uid: 7 },
    namesIn,
    FIVE,
  );
  assert.deepEqual(helpers, ['openshift', 'containers-auth.json']);
  assert.deepEqual(asked, [`${path}.d`]);
});

test('of aliases and lists the last file counts, and before all what podman wrote down of its own', async (t) => {
  const home = temporaryDirectory(t);
  const dropIns = join(home, '.config/containers/registries.conf.d');
  const cache = join(home, '.cache/containers');
  for (const directory of [dropIns, cache]) mkdirSync(directory, { recursive: true });
  const env = { HOME: home, CONTAINERS_REGISTRIES_CONF: '/nowhere' };
  const read = async (more: Partial<Parameters<typeof readRegistriesConf>[0]> = {}) => {
    const namesIn = (directory: string) => (directory === dropIns ? readdirSync(directory).sort() : []);
    const place = { platform: 'linux', env, uid: 7, ...more } as const;
    return (await readRegistriesConf(place, namesIn, FIVE)).shortNames;
  };
  const [first, second] = [join(dropIns, '1.conf'), join(dropIns, '2.conf')];
  writeFileSync(
    first,
    'unqualified-search-registries = ["a.io", "b.io/"]\n[aliases]\na = "x.io/a"\nb = "x.io/b"\nc = "x.io/c"\n',
  );
  assert.deepEqual((await read()).search, { registries: ['a.io', 'b.io'], path: first });
  writeFileSync(
    second,
    'unqualified-search-registries = []\nshort-name-mode = "disabled"\n[aliases]\nb = ""\nc = "y.io/c"\n',
  );
  writeFileSync(join(cache, 'short-name-aliases.conf'), '[aliases]\nc = "z.io/c"\n');
  const { aliases, search, mode, fault } = await read();
  assert.deepEqual(
    [...aliases],
    [
      ['a', { image: 'x.io/a', path: first }],
      ['c', { image: 'z.io/c', path: join(cache, 'short-name-aliases.conf') }],
    ],
  );
  assert.deepEqual([search, mode, fault], [{ registries: [], path: second }, 'disabled', undefined]);

  writeFileSync(join(cache, 'short-name-aliases.conf'), '[aliases\n');
  assert.match((await read()).fault ?? '', /short-name-aliases\.conf:1: /);
  const moved = { ...env, XDG_CACHE_HOME: join(home, 'elsewhere') };
  assert.equal((await read({ env: moved })).fault, undefined);
  assert.equal((await read({ uid: 0 })).aliases.get('c')?.image, 'y.io/c');
  const { search: inMachine } = await read({ platform: 'darwin', env: {} });
  assert.deepEqual(inMachine?.registries, ['docker.io']);
});

test('podman 6 sorts the drop-ins of all directories by name; of one name the user`s counts, and an empty one masks', async (t) => {
  const home = temporaryDirectory(t);
  const dropIns = join(home, 'moved/containers/registries.conf.d');
  mkdirSync(dropIns, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(dropIns, name), text);
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, 'moved') };
  const systems: Record<string, string[]> = {
    '/usr/share/containers/registries.conf.d': ['20-nothing.conf'],
    '/etc/containers/registries.rootful.conf.d': ['50-masked.conf'],
  };
  const namesIn = (directory: string) =>
    systems[directory] ?? (directory === dropIns ? readdirSync(directory).sort() : []);
  const read = (version: Version) =>
    readRegistriesConf({ platform: 'linux', env, uid: 0 }, namesIn, { podman: version });
  write('10-ours.conf', OURS);
  write('50-masked.conf', '');
  assert.equal((await read([6, 0])).path, join(dropIns, '10-ours.conf'));
  const chosen = join(home, 'chosen.conf');
  writeFileSync(chosen, 'credential-helpers = ["y"]\n');
  const place = { platform: 'linux', env: { ...env, CONTAINERS_REGISTRIES_CONF: chosen }, uid: 0 } as const;
  const byVariable = await readRegistriesConf(place, namesIn, { podman: [6, 0] });
  assert.deepEqual([byVariable.path, byVariable.overridden], [chosen, []]);
  // podman 5 does not heed XDG_CONFIG_HOME here.
  assert.equal((await read([5, 8])).path, undefined);
  // A user's own file shuts no drop-in out.
  writeFileSync(join(home, 'moved/containers/registries.conf'), 'credential-helpers = ["x"]\n');
  assert.equal((await read([6, 0])).path, join(dropIns, '10-ours.conf'));
});

test('what podman refuses is a fault with its line, where it has one (each was given to skopeo 1.9)', () => {
  const faults: Record<string, RegExp> = {
    // These with podman 4.3.
    '[[registry]]\nlocation = "a.io"\n[[registry.mirror]]\nlocation = ""': /mirror]] has no location/,
    '[[registry]]\nlocation = "a.io"\n[[registry.mirror]]\nlocation = "m.io"\npull-from-mirror = "x"':
      /pull-from-mirror must be one of all, digest-only, tag-only/,
    '[[registry]]\nlocation = "a.io"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "m.io"\npull-from-mirror = "all"':
      /has mirror-by-digest-only, and a mirror of it/,
    '[[registry]]\nlocation = "a.io"\npull-from-mirror = "all"': /which is for a mirror alone/,
    'credential-helpers = [': /:1: this is not TOML: /,
    'a = 1\na = 2': /:2: this is not TOML: /,
    'credential-helpers = ["x" "y"]': /:1: this is not TOML: /,
    'x = y': /:1: this is not TOML: /,
    'x = "y': /:1: this is not TOML: /,
    nokey: /:1: this is not TOML: /,
    // TOML 1.1, which engines refuse up to podman 5.8 at least.
    'x = { a = 1,\n b = 2 }': /:1: this is not TOML: a line ends in an inline table/,
    'y = 1\nx = { a = 1, }': /:2: this is not TOML: a comma ends an inline table/,
    'x = 10:30': /:1: this is not TOML: a time has no seconds/,
    'x = "\\e"': /:1: this is not TOML: a text has an escape that is none/,
    'x = "\\x41"': /:1: this is not TOML: a text has an escape that is none/,
    'credential-helpers = "openshift"': /credential-helpers is not a list of names in quotes/,
    'unqualified-search-registries = "a"': /unqualified-search-registries is not a list of names/,
    'unqualified-search-registries = ["a.io/ns"]': /has "a.io\/ns", which is not a bare host/,
    'short-name-mode = "odd"': /short-name-mode must be one of enforcing, permissive, disabled/,
    'aliases = "a"': /aliases is not a table/,
    '[aliases]\n"a" = 1': /the alias of "a" is not text in quotes/,
    '[aliases]\n"a/b:t" = "x.io/a"': /the alias "a\/b:t" is not an image's name without/,
    '[aliases]\n"a" = "x"': /the alias of "a" is not an image's name with a registry/,
    '[aliases]\n"a" = "x.io/a:1"':
      /the alias of "a" is not an image's name with a registry and without a tag/,
    [`[aliases]\n"a" = "x.io/a@sha256:${'0'.repeat(64)}"`]: /the alias of "a" is not an image's name/,
    '[aliases]\n"a" = "x.io/A"': /the alias of "a" is not an image's name/,
    '[registry]\nlocation = "a"': /a registry stands below \[\[registry\]\]/,
    '[[registry]]\nlocation = 1': /location is not text in quotes/,
    [`x = ${'['.repeat(100_000)}`]: /:1: this is not TOML: /,
    '[[registry]]\nblocked = true': /neither a prefix nor a location/,
    '[[registry]]\nlocation = "a"\nblocked = "yes"': /blocked is neither true nor false/,
    '[[registry]]\nprefix = "https://a"\nlocation = "b"': /has a URL/,
    '[registries.search]\nregistries = ["a"]': /the old format/,
  };
  for (const [text, fault] of Object.entries(faults)) {
    const said = parseRegistriesConf(text, PATH);
    assert.ok('fault' in said && said.fault.startsWith(PATH) && fault.test(said.fault), JSON.stringify(said));
  }
});

test('every form of TOML that podman takes is read', () => {
  const text = `# of the system
short-name-mode="enforcing" # to be sure
unqualified-search-registries = [
  "quay.io", # the first
  'docker.io',
]
since = 2020-01-01 10:00:00
port = 1_000
more = { a = 1, "b c" = [[], {}] }
text = """
a \\
  b"""
[aliases]
"a/b" = "quay.io/a/b"
[[registry]]
prefix = "*.example.com"
location = "mirror.example.com/"
blocked = false
[[registry.mirror]]
location = "m.example.com"
insecure = true
[[registry]]
location = "b.example.com"
blocked = true
`;
  assert.deepEqual(parseRegistriesConf(text, PATH), {
    helpers: undefined,
    tables: [
      {
        path: PATH,
        prefix: '*.example.com',
        location: 'mirror.example.com',
        blocked: false,
        insecure: false,
        mirrors: [{ location: 'm.example.com', pulls: 'all' }],
      },
      {
        path: PATH,
        prefix: 'b.example.com',
        location: 'b.example.com',
        blocked: true,
        insecure: false,
        mirrors: [],
      },
    ],
    shortNames: { search: ['quay.io', 'docker.io'], mode: 'enforcing', aliases: [['a/b', 'quay.io/a/b']] },
  });
});

test('whatever the text, the reading ends with what it says or with a fault', () => {
  const pieces = fc.constantFrom(
    '[',
    ']',
    '"',
    "'",
    '"""',
    '=',
    '\n',
    '{',
    '}',
    ',',
    '#',
    'a',
    '.',
    '\\',
    ' ',
    '1',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (text) => {
      const said = parseRegistriesConf(text.join(''), PATH);
      assert.ok('fault' in said ? said.fault.startsWith(PATH) : Array.isArray(said.tables));
    }),
    { numRuns: 2000 },
  );
});

test("what can't be read says nothing, and on Windows nothing is read", async (t) => {
  const home = temporaryDirectory(t);
  const env = { HOME: home, CONTAINERS_REGISTRIES_CONF: home };
  const read = (platform: NodeJS.Platform) => readRegistriesConf({ platform, env, uid: 7 }, () => [], FIVE);
  assert.deepEqual(await read('linux'), registriesConf({}));
  const { helpers, shortNames } = await readRegistriesConf(
    { platform: 'win32', env, uid: undefined },
    () => assert.fail('looked'),
    FIVE,
    () => assert.fail('read'),
  );
  assert.deepEqual([helpers, shortNames.search?.registries], [['containers-auth.json'], ['docker.io']]);
});
