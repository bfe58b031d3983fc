import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDocument, stringify } from 'yaml';
import { parseKubeconfig } from '../../../src/cluster/kubeconfig/parse-kubeconfig.ts';
import { readPlainYaml } from '../../../src/cluster/kubeconfig/read-plain-yaml.ts';
import fc from '../../support/properties.ts';

/** As kubectl writes it. */
const KUBECTLS = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==
    server: https://api.example.com:6443
  name: api-example-com:6443
contexts:
- context:
    cluster: api-example-com:6443
    namespace: default
    user: alice/api-example-com:6443
  name: default/api-example-com:6443/alice
current-context: default/api-example-com:6443/alice
kind: Config
preferences: {}
users:
- name: alice/api-example-com:6443
  user:
    token: sha256~0123456789abcdefghijklmnopqrstuvwxyzABCDEFG
- name: robot
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - get-token
      - --issuer-url=https://issuer.example.com
      command: oc
      env:
      - name: LOG
        value: "1"
      interactiveMode: IfAvailable
      provideClusterInfo: false
`;

/** What the library makes of a text; undefined: nothing. */
function byLibrary(text: string): unknown {
  try {
    const document = parseDocument(text, { merge: true, uniqueKeys: false, logLevel: 'silent' });
    return document.errors.length > 0 || document.warnings.length > 0 ? undefined : document.toJS();
  } catch {
    // What it throws for is not to be read here either.
    return undefined;
  }
}

/** Whatever is read here is what the library reads. */
function isAsLibrary(text: string): boolean {
  const plain = readPlainYaml(text);
  if (plain !== undefined) assert.deepEqual(plain, byLibrary(text), JSON.stringify(text));
  return plain !== undefined;
}

test('a kubeconfig as kubectl writes it is read, as the library does', () => {
  assert.ok(isAsLibrary(KUBECTLS));
  assert.ok(isAsLibrary(KUBECTLS.replaceAll('\n', '\r\n')));
  assert.ok(isAsLibrary(`---\n# mine\n\n${KUBECTLS}`));
});

test('a name that begins with a digit is read, as the library does; numbers, and what is one in an older YAML, are left to it', () => {
  const named = (namespace: string, cluster = 'api-example-com:6443') =>
    KUBECTLS.replaceAll('api-example-com:6443', cluster).replaceAll('default', namespace);
  for (const cluster of ['127-0-0-1:6443', '10-0-0-1:443'])
    assert.ok(isAsLibrary(named('3scale', cluster)), cluster);
  for (const namespace of ['3scale', '3scale-prod', '9Net.x'])
    assert.ok(isAsLibrary(named(namespace)), namespace);
  for (const number of ['1', '0x1f', '0o17', '1e3', '1e-3', '1_000', '1:30', '2001-12-14', '0b1'])
    assert.equal(readPlainYaml(`namespace: ${number}\n`), undefined, number);
});

test('whatever is left out of such a text or put into it, what is read is what the library reads', () => {
  const pieces = fc.constantFrom(
    ...[
      '\n',
      ' ',
      '  ',
      '- ',
      '-',
      ':',
      ': ',
      '#',
      ' #',
      '"',
      "'",
      '{}',
      '[]',
      '{',
      ']',
      ',',
      '&a ',
      '*a',
      '!!str ',
    ],
    ...[
      '|',
      '>',
      '? ',
      '%',
      '@',
      '`',
      '~',
      'null',
      'true',
      'no',
      '1',
      '0x1',
      '.5',
      '1e3',
      '127-0-0-1:6443',
      '3scale',
      '2001-12-14',
      '---\n',
      '...\n',
      '<<: ',
    ],
    ...[
      '\t',
      '\r',
      '\r\n',
      'é',
      'a: b\n',
      '- a\n',
      '\n\n',
      '"a"',
      "'b' c",
      'a b',
      'a: b: c',
      'a:b',
      '__proto__: x\n',
    ],
  );
  const edits = fc.array(fc.record({ at: fc.nat(KUBECTLS.length), drop: fc.nat(12), put: pieces }), {
    maxLength: 4,
  });
  let read = 0;
  fc.assert(
    fc.property(edits, (changes) => {
      let text = KUBECTLS;
      for (const { at, drop, put } of changes) text = text.slice(0, at) + put + text.slice(at + drop);
      if (isAsLibrary(text)) read += 1;
    }),
    { numRuns: 3000 },
  );
  assert.ok(read > 100, `only ${read} texts were read`);
});

test('what the library writes of any data is read as it reads it', () => {
  const key = fc.stringMatching(/^[A-Za-z][\w.-]{0,8}$/);
  const leaf = fc.oneof(fc.string({ maxLength: 12 }), fc.boolean(), fc.constant(null), fc.integer());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, tree, { maxKeys: 4 }), fc.boolean(), (value, indentSeq) => {
      isAsLibrary(stringify(value, { indentSeq }));
    }),
    { numRuns: 2000 },
  );
});

test('a key that is too long to be one is left to the library, which refuses it', () => {
  assert.equal(readPlainYaml(`a: b\n${'k'.repeat(1025)}: c\n`), undefined);
});

test('a kubeconfig of 3,000 contexts is read without the library', () => {
  const entry = (index: number) =>
    `- cluster:\n    certificate-authority-data: ${'QUJD'.repeat(400)}\n    server: https://api.c${index}.example.com:6443\n  name: c${index}\n`;
  const text = `apiVersion: v1\nclusters:\n${Array.from({ length: 3000 }, (_, index) => entry(index)).join('')}kind: Config\n`;
  assert.ok(text.length > 5_000_000);
  assert.notEqual(readPlainYaml(text), undefined);
  const read = parseKubeconfig(text);
  assert.equal('clusters' in read && read.clusters.size, 3000);
});

test('a text of more entries than can be read in time is refused, and says so', () => {
  const entries = `{${Array.from({ length: 50_000 }, (_, index) => `k${index}: [1]`).join(', ')}}`;
  const refused = parseKubeconfig(entries);
  assert.match('fault' in refused ? refused.fault : '', /^it has more entries than can be read in time/);
});

test('a fault is told by its place, and of a long line as soon as of a short one', () => {
  assert.deepEqual(parseKubeconfig('a: 1\nb: [\n'), { fault: 'line 3, column 1: bad indent' });
});
