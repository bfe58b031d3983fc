import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespaceLoginsIn, planAuthEntries } from '../../../src/engines/edits/auth-file.ts';

const host = 'registry.example.com';
const plan = (text: string | null, logins = [{ host, auth: 'bmV3' }]) =>
  planAuthEntries(text, { path: 'auth.json', logins });

test('a new file holds the logins, in the form that docker writes', () => {
  const { text, changes } = plan(null);
  assert.equal(text, `{\n\t"auths": {\n\t\t"${host}": {\n\t\t\t"auth": "bmV3"\n\t\t}\n\t}\n}`);
  assert.deepEqual(changes, [`wrote the login for ${host}`]);
  assert.equal(plan('').text, text);
});

test('other keys and other logins stay as they are', () => {
  const { text } = plan('{"auths":{"x.io":{"auth":"eA=="}},"HttpHeaders":{"a":"b"}}');
  assert.equal(text, `{"auths":{"x.io":{"auth":"eA=="},"${host}":{"auth":"bmV3"}},"HttpHeaders":{"a":"b"}}`);
});

test('an entry is replaced whole: an identity token that stayed would come before the login', () => {
  const old = `{"auths":{"${host}":{"auth":"bmV3","identitytoken":"b2xk"}}}`;
  assert.equal(plan(old).text, `{"auths":{"${host}":{"auth":"bmV3"}}}`);
});

test('other spellings of the whole host go, and are told; logins of its namespaces and of others stay', () => {
  const auths = {
    [`${host}/alice-ns`]: { auth: 'b2xk' },
    [`https://${host}/v1/`]: { auth: 'b2xk' },
    [`http://${host}`]: { auth: 'b2xk' },
    [host]: { auth: 'bmV3' },
    [`${host}.org/alice-ns`]: { auth: 'eA==' },
    [`https://${host}.org`]: { auth: 'eA==' },
    [`not.${host}`]: {},
  };
  const { text, changes } = plan(JSON.stringify({ auths }));
  assert.deepEqual(Object.keys(JSON.parse(text ?? '').auths), [
    `${host}/alice-ns`,
    host,
    `${host}.org/alice-ns`,
    `https://${host}.org`,
    `not.${host}`,
  ]);
  assert.deepEqual(changes, [
    `removed the login "https://${host}/v1/", which would be taken before it`,
    `removed the login "http://${host}", which would be taken before it`,
  ]);
  assert.deepEqual(namespaceLoginsIn(JSON.stringify({ auths }), 'auth.json', host), [`${host}/alice-ns`]);
  assert.deepEqual(namespaceLoginsIn(null, 'auth.json', host), []);
});

test('a file that says so already stays byte for byte', () => {
  const text = `{ "auths" : {"${host}":{ "auth" : "bmV3" }} }\n`;
  assert.deepEqual(plan(text), { text, changes: [] });
});

test('several logins are written at once, and none is told', () => {
  const { text, changes } = plan('{"auths": null}', [
    { host: 'a.io', auth: 'YQ==' },
    { host: 'b.io', auth: 'Yg==' },
  ]);
  assert.deepEqual(JSON.parse(text ?? ''), { auths: { 'a.io': { auth: 'YQ==' }, 'b.io': { auth: 'Yg==' } } });
  assert.doesNotMatch(changes.join(), /YQ==|Yg==/);
});

test('a broken file is refused', () => {
  assert.throws(() => plan('{"auths": []}'), /auth\.json:1:11: /);
});
