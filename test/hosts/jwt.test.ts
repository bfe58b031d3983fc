import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readJwt } from '../../src/hosts/jwt.ts';
import { jwt } from '../support/identities.ts';
import fc from '../support/properties.ts';

test('the life and the subject of a JWT are read', () =>
  assert.deepEqual(
    readJwt(jwt({ exp: 1_700_000_000, iat: 1_699_996_400, sub: 'system:serviceaccount:ns:name' })),
    {
      exp: 1_700_000_000,
      iat: 1_699_996_400,
      subject: 'system:serviceaccount:ns:name',
      issuer: undefined,
    },
  ));

test('a JWT without an end, or with one that is no number, has none', () => {
  const none = { exp: undefined, iat: undefined, subject: undefined, issuer: undefined };
  for (const payload of [{}, { exp: 'soon', iat: '', sub: 7, iss: [] }, { exp: null }]) {
    assert.deepEqual(readJwt(jwt(payload)), none);
  }
});

test('what is no JWT is none', () => {
  for (const token of [
    '',
    'a.b',
    'a.b.c',
    'a.b.c.d',
    `sha256~${'k'.repeat(43)}`,
    jwt(7),
    jwt(null),
    '..',
    jwt({}).replace('.', '. '),
  ]) {
    assert.equal(readJwt(token), undefined, token);
  }
});

test('no text makes reading it throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.json(), (text, json) => {
      readJwt(text);
      readJwt(`a.${Buffer.from(json).toString('base64url')}.b`);
    }),
  );
});

test('an end that is no number of seconds is none: neither text nor what JSON takes for infinite', () => {
  for (const exp of ['"1900000000"', '1e400', '-1e400', 'null']) {
    const payload = Buffer.from(`{"exp":${exp}}`).toString('base64url');
    assert.equal(readJwt(`e30.${payload}.c2ln`)?.exp, undefined, exp);
  }
});
