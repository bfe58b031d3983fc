import assert from 'node:assert/strict';
import { delimiter } from 'node:path';
import { test } from 'node:test';
import {
  type KubeconfigFile,
  kubeconfigPaths,
  parseKubeconfig,
  textField,
} from '../../../src/cluster/kubeconfig/parse-kubeconfig.ts';
import { TOKEN } from '../../support/identities.ts';
import fc from '../../support/properties.ts';

function parsed(text: string): KubeconfigFile {
  const file = parseKubeconfig(text);
  assert.ok(!('fault' in file), 'fault' in file ? file.fault : '');
  return file;
}
function fault(text: string): string {
  const file = parseKubeconfig(text);
  return 'fault' in file ? file.fault : assert.fail('it was read');
}

test('clusters, users, contexts and the current context are read from YAML and from JSON', () => {
  const yaml = `
apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: https://api } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
current-context: x
`;
  const json = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://api' } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
  for (const text of [yaml, json, `\ufeff${yaml}`, yaml.replaceAll('\n', '\r\n')]) {
    const file = parsed(text);
    assert.deepEqual(file.clusters.get('c'), { server: 'https://api' });
    assert.deepEqual(file.users.get('u'), { token: 't' });
    assert.deepEqual(file.contexts.get('x'), { cluster: 'c', user: 'u' });
    assert.equal(file.currentContext, 'x');
  }
});

test('an empty file, and one without entries, has none', () => {
  for (const text of ['', '\n', '# only this\n', '---\n', '{}', 'clusters: null\ncurrent-context: ""\n']) {
    const file = parsed(text);
    assert.deepEqual([file.clusters.size, file.users.size, file.contexts.size], [0, 0, 0], text);
    assert.equal(file.currentContext, undefined);
  }
});

test('of two entries with one name the first counts', () => {
  const file = parsed('users: [{ name: u, user: { token: first } }, { name: u, user: { token: second } }]');
  assert.deepEqual(file.users.get('u'), { token: 'first' });
});

test('one bad entry does not spoil the others', () => {
  const bad = ['7', 'null', '[]', '{}', '{ name: 7 }', '{ name: "" }', 'text', '{ user: { token: t } }'];
  const file = parsed(`users: [${bad.join(', ')}, { name: empty }, { name: u, user: { token: t } }]`);
  assert.deepEqual(
    [...file.users],
    [
      ['empty', {}],
      ['u', { token: 't' }],
    ],
  );
  assert.equal(parsed('users: text\nclusters: { a: b }\ncurrent-context: 7').users.size, 0);
});

test('names that objects inherit are names like others', () => {
  const file = parsed('users: [{ name: __proto__, user: { token: t } }, { name: constructor, user: {} }]');
  assert.deepEqual([...file.users.keys()], ['__proto__', 'constructor']);
  assert.equal(textField(file.users.get('constructor'), 'token'), undefined);
});

test('what is not a mapping, no YAML or too tangled is a fault, which tells its place and none of the text', () => {
  for (const text of [
    '- a\n- b',
    'text',
    `users: [{ name: u, user: { token: ${TOKEN} }`,
    `users:\n- name: u\n  user:\n    token: "${TOKEN}`,
    `token: ${TOKEN}\n\t- x: ${TOKEN}`,
    `users: *${TOKEN.slice(7)}`,
    `users:\n- name: u\n  user:\n    token: ${TOKEN}\n    <<: ${TOKEN}\n`,
    `a: &a [x,x]\n${Array.from({ length: 12 }, (_, i) => `${'bcdefghijklmn'[i]}: &${'bcdefghijklmn'[i]} [${Array(9).fill(`*${'abcdefghijklm'[i]}`).join(', ')}]`).join('\n')}`,
    `${'['.repeat(20_000)}`,
    `${'{a: '.repeat(20_000)}`,
  ]) {
    const told = fault(text);
    assert.ok(!told.includes(TOKEN.slice(7, 20)), told);
    assert.ok(told.length < 80, told);
  }
  assert.equal(fault('a: 1\nb: [c\n'), 'line 3, column 1: bad indent');
});

test('no text makes reading it throw', () => {
  const yaml = fc.stringMatching(/^[-a-z:&*!|>{}[\]"'\n #?,%@`]{0,60}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), yaml), (text) => {
      parseKubeconfig(text);
    }),
    { numRuns: 2000 },
  );
});

test('a field that is empty or of another type is none', () => {
  const fields = { text: 't', empty: '', number: 7, nothing: null, list: ['t'] };
  assert.equal(textField(fields, 'text'), 't');
  for (const name of ['empty', 'number', 'nothing', 'list', 'absent', 'toString']) {
    assert.equal(textField(fields, name), undefined, name);
  }
  assert.equal(textField(undefined, 'text'), undefined);
});

test('a text that is nested too deeply is a fault like others, and costs no other file', () => {
  const deep = `{"b${'": b'.repeat(20_000)}": 1\n  x: 1}`;
  assert.deepEqual(parseKubeconfig(deep), { fault: 'it is nested too deeply' });
});

const paths = (env: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
  kubeconfigPaths({ platform, env });

test('KUBECONFIG lists the files, each once, empty entries left out', () => {
  const KUBECONFIG = ['/a', '', 'b', '/a', '/c'].join(delimiter);
  assert.deepEqual(paths({ KUBECONFIG, HOME: '/h' }), ['/a', 'b', '/c']);
});

test('without it, or with nothing in it, it is the one in the home directory', () => {
  assert.deepEqual(paths({ HOME: '/h' }), ['/h/.kube/config']);
  for (const KUBECONFIG of ['', delimiter]) {
    assert.deepEqual(paths({ HOME: '/h', KUBECONFIG }), ['/h/.kube/config']);
  }
});

test('without a home there is none', () => {
  assert.deepEqual(paths({}), []);
  assert.deepEqual(paths({ HOME: '' }), []);
});

test('on Windows the home may be the user profile', () => {
  assert.deepEqual(paths({ USERPROFILE: '/profile' }, 'win32'), ['/profile/.kube/config']);
  assert.deepEqual(paths({ USERPROFILE: '/profile' }), []);
});
