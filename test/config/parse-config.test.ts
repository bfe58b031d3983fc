import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProblem } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import fc from '../support/properties.ts';

const parse = (text: string) => parseConfig(text, 'config.yaml');
const problemsOf = (text: string) => parse(text).problems.map(describeProblem);

test('every key of an entry is read, and hosts are normalised', () => {
  const { config, problems } = parse(
    [
      'registries:',
      '  Registry.Example.com:',
      '    server: https://api.example.com:6443',
      '    user: alice/api-example-com:6443',
      '  "[::1]:5000": { context: "42" }',
      '  public.example.com: { anonymous: true }',
    ].join('\n'),
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(Object.fromEntries(config.registries), {
    'registry.example.com': { server: 'https://api.example.com:6443', user: 'alice/api-example-com:6443' },
    '[::1]:5000': { context: '42' },
    'public.example.com': { anonymous: true },
  });
});

test('an empty file, comments alone and empty keys are an empty config', () => {
  for (const text of ['', '\n', '# nothing yet\n', 'registries:\n', '---\n', '\uFEFFregistries: {}\n']) {
    const { config, problems, unreadable } = parse(text);
    assert.deepEqual([config.registries.size, problems.length, unreadable], [0, 0, false], text);
  }
  assert.deepEqual(parse('registries:\n  a.example.com:\n').config.registries.get('a.example.com'), {});
});

test('a fault in one entry breaks that host alone', () => {
  const { config, brokenHosts, unreadable } = parse(
    'registries:\n  bad.example.com:\n    anonymus: true\n  good.example.com:\n    user: alice\n',
  );
  assert.deepEqual([...config.registries], [['good.example.com', { user: 'alice' }]]);
  assert.deepEqual([...brokenHosts], ['bad.example.com']);
  assert.equal(unreadable, false);
});

test('an unknown key names its line, its column and what was probably meant', () => {
  assert.deepEqual(problemsOf('registries:\n  a.example.com:\n    servr: https://api\n'), [
    'config.yaml:3:5: unknown key "servr"; did you mean `server`?',
  ]);
  assert.deepEqual(problemsOf('zzz: 1\n'), [
    'config.yaml:1:1: unknown key "zzz"; known: registries, secrets',
  ]);
});

test('a value of the wrong kind is pointed at, and not repeated', () => {
  const text = [
    'registries:',
    '  a.example.com:',
    '    server: https://me:hunter2@api.example.com',
    '    user: 5',
    '    anonymous: "yes"',
    '    context: ""',
  ].join('\n');
  const problems = problemsOf(text);
  assert.deepEqual(
    problems.map((problem) => problem.split(': `')[0]),
    ['config.yaml:3:13', 'config.yaml:4:11', 'config.yaml:5:16', 'config.yaml:6:14'],
  );
  assert.doesNotMatch(problems.join('\n'), /hunter2/);
});

test('a server that is no https URL is refused', () => {
  for (const server of [
    'http://api.example.com',
    'api.example.com',
    'https://',
    'https://h:99999',
    'https://h/?a=b',
  ]) {
    const { brokenHosts } = parse(`registries:\n  a.example.com:\n    server: "${server}"\n`);
    assert.deepEqual([...brokenHosts], ['a.example.com'], server);
  }
});

test('a name that is no host, or that YAML takes for a list, is a problem and no host', () => {
  const { config, problems, brokenHosts } = parse('registries:\n  "a b": {}\n  ? [x]\n  : {}\n');
  assert.deepEqual([config.registries.size, brokenHosts.size], [0, 0]);
  assert.deepEqual(
    problems.map(({ line, column }) => [line, column]),
    [
      [2, 3],
      [3, 5],
    ],
  );
});

test('a host that is there twice is broken, in whatever spelling', () => {
  const { config, brokenHosts, problems } = parse(
    'registries:\n  a.example.com: { user: a }\n  A.example.com: { user: b }\n',
  );
  assert.equal(config.registries.size, 0);
  assert.deepEqual([...brokenHosts], ['a.example.com']);
  assert.equal(problems[0]?.line, 3);
});

test('a key that is there twice breaks its host', () => {
  const { brokenHosts } = parse('registries:\n  a.example.com:\n    user: a\n    user: b\n');
  assert.deepEqual([...brokenHosts], ['a.example.com']);
});

test("a file that can't be relied on at all is unreadable, and its config is empty", () => {
  const bomb = ['a: &a0 [x, x]'];
  for (let i = 1; i < 12; i++) bomb.push(`b${i}: &a${i} [*a${i - 1}, *a${i - 1}, *a${i - 1}]`);
  const texts = [
    'registries: [',
    '\tregistries:',
    'a: 1\n---\nb: 2\n',
    'registries: *nowhere\n',
    '- a.example.com\n',
    'registries: a.example.com\n',
    'registries: {}\nregistries: {}\n',
    bomb.join('\n'),
    '['.repeat(50_000),
    `#${'x'.repeat(1024 * 1024)}`,
  ];
  for (const text of texts) {
    const { config, problems, unreadable } = parse(text);
    assert.equal(unreadable, true, text.slice(0, 40));
    assert.equal(config.registries.size, 0);
    assert.ok(problems.length > 0);
  }
});

test('an alias may stand for an entry', () => {
  const { config, problems } = parse(
    'registries:\n  a.example.com: &one\n    user: u\n  b.example.com: *one\n',
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(config.registries.get('b.example.com'), { user: 'u' });
});

test('no text makes it throw, and every problem has a line and a column', () => {
  const piece = fc.constantFrom(
    'registries:',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\t',
    'a.example.com:',
    'user: u',
    'anonymous: true',
    '{',
    '}',
    '[',
    ']',
    ',',
    '&a ',
    '*a',
    '!!set ',
    '!!binary x',
    '? ',
    '- ',
    '|',
    '>',
    '"',
    "'",
    '#c',
    '<<: ',
    '---\n',
    '%YAML 1.1\n',
    '\u0000',
    '\uFEFF',
    '__proto__: 1',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (sample) => {
      const { problems, config, brokenHosts } = parse(sample);
      assert.ok(problems.every(({ line, column }) => line >= 1 && column >= 1));
      assert.ok([...brokenHosts].every((host) => !config.registries.has(host)));
    }),
    { numRuns: 2000 },
  );
});

test('`secrets` says where typed secrets are kept, and a value that is none is a fault of its own', () => {
  assert.equal(parse('secrets: file\n').config.secrets, 'file');
  assert.equal(parse('secrets: keychain\nregistries: {}\n').config.secrets, 'keychain');
  assert.equal(parse('secrets:\n').config.secrets, undefined);
  const { config, problems, unreadable } = parse(
    'secrets: safe\nregistries: { r.example.com: { user: u } }\n',
  );
  assert.deepEqual(
    [config.secrets, unreadable, [...config.registries.keys()]],
    [undefined, false, ['r.example.com']],
  );
  assert.deepEqual(
    problems.map(({ key }) => key),
    ['secrets'],
  );
  assert.deepEqual(problems.map(describeProblem), [
    'config.yaml:1:10: `secrets` must be `keychain` or `file`',
  ]);
});
