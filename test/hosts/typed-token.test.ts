import assert from 'node:assert/strict';
import { test } from 'node:test';
import { givenToken, type Identity } from '../../src/hosts/identity.ts';
import { hasFormOfToken, typedToken } from '../../src/hosts/typed-token.ts';
import { identity, jwt, plugin, SERVER, TOKEN } from '../support/identities.ts';

const OTHER = 'https://api.other.example.com:6443';
const OPAQUE = 'Ab0'.repeat(15).slice(0, 43);
const issuedBy = (iss: string) => jwt({ iss });
const holds = (token: string, changes: Partial<Identity> = {}) =>
  identity({ source: { kind: 'token', token: givenToken(token) }, ...changes });
const isShown = (secret: string, ...all: Identity[]) =>
  typedToken(secret, SERVER, { all, current: undefined, problems: [] }) !== undefined;

test('an OAuth token may be shown to the cluster of its host, and a password to none', () => {
  assert.equal(isShown(TOKEN), true);
  for (const secret of ['a-password', `${TOKEN}x`, 'sha256~short', '']) assert.equal(isShown(secret), false);
});

test("an opaque token may be shown where that cluster's own logins have such tokens, and only there", () => {
  assert.equal(isShown(OPAQUE), false);
  assert.equal(isShown(OPAQUE, holds(OPAQUE.replace('A', 'Z'))), true);
  assert.equal(isShown(OPAQUE, holds(OPAQUE, { server: OTHER })), false);
  assert.equal(isShown(OPAQUE, holds(OPAQUE, { isStored: true })), false);
  assert.equal(isShown(OPAQUE, holds(TOKEN)), false);
  assert.equal(isShown(OPAQUE, identity({ source: { kind: 'client-certificate' } })), false);
});

test('a JWT may be shown to a cluster that takes the tokens of its issuer: its own, its logins, or its plugins', () => {
  const provider = 'https://sso.example.com';
  const by = (args: string[], server = SERVER) =>
    identity({ server, source: { kind: 'exec', plugin: plugin({ args }) } });
  assert.equal(isShown(issuedBy('kubernetes/serviceaccount')), true);
  assert.equal(isShown(issuedBy(provider)), false);
  assert.equal(isShown(issuedBy(provider), holds(issuedBy(provider))), true);
  assert.equal(isShown(issuedBy(provider), holds(issuedBy(provider), { server: OTHER })), false);
  assert.equal(isShown(issuedBy(provider), by(['get-token', `--issuer-url=${provider}`])), true);
  assert.equal(isShown(issuedBy(provider), by(['get-token', '--oidc-issuer-url', provider])), true);
  assert.equal(isShown(issuedBy(provider), by(['get-token', '--issuer-url', provider], OTHER)), false);
  assert.equal(isShown(issuedBy(provider), by(['--client-id', provider])), false);
});

test('what has the form of no token of any cluster is told from what has', () => {
  for (const secret of [TOKEN, OPAQUE, issuedBy('x')]) assert.equal(hasFormOfToken(secret), true);
  for (const secret of ['a-password', `${OPAQUE}x`]) assert.equal(hasFormOfToken(secret), false);
});
