import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addEntry,
  replaceToken,
  setCurrentContext,
} from '../../../src/cluster/kubeconfig/edit-kubeconfig.ts';

const NEW = `sha256~${'n'.repeat(43)}`;
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
    `users:\n- name: b\n  user: &b\n    token: old\n- name: a\n  user: {"token":"${NEW}"} # same\n`,
  );
  assert.equal(
    given('users:\n- name: a\n  user:\n    token: &t old\n- name: b\n  user:\n    token: *t\n'),
    `users:\n- name: a\n  user:\n    token: &t "${NEW}"\n- name: b\n  user:\n    token: "old"\n`,
  );
  assert.equal(
    given('x: &x {tokenFile: f, as: r}\nusers:\n- name: a\n  user:\n    <<: *x\n    token: old\n'),
    `x: &x {tokenFile: f, as: r}\nusers:\n- name: a\n  user:\n    {"as":"r","token":"${NEW}"}\n`,
  );
});

test('what kubectl would read otherwise, were it written anew, is refused', () => {
  const text = (key: string) =>
    `x: &x {tokenFile: f}\nusers:\n- name: a\n  user:\n    <<: *x\n    extensions: [{ name: e, extension: { ${key}: b } }]\n`;
  assert.equal(given(text('n')), undefined);
  // Unless it goes anyway.
  const plugin = 'x: &x {exec: {n: f}, as: r}\nusers:\n- name: a\n  user: *x\n';
  assert.equal(given(plugin), plugin.replace('*x', `{"as":"r","token": "${NEW}"}`));
  for (const key of ['nn', 'e27']) assert.ok(given(text(key))?.includes(NEW), key);
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

test('an empty file, and one of comments, becomes a kubeconfig', () => {
  const head = 'apiVersion: v1\nkind: Config\n';
  assert.equal(setCurrentContext('', 'x'), `${head}current-context: x\n`);
  assert.equal(setCurrentContext('# mine', 'x'), `# mine\n${head}current-context: x\n`);
});

test('a list that is none is left alone', () => {
  assert.equal(addEntry('users: {a: b}\n', 'users', 'a', {}), undefined);
});
