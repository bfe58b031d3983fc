import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProblem, type RegistryEntry } from '../../src/config/config.ts';
import { bindRegistry } from '../../src/config/edit-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';

const HOST = 'registry.example.com';
const parse = (key: string, value: string) => {
  const more = key === 'serviceAccount' ? '' : '    serviceAccount: ci/puller\n';
  return parseConfig(`registries:\n  ${HOST}:\n    ${key}: ${value}\n${more}`, 'config.yaml');
};

/** What a key means, or what is wrong with it. */
function meaning(key: keyof RegistryEntry, value: string): unknown {
  const { config, problems, brokenHosts } = parse(key, value);
  const [problem] = problems;
  if (problem === undefined) return config.registries.get(HOST)?.[key];
  assert.deepEqual([...brokenHosts], [HOST]);
  return describeProblem(problem);
}
const wrong = (key: string, expected: string) =>
  `config.yaml:3:${5 + key.length + 2}: \`${key}\` of ${HOST} must be ${expected}`;

test('a service account is a namespace and a name', () => {
  for (const value of ['ci/puller', 'ci-1/image.puller'])
    assert.equal(meaning('serviceAccount', value), value);
  for (const value of ['puller', 'ci/', '/puller', 'ci/a/b', 'CI/puller', 'ci/..', '5', '[ci, puller]']) {
    assert.equal(meaning('serviceAccount', value), wrong('serviceAccount', 'NAMESPACE/NAME'), value);
  }
});

test('the life of minted tokens is read in seconds, from ten minutes to a day', () => {
  const lives = { '10m': 600, '90m': 5400, '8h': 28_800, '24h': 86_400, '1440m': 86_400 };
  for (const [value, seconds] of Object.entries(lives)) {
    assert.equal(meaning('tokenLifetime', value), seconds, value);
  }
});

test('a life that no cluster grants, that may not lie in a file, or that is no time, is refused', () => {
  const expected = 'a time from 10m to 24h, such as 8h or 90m';
  for (const value of [
    '9m',
    '25h',
    '1441m',
    '600',
    '8',
    '600s',
    '1d',
    '0h',
    '-8h',
    '1.5h',
    '"8 h"',
    'true',
  ]) {
    assert.equal(meaning('tokenLifetime', value), wrong('tokenLifetime', expected), value);
  }
});

test('whether tokens renew themselves is yes or no', () => {
  assert.equal(meaning('selfRenew', 'true'), true);
  assert.equal(meaning('selfRenew', 'false'), false);
  assert.equal(meaning('selfRenew', '"yes"'), wrong('selfRenew', 'true or false'));
});

test('how tokens are minted means nothing without an account, and breaks its host alone', () => {
  for (const [key, value] of [
    ['selfRenew', 'true'],
    ['tokenLifetime', '8h'],
  ]) {
    const text = `registries:\n  ${HOST}:\n    user: alice\n    ${key}: ${value}\n  b.example.com: {}\n`;
    const { config, problems, brokenHosts } = parseConfig(text, 'config.yaml');
    assert.deepEqual(problems.map(describeProblem), [
      `config.yaml:4:5: \`${key}\` of ${HOST} needs \`serviceAccount\` beside it`,
    ]);
    assert.deepEqual([...brokenHosts], [HOST]);
    assert.deepEqual([...config.registries.keys()], ['b.example.com']);
  }
});

test('an account with a fault is told once, and not as missing, too', () => {
  const { problems } = parseConfig(
    `registries:\n  ${HOST}:\n    serviceAccount: 5\n    selfRenew: true\n`,
    'config.yaml',
  );
  assert.deepEqual(
    problems.map(({ line }) => line),
    [3],
  );
});

test('a token file may mint for a service account', () => {
  const text = `registries:\n  ${HOST}:\n    tokenFile: /t\n    serviceAccount: ci/puller\n    selfRenew: true\n`;
  assert.deepEqual(parseConfig(text, '').problems, []);
});

test('a token file is an absolute path: it means the same in every directory', () => {
  assert.equal(meaning('tokenFile', '/run/secrets/token'), '/run/secrets/token');
  assert.equal(meaning('tokenFile', "'C:\\secrets\\token'"), 'C:\\secrets\\token');
  assert.match(String(meaning('tokenFile', './token')), /must be an absolute path/);
  assert.match(String(meaning('tokenFile', '7')), /must be an absolute path/);
  assert.match(String(meaning('tokenFile', '"/run/\\ntoken"')), /must be an absolute path/);
});

const binding = { server: 'https://api.example.com:6443', user: 'alice' };
const other = { ...binding, server: 'https://other.example.com:6443' };
const edited = (text: string, entry: RegistryEntry) =>
  parseConfig(bindRegistry(text, HOST, entry, 'config.yaml'), '').config.registries.get(HOST);
const minting = [
  'registries:',
  `  ${HOST}:`,
  '    server: https://api.example.com:6443/',
  '    serviceAccount: ci/puller',
  '    tokenLifetime: 10m',
  '    selfRenew: true',
  '',
].join('\n');

test('a new binding on the same cluster leaves alone what is minted for the host', () =>
  assert.deepEqual(edited(minting, binding), {
    ...binding,
    serviceAccount: 'ci/puller',
    tokenLifetime: 600,
    selfRenew: true,
  }));

test('what is minted goes with its cluster', () => {
  assert.deepEqual(edited(minting, other), other);
  const entry = { ...other, serviceAccount: 'ci/other' };
  assert.deepEqual(edited(minting, entry), entry);
});

test('what is minted stays with the context that was written by hand, and goes with another', () => {
  const text = minting.replace(/server: .*/, 'context: lab');
  assert.equal(edited(text, { ...binding, context: 'lab' })?.serviceAccount, 'ci/puller');
  assert.deepEqual(edited(text, binding), binding);
});

test('what is minted for a host of the catalogue stays on the cluster that the catalogue names', () => {
  const host = 'registry.ci.openshift.org';
  const text = `registries:\n  ${host}:\n    serviceAccount: ci/puller\n`;
  const after = (server: string) =>
    parseConfig(bindRegistry(text, host, { ...binding, server }, ''), '').config.registries.get(host);
  assert.equal(after('https://api.ci.l2s4.p1.openshiftapps.com:6443')?.serviceAccount, 'ci/puller');
  assert.equal(after(other.server)?.serviceAccount, undefined);
});

test("a token file goes with the binding it stood in: no cluster's token is left to another", () => {
  const text = `registries:\n  ${HOST}:\n    server: ${binding.server}\n    tokenFile: /run/token\n`;
  for (const entry of [other, binding]) assert.deepEqual(edited(text, entry), entry);
});

test('a binding that names a service account writes it, and changes nothing that says so already', () => {
  const entry = { ...binding, serviceAccount: 'ci/other', selfRenew: false };
  assert.deepEqual(edited(minting, entry), { ...entry, tokenLifetime: 600 });
  assert.deepEqual(edited('', entry), entry);
  const text = bindRegistry('', HOST, entry, 'config.yaml');
  assert.equal(bindRegistry(text, HOST, entry, 'config.yaml'), text);
});

test('for a login of its own a host loses the account, and all that is said of its tokens', () => {
  const own = { server: 'https://api.example.com:6443', user: 'alice' };
  const account = 'serviceAccount: a/b, selfRenew: true, tokenLifetime: 1h';
  const text = `registries: { ${HOST}: { server: "${own.server}", user: alice, ${account} } }`;
  const { config } = parseConfig(bindRegistry(text, HOST, own, '', true), '');
  assert.deepEqual({ ...config.registries.get(HOST) }, own);
});
