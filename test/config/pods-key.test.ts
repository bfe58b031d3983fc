import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProblem } from '../../src/config/config.ts';
import { bindRegistry } from '../../src/config/edit-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';

const HOST = 'registry.example.com';
const SERVER = 'https://api.example.com:6443';
const LINK = `server: ${SERVER}`;
const ROBOT = 'serviceAccount: ci/puller';
const config = (...lines: string[]) =>
  ['registries:', `  ${HOST}:`, ...lines.map((line) => `    ${line}`), ''].join('\n');

/** What is read of `pods`, or what is wrong with the entry. */
function reading(...lines: string[]): unknown {
  const { config: read, problems, brokenHosts } = parseConfig(config(...lines), 'config.yaml');
  if (problems.length === 0) return read.registries.get(HOST)?.pods;
  assert.deepEqual([...brokenHosts], [HOST]);
  return problems.map(describeProblem).join('\n');
}

test('what pods get is one of three words', () => {
  assert.equal(reading(LINK, 'pods: own-token'), 'own-token');
  assert.equal(reading(LINK, ROBOT, 'pods: annotated'), 'annotated');
  assert.equal(reading('pods: all'), 'all');
  assert.equal(reading(LINK), undefined);
  for (const value of ['none', 'true', 'All', '[all]', '""', '1']) {
    const expected = `config.yaml:3:11: \`pods\` of ${HOST} must be \`own-token\`, \`annotated\` or \`all\``;
    assert.equal(reading(`pods: ${value}`), expected);
  }
});

test('a word for pods that means nothing without another key is named with it', () => {
  assert.equal(
    reading('context: work', 'pods: own-token'),
    `config.yaml:4:5: \`pods: own-token\` of ${HOST} needs \`server\` beside it`,
  );
  assert.equal(
    reading(LINK, 'pods: annotated'),
    `config.yaml:4:5: \`pods: annotated\` of ${HOST} needs \`serviceAccount\` beside it`,
  );
});

test('what pods get goes where the host is linked anew, and stays where it is linked as before', () => {
  const before = config(LINK, 'user: node', ROBOT, 'pods: annotated # by kubelet');
  assert.equal(bindRegistry(before, HOST, { server: SERVER, user: 'node' }, 'config.yaml'), before);
  for (const [entry, isOwnLogin] of [
    [{ server: SERVER, user: 'alice' }, false],
    [{ server: SERVER, user: 'node' }, true],
    [{ server: 'https://api.other.example.com:6443', user: 'node' }, false],
    [{ server: SERVER, user: 'node', serviceAccount: 'ci/other' }, false],
  ] as const) {
    const after = bindRegistry(before, HOST, entry, 'config.yaml', isOwnLogin);
    assert.doesNotMatch(after, /pods/, JSON.stringify(entry));
  }
});
