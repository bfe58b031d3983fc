import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editKubeconfig } from '../../../src/cluster/kubeconfig/edit-kubeconfig.ts';

const NEW = `sha256~${'n'.repeat(43)}`;
const replaceToken = (text: string, user: string, token: string) =>
  editKubeconfig(text, [{ kind: 'token', user, token }]);
const addEntry = (text: string, list: 'clusters' | 'users', name: string, fields: object) =>
  editKubeconfig(text, [{ kind: 'entry', list, name, fields: { ...fields } }]);
const setCurrentContext = (text: string, name: string) =>
  editKubeconfig(text, [{ kind: 'current-context', name }]);
const given = (text: string) => replaceToken(text, 'a', NEW);

test('a token is replaced in the quotes that it had, with the comments around it kept', () => {
  const text = (token: string) =>
    `# mine\nusers:\n  # alice\n  -   name: a\n      user:\n          token: ${token} # why\n`;
  assert.equal(given(text('old')), text(NEW));
  assert.equal(given(text("'old'")), text(`'${NEW}'`));
  assert.equal(given(text('"old"')), text(`"${NEW}"`));
});

test('JSON stays JSON, CRLF stays CRLF and a byte order mark stays', () => {
  assert.equal(
    given('{"users":[{"name":"a","user":{"token":"old"}}]}'),
    `{"users":[{"name":"a","user":{"token":"${NEW}"}}]}`,
  );
  assert.equal(
    given('\ufeffusers:\r\n- name: a\r\n  user:\r\n    token: old\r\n'),
    `\ufeffusers:\r\n- name: a\r\n  user:\r\n    token: ${NEW}\r\n`,
  );
});

test('who was signed out, or never had a token, gets one', () => {
  const signedIn = `users:\n- name: a\n  user:\n    token: ${NEW}\n`;
  for (const user of [
    '  user: {}\n',
    '  user:\n',
    '  user: null\n',
    '',
    '  user:\n    token:\n',
    '  user:\n    token: |-\n      old\n',
  ]) {
    assert.equal(given(`users:\n- name: a\n${user}`), signedIn, user);
  }
});

test('every other way to prove oneself goes with the old token; whom one impersonates stays', () => {
  const text = `users:
- name: a
  user:
    as: robot
    tokenFile: /run/token
    # the old plugin
    exec:
      command: oc
      args:
      - get-token
    # tail
- name: b
  user:
    password: kept
`;
  const expected = `users:
- name: a
  user:
    as: robot
    token: ${NEW}
    # the old plugin
    # tail
- name: b
  user:
    password: kept
`;
  assert.equal(given(text), expected);
});

test('what others share with the user by an anchor stays theirs', () => {
  assert.equal(
    given('users:\n- name: b\n  user: &b\n    token: old\n- name: a\n  user: *b # same\n'),
    `users:\n- name: b\n  user: &b\n    token: old\n- name: a\n  user:\n    token: ${NEW}\n    # same\n`,
  );
  assert.equal(
    given('users:\n- name: a\n  user:\n    token: &t old\n- name: b\n  user:\n    token: *t\n'),
    `users:\n- name: a\n  user:\n    token: ${NEW}\n- name: b\n  user:\n    token: old\n`,
  );
  assert.equal(
    given('x: &x {tokenFile: f, as: r}\nusers:\n- name: a\n  user:\n    <<: *x\n    token: old\n'),
    `x: &x {tokenFile: f, as: r}\nusers:\n- name: a\n  user:\n    token: ${NEW}\n    as: r\n`,
  );
});

test('words that kubectl reads otherwise than YAML 1.2 stay as they are, also where they are written out', () => {
  for (const word of ['n', 'off', '0777', '1_000', '12:30:45', '2026-11-29', 'e27', '~', '1.10']) {
    const shared = (user: string) =>
      `x: &x {exec: {a: b}, extensions: [{name: e, extension: {${word}: ${word}}}]}\nusers:\n- name: a\n  user: ${user}\n`;
    assert.ok(given(shared('*x'))?.endsWith(`extension: {${word}: ${word}}}], token: ${NEW}}\n`), word);
  }
});

test("a text that can't be written anew without a change is refused", () => {
  assert.equal(given('users: &all [*all, {name: a, user: {token: old}}]'), undefined);
  assert.equal(given('users:\n- name: a\n  user:\n    &all ? *all'), undefined);
});

test('of two users of one name the first is changed, as it is the one that counts', () => {
  const text = (token: string) =>
    `users: [{name: a, user: {token: "${token}"}}, {name: a, user: {token: b}}]`;
  assert.equal(given(text('old')), text(NEW));
});

test('a token that YAML would take for something else is written in quotes', () => {
  assert.match(replaceToken('users: [{name: a, user: {}}]', 'a', '1e5') ?? '', /"1e5"/);
  assert.match(
    replaceToken('users:\n- name: a\n  user:\n    token: old\n', 'a', 'yes') ?? '',
    /token: "yes"\n/,
  );
});

test('nothing is changed where there is no such user, or what is there is no user', () => {
  for (const text of [
    '',
    'users: text',
    'users: [{name: b}]',
    'users: [{name: a, user: text}]',
    '- a',
    'text',
  ]) {
    assert.equal(given(text), undefined, text);
  }
});

test('entries are added at the end of their lists, as kubectl indents them', () => {
  const added = addEntry('users:\n  - name: x # mine\n    user: {}\n\n# end\n', 'users', 'a', { token: NEW });
  assert.equal(
    added,
    `users:\n  - name: x # mine\n    user: {}\n  - name: a\n    user:\n      token: ${NEW}\n\n# end\n`,
  );
  assert.equal(
    addEntry('clusters: []\nkind: Config', 'clusters', 'c', { server: 'https://c:1' }),
    'clusters:\n- cluster:\n    server: https://c:1\n  name: c\nkind: Config',
  );
});

test('in JSON they are written as what is there', () => {
  assert.equal(
    addEntry('{"users":[{"name":"x"}],"kind":"Config"}', 'users', 'a', { token: 't' }),
    '{"users":[{"name":"x"},{"name":"a","user":{"token":"t"}}],"kind":"Config"}',
  );
  const text = (items: unknown[]) => `${JSON.stringify({ users: items }, null, 2)}\n`;
  const added = addEntry(text([{ name: 'x' }]), 'users', 'a', { token: 't' });
  assert.equal(added, text([{ name: 'x' }, { name: 'a', user: { token: 't' } }]));
});

test('what stands around an entry that is written anew stays: comments, quotes, blank lines, indentation', () => {
  const text = (fields: string) => `# mine
apiVersion: v1
users:
    - name: 'a' # alice

      # of the cluster
      user:
          as: "robot"
${fields}
    - name: b
      user: { token: 'kept' }   # none of mine
# end`;
  assert.equal(
    given(text('          username: u # old\n          token: old')),
    text(`          # old\n          token: ${NEW}`).replace('   # none', ' # none'),
  );
});

test('an empty file, and one of comments, becomes a kubeconfig', () => {
  const head = 'apiVersion: v1\nkind: Config\n';
  assert.equal(setCurrentContext('', 'x'), `${head}current-context: x\n`);
  assert.equal(setCurrentContext('# mine', 'x'), `# mine\n\n${head}current-context: x\n`);
});

test('a list that is none is left alone', () => {
  assert.equal(addEntry('users: {a: b}\n', 'users', 'a', {}), undefined);
});

const replaceAuthority = (text: string, cluster: string, ca: string) =>
  editKubeconfig(text, [{ kind: 'authority', cluster, ca }]);

const CA = '-----BEGIN CERTIFICATE-----';
const DATA = Buffer.from(CA).toString('base64');

function kubeconfig(...fields: readonly string[]): string {
  return [
    'clusters:',
    '# of mine',
    '- name: other',
    '  cluster: {server: https://other.example.com, insecure-skip-tls-verify: true}',
    '- name: here',
    '  cluster:',
    '    server: https://api.example.com:6443',
    ...fields.map((field) => `    ${field}`),
    'users: []',
    '',
  ].join('\n');
}

test('the authority takes the place of whatever verified the cluster before, and nothing else changes', () => {
  const wanted = kubeconfig(`certificate-authority-data: ${DATA}`);
  for (const field of [
    'certificate-authority: ca.crt',
    'insecure-skip-tls-verify: true',
    'certificate-authority-data: b2xk',
  ])
    assert.equal(replaceAuthority(kubeconfig(field), 'here', CA), wanted, field);
  assert.equal(replaceAuthority(kubeconfig(), 'here', CA), wanted);
  assert.equal(replaceAuthority(wanted, 'here', CA), wanted);
});

test('a cluster that is not there, or is not a mapping, is left alone', () => {
  assert.equal(replaceAuthority(kubeconfig(), 'elsewhere', CA), undefined);
  assert.equal(replaceAuthority('clusters: [{name: here, cluster: 7}]', 'here', CA), undefined);
});

test('a byte order mark inside of a word is a part of it', () => {
  const text = kubeconfig('proxy-url: http://a\ufeffb.example.com');
  assert.equal(editKubeconfig(text, [{ kind: 'current-context', name: 'x' }]), `${text}current-context: x\n`);
});

test("what the library reads and can't write again is not changed", () => {
  const text = '{"users": [{"name": "a", "user": {"token": !!binary "b2xk"}}]}';
  assert.equal(editKubeconfig(text, [{ kind: 'token', user: 'a', token: NEW }]), undefined);
});

test('a text that is nested too deeply is not changed', () => {
  const deep = `{"b${'": b'.repeat(20_000)}": 1\n  x: 1}`;
  assert.equal(editKubeconfig(deep, [{ kind: 'current-context', name: 'x' }]), undefined);
});

test('a current context that is there already is not written again, though the key is there twice', () => {
  const text = 'current-context: old\nusers: []\ncurrent-context: new\n';
  assert.equal(editKubeconfig(text, [{ kind: 'current-context', name: 'new' }]), text);
});

test('numbers that no double holds stay in JSON what they are, or nothing is changed', () => {
  const text = '{"users":[{"name":"a","user":{"token":"old","id":12345678901234567890,"big":1e400}}]}';
  const token = [{ kind: 'token', user: 'a', token: NEW }] as const;
  assert.equal(editKubeconfig(text, token), text.replace('old', NEW));
  assert.equal(editKubeconfig(text, [...token, { kind: 'current-context', name: 'x' }]), undefined);
});
