import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginsFor, withLogin, withoutLogin } from '../../../src/engines/edits/plan-secret-login.ts';

const HOST = 'registry.example.com';
const login = { username: 'u', secret: 'p' };
const entry = { username: 'u', password: 'p', auth: 'dTpw' };
const NONE = { secret: undefined, isThere: false, others: [] };

test('a pull secret gets a login in either of its forms, and loses it again, whatever it held before', () => {
  for (const [before, legacy, after, without] of [
    ['{}', false, { auths: { [HOST]: entry } }, { auths: {} }],
    ['', false, { auths: { [HOST]: entry } }, { auths: {} }],
    ['{"auths":null}', false, { auths: { [HOST]: entry } }, { auths: {} }],
    ['{"x.io":{}}', true, { 'x.io': {}, [HOST]: entry }, { 'x.io': {} }],
  ] as const) {
    const logins = (text: string) => ({ text, path: 'SECRET', legacy });
    assert.deepEqual(loginsFor(HOST, logins(before)), NONE);
    assert.doesNotMatch(withoutLogin(HOST, logins(before)), new RegExp(HOST));
    const written = withLogin(HOST, login, logins(before));
    assert.deepEqual(JSON.parse(written), after);
    assert.equal(withLogin(HOST, login, logins(written)), written);
    assert.deepEqual(loginsFor(HOST, logins(written)), { secret: 'p', isThere: true, others: [] });
    assert.deepEqual(JSON.parse(withoutLogin(HOST, logins(written))), without);
  }
});

test('of a host`s other entries the keys are told; one that is broken holds no secret, and is written anew', () => {
  const auths = { [HOST]: { auth: '!' }, [`https://${HOST}/v1/`]: {}, 'x.io': {} };
  const logins = { text: JSON.stringify({ auths }), path: 'SECRET', legacy: false };
  assert.deepEqual(loginsFor(HOST, logins), {
    secret: undefined,
    isThere: true,
    others: [`https://${HOST}/v1/`],
  });
  assert.deepEqual(JSON.parse(withLogin(HOST, login, logins)), { auths: { ...auths, [HOST]: entry } });
});
