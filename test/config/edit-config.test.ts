import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bindRegistry,
  entryAsWritten,
  keepSecretsInFiles,
  saysTheSame,
  withEntryAsWritten,
} from '../../src/config/edit-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { AppError } from '../../src/hosts/reason.ts';
import fc from '../support/properties.ts';

const host = 'registry.example.com';
const entry = { server: 'https://api.example.com:6443', user: 'alice/api-example-com:6443' };
const bind = (text: string) => bindRegistry(text, host, entry, 'config.yaml');
const lines = (...all: string[]) => `${all.join('\n')}\n`;

test('a new file holds the host, its server and its user', () => {
  assert.equal(
    bind(''),
    lines(
      'registries:',
      '  registry.example.com:',
      '    server: https://api.example.com:6443',
      '    user: alice/api-example-com:6443',
    ),
  );
});

test('comments, order, indentation and other hosts stay', () => {
  const text = lines(
    '# my registries',
    '',
    'registries:',
    '    # the first',
    '    one.example.com:',
    '        user: "bob" # quoted',
    '',
    '    # the second',
    '    registry.example.com:',
    '        user: old',
    '    three.example.com:',
    '        anonymous: true',
  );
  assert.equal(
    bind(text),
    lines(
      '# my registries',
      '',
      'registries:',
      '    # the first',
      '    one.example.com:',
      '        user: "bob" # quoted',
      '',
      '    # the second',
      '    registry.example.com:',
      '        user: alice/api-example-com:6443',
      '        server: https://api.example.com:6443',
      '    three.example.com:',
      '        anonymous: true',
    ),
  );
});

test('keys that the binding replaces go, and their comments stay', () => {
  const edited = bind(
    lines(
      'registries:',
      `  ${host}:`,
      '    # for now',
      '    anonymous: true # public',
      '    context: ci # by hand',
    ),
  );
  assert.deepEqual(parseConfig(edited, '').config.registries.get(host), entry);
  for (const comment of ['# for now', '# public', '# by hand']) assert.match(edited, new RegExp(comment));
});

test('a context in the entry is written', () => {
  const edited = bindRegistry('', host, { ...entry, context: 'ci' }, 'config.yaml');
  assert.equal(parseConfig(edited, '').config.registries.get(host)?.context, 'ci');
});

test('a file that says so already stays byte for byte', () => {
  const text = `registries:   {${host}:   {user: ${entry.user},  server: "${entry.server}"}}   # odd\n`;
  assert.equal(bind(text), text);
});

test('a host in another spelling is the same host', () => {
  const edited = bind('registries:\n  Registry.Example.COM: { user: old }\n');
  assert.deepEqual([...parseConfig(edited, '').config.registries], [[host, entry]]);
});

test('line endings of Windows stay', () => {
  const edited = bind('# c\r\nregistries:\r\n  a.example.com:\r\n    user: u\r\n');
  assert.doesNotMatch(edited, /[^\r]\n/);
});

test('a file, or an entry of this host, with a fault is refused with its line', () => {
  const refused = (text: string, place: RegExp) =>
    assert.throws(
      () => bind(text),
      (error) => error instanceof AppError && place.test(error.message),
    );
  refused('registries: [', /^config\.yaml:1:14: /);
  refused(`registries:\n  ${host}:\n    colour: red\n`, /^config\.yaml:3:5: unknown key "colour"/);
  refused(`registries:\n  ${host}: {}\n  ${host}: {}\n`, /^config\.yaml:3:3: .* twice/);
});

test('a fault in the entry of another host is no reason to refuse', () => {
  const edited = bind('registries:\n  other.example.com:\n    colour: red # dear\n');
  assert.match(edited, /colour: red # dear/);
  assert.deepEqual(parseConfig(edited, '').config.registries.get(host), entry);
});

test('of an entry that is shared by an anchor each host has its own afterwards', () => {
  const texts = [
    `registries:\n  ${host}: &a\n    user: u\n  b.example.com: *a\n`,
    `registries:\n  b.example.com: &a\n    user: u\n  ${host}: *a\n`,
  ];
  for (const text of texts) {
    const { registries } = parseConfig(bind(text), '').config;
    assert.deepEqual(registries.get(host), entry, text);
    assert.equal(registries.get('b.example.com')?.user, 'u', text);
  }
});

test('whatever else the file says, it says afterwards, and a second binding changes nothing', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}(\.[a-z]{1,5}){1,2}(:[1-9]\d{2})?$/);
  const value = fc.record(
    {
      server: fc.constantFrom('https://api.one:6443', '"https://api.two"'),
      user: fc.constantFrom('alice', "'bob: x'", '"12"', 'kube:admin/api'),
      anonymous: fc.constantFrom('true', 'false'),
    },
    { requiredKeys: [] },
  );
  const config = fc.tuple(fc.dictionary(name, value), fc.constantFrom(1, 2, 4), fc.boolean());
  fc.assert(
    fc.property(config, ([registries, indent, comments]) => {
      const pad = ' '.repeat(indent);
      const note = comments ? ' # note' : '';
      const text = lines(
        'registries:',
        ...Object.entries(registries).flatMap(([key, keys]) => [
          `${pad}${key}:${note}`,
          ...Object.entries(keys).map(([k, v]) => `${pad}${pad}${k}: ${v}${note}`),
        ]),
      );
      const before = parseConfig(text, '');
      const edited = bind(text);
      const after = parseConfig(edited, '');
      assert.deepEqual(after.problems, []);
      assert.deepEqual(after.config.registries, new Map([...before.config.registries, [host, entry]]));
      assert.equal(edited.split('# note').length, text.split('# note').length);
      assert.equal(bind(edited), edited);
    }),
    { numRuns: 500 },
  );
});

test("private files are chosen by one line more, which takes nobody else's choice away", () => {
  assert.equal(keepSecretsInFiles('', 'c'), 'secrets: file\n');
  const before = '# mine\nregistries:\n  a.example.com: { user: alice } # hers\n';
  assert.equal(keepSecretsInFiles(before, 'c'), `${before}secrets: file\n`);
  assert.equal(keepSecretsInFiles('secrets: keychain\n', 'c'), 'secrets: keychain\n');
  assert.throws(() => keepSecretsInFiles('a: [', 'c'), { code: 'config-broken', message: /^c:1:/ });
});

test('a key that is no text is left alone, without a word on stderr', (t) => {
  const warn = t.mock.method(process, 'emitWarning', () => {});
  const edited = bind('registries:\n  ? {user: bob}\n  : {server: https://b.example.com}\n');
  assert.deepEqual(parseConfig(edited, '').config.registries.get(host), entry);
  assert.match(edited, /\{ ?user: bob ?\}/);
  assert.equal(warn.mock.callCount(), 0);
});

test("of a text that can't be read nothing is told, and it is the same as no other", () => {
  for (const text of ['registries: *lost\n', `registries: ${'['.repeat(20_000)}`, `registries: [`]) {
    assert.equal(entryAsWritten(text, host), null, text.slice(0, 20));
    assert.equal(withEntryAsWritten(text, host, entry), text);
    assert.equal(saysTheSame(text, ''), false);
    assert.equal(saysTheSame('', text), false);
  }
});
