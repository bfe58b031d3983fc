import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOAuthToken, oauthTokenObjectName } from '../../src/cluster/oauth-tokens.ts';

test("a token's own object is named by the hash of what follows the prefix", () =>
  assert.equal(
    // printf %s secret | openssl dgst -sha256 -binary | basenc --base64url | tr -d =
    oauthTokenObjectName('sha256~secret'),
    'sha256~K7gNU3sdo-OL0wNhqoVWhr3g6s1xYv72ol_pe_Unols',
  ));

test('only a token with the prefix, and something behind it, is an OAuth token', () => {
  assert.equal(isOAuthToken('sha256~x'), true);
  for (const token of ['sha256~', 'SHA256~x', 'x', '', ' sha256~x']) assert.equal(isOAuthToken(token), false);
});
