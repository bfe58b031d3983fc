import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubject } from '../../../src/commands/doctor/arguments.ts';
import { targetsOf } from '../../../src/commands/doctor/scope.ts';
import { parseRegistriesConf } from '../../../src/engines/lookup/parse-registries-conf.ts';
import { joinedShortNames } from '../../../src/engines/lookup/registries-conf.ts';
import type { Place } from '../../../src/engines/lookup/resolve-image.ts';
import { resolveImage } from '../../../src/engines/lookup/resolve-image.ts';
import { imageInWords } from '../../../src/registry/image-reference.ts';
import { registriesConf } from './lookup-world.ts';

const PATH = '/etc/containers/registries.conf';
const DIGEST = `sha256:${'ab'.repeat(32)}`;

function place(word: string): Place {
  const subject = parseSubject(word);
  return subject?.kind === 'image' || subject?.kind === 'host' ? subject : assert.fail(word);
}

function conf(text: string, own?: string) {
  const said = parseRegistriesConf(text, PATH);
  if ('fault' in said) return assert.fail(said.fault);
  const noted = own === undefined ? undefined : { path: '/cache', text: own };
  const shortNames = joinedShortNames([{ ...said.shortNames, path: PATH }], noted, undefined);
  return registriesConf({ tables: said.tables, shortNames });
}

/** What an engine names, and what it asks for that, as one would type it. */
function resolved(word: string, text: string, engine: 'docker' | 'podman' = 'podman', own?: string) {
  const words = (one: Place) => (one.kind === 'image' ? imageInWords(one.image) : one.asked);
  const { places, fault, step } = resolveImage(engine, place(word), conf(text, own));
  const told = places.map(({ named, asked }) =>
    named === asked ? words(asked) : `${words(named)} at ${words(asked)}`,
  );
  return { told, fault, step };
}

const SEARCH = (...registries: readonly string[]) =>
  `unqualified-search-registries = ${JSON.stringify(registries)}\n`;

// containers/image, pkg/shortnames `Resolve`; each was seen with podman 4.3, too.
test('an alias counts before the registries that are searched, with the tag or digest that was typed', () => {
  const text = `${SEARCH('a.io')}[aliases]\n"ns/app" = "x.io/other/app"\nalpine = "docker.io/alpine"\n`;
  assert.deepEqual(resolved('ns/app', text).told, ['x.io/other/app']);
  assert.deepEqual(resolved('ns/app:1', text).told, ['x.io/other/app:1']);
  assert.deepEqual(resolved(`ns/app:1@${DIGEST}`, text).told, [`x.io/other/app@${DIGEST}`]);
  assert.deepEqual(resolved('alpine', text).told, ['docker.io/library/alpine']);
  assert.equal(resolved('ns/app', text).step?.where, PATH);
  // What podman noted when it had asked its user counts first, also where it takes an alias away.
  assert.deepEqual(resolved('ns/app', text, 'podman', '[aliases]\n"ns/app" = "y.io/app"').told, ['y.io/app']);
  assert.deepEqual(resolved('ns/app', text, 'podman', '[aliases]\n"ns/app" = ""').told, ['a.io/ns/app']);
});

test('without an alias the registries that are searched are tried in their order', () => {
  assert.deepEqual(resolved('app:v1', SEARCH('a.io')), {
    told: ['a.io/app:v1'],
    fault: undefined,
    step: {
      where: PATH,
      lookedFor: 'a registry for "app"',
      found: 'unqualified-search-registries "a.io"',
      outcome: 'it asks a.io',
    },
  });
  const two = resolved('app', SEARCH('docker.io', 'a.io:5000'));
  assert.deepEqual(two.told, ['docker.io/library/app', 'a.io:5000/app']);
  assert.equal(two.fault, undefined);
  assert.match(
    two.step?.outcome ?? '',
    /^it asks its user for one, else it asks docker\.io, a\.io:5000, in this/,
  );
  const disabled = resolved('app', `${SEARCH('a.io', 'b.io')}short-name-mode = "disabled"`);
  assert.match(disabled.step?.outcome ?? '', /^it asks a\.io, b\.io, in this order/);
});

test('several registries make podman fail without a terminal where the mode is enforcing, one does not', () => {
  const enforcing = 'short-name-mode = "enforcing"\n';
  const { told, fault } = resolved('app', enforcing + SEARCH('a.io', 'b.io'));
  assert.deepEqual(told, ['a.io/app', 'b.io/app']);
  assert.match(fault ?? '', /short-name-mode is "enforcing"/);
  assert.equal(resolved('app', enforcing + SEARCH('a.io')).fault, undefined);
});

test('where nothing is configured podman gives up, and docker asks Docker Hub', () => {
  for (const text of ['', SEARCH()]) {
    const { told, fault, step } = resolved('ns/app', text);
    assert.deepEqual([told, step?.outcome], [[], 'podman gives up']);
    assert.match(fault ?? '', /no alias, and there are no unqualified-search-registries/);
  }
  assert.deepEqual(resolved('ns/app', SEARCH('a.io'), 'docker').told, ['docker.io/ns/app']);
  assert.match(resolved('ns/app', SEARCH('a.io'), 'podman', '[aliases').fault ?? '', /^\/cache:1: /);
});

test('a name with a registry is as it was typed, and so is one after docker://', () => {
  for (const word of ['docker.io/ns/app', 'localhost/app', 'a.io:5000/ns/app:1']) {
    assert.deepEqual(resolved(word, SEARCH('b.io')), { told: [word], fault: undefined, step: undefined });
  }
  assert.deepEqual(resolved('docker://ns/app', SEARCH('b.io')).told, ['docker.io/ns/app']);
  assert.deepEqual(resolved('b.io', SEARCH('b.io')).told, ['b.io']);
});

test('podman then asks where a [[registry]] says, once, and docker does not', () => {
  const text = `${SEARCH('a.io')}
[[registry]]
prefix = "a.io"
location = "b.io/deep"
[[registry]]
prefix = "b.io"
location = "c.io"
[[registry.mirror]]
location = "m.io"
`;
  assert.deepEqual(resolved('a.io/ns/app:1', text).told, ['a.io/ns/app:1 at b.io/deep/ns/app:1']);
  assert.deepEqual(resolved('ns/app', text).told, ['a.io/ns/app at b.io/deep/ns/app']);
  assert.deepEqual(resolved('a.io', text).told, ['a.io at b.io']);
  assert.deepEqual(resolved('a.io/ns/app', text, 'docker').told, ['a.io/ns/app']);
  assert.deepEqual(resolved('d.io/ns/app', text).told, ['d.io/ns/app']);
});

test('mirrors are asked before, in their order, each for the images that it is for', () => {
  const text = `
[[registry]]
prefix = "a.io/ns"
location = "b.io/deep"
[[registry.mirror]]
location = "m.io/x"
[[registry.mirror]]
location = "tags.io"
pull-from-mirror = "tag-only"
[[registry.mirror]]
location = "digests.io:5000"
pull-from-mirror = "digest-only"
[[registry]]
location = "c.io"
mirror-by-digest-only = true
[[registry.mirror]]
location = "n.io"
`;
  const at = (word: string) => resolved(word, text).told.map((said) => said.split(' at ')[1] ?? said);
  const digest = `sha256:${'0'.repeat(64)}`;
  assert.deepEqual(at('a.io/ns/app:1'), ['m.io/x/app:1', 'tags.io/app:1', 'b.io/deep/app:1']);
  assert.deepEqual(at('a.io/other/app'), ['a.io/other/app']);
  assert.deepEqual(at(`a.io/ns/app@${digest}`), [
    `m.io/x/app@${digest}`,
    `digests.io:5000/app@${digest}`,
    `b.io/deep/app@${digest}`,
  ]);
  // What will be pulled of a host that is named alone is not known.
  assert.deepEqual(at('c.io'), ['n.io', 'c.io']);
  assert.deepEqual(at('c.io/ns/app'), ['c.io/ns/app']);
  assert.deepEqual(resolved('a.io/ns/app:1', text, 'docker').told, ['a.io/ns/app:1']);
});

test('where a file is broken podman fails for that, and nothing is said of its registries', () => {
  const broken = registriesConf({ broken: [{ path: PATH, fault: 'it is broken' }] });
  const { places, fault } = resolveImage('podman', place('ns/app'), broken);
  assert.deepEqual([places.map(({ asked }) => asked.host), fault], [['docker.io'], undefined]);
});

test('what both engines ask for is one aim, and what they don`t agree about is two', () => {
  const aims = (word: string, text: string) =>
    targetsOf([
      resolveImage('docker', place(word), conf(text)),
      resolveImage('podman', place(word), conf(text)),
    ]).map(({ engines, hosts, named }) => [engines.join(), hosts.join(), named]);
  assert.deepEqual(aims('a.io/ns/app', ''), [['docker,podman', 'a.io', 'a.io']]);
  assert.deepEqual(aims('app', SEARCH('docker.io', 'a.io')), [
    ['docker,podman', 'docker.io', 'docker.io'],
    ['podman', 'a.io', 'a.io'],
  ]);
  assert.deepEqual(aims('a.io/app', '[[registry]]\nprefix = "a.io"\nlocation = "b.io"'), [
    ['docker', 'a.io', 'a.io'],
    ['podman', 'b.io', 'a.io'],
  ]);
});

test('what names no registry is passed over', () => {
  assert.deepEqual(resolved('app', SEARCH('a_b.io', 'a..b', 'a.io')).told, ['a.io/app']);
  const text = '[[registry]]\nprefix = "a.io"\nlocation = "b..io"\n[[registry.mirror]]\nlocation = "m..io"';
  assert.deepEqual(resolved('a.io/app', text).told, ['a.io/app']);
  assert.deepEqual(resolved('a.io', text).told, ['a.io']);
});
