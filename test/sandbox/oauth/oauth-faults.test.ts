import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { callApi } from '../api-client.ts';
import { oauthTokenObjectName } from '../cluster/oauth-tokens.ts';
import type { Alteration } from '../http/alterations.ts';
import { type ClientResponse, send } from '../https-client.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { authorizePath } from './authorize-request.ts';
import { openBrowser } from './browser.ts';
import { exchange } from './exchange-request.ts';

const ALICE = { username: 'alice', password: 'alice-password' };

describe('The OAuth server can fail', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox();
  });
  afterEach(() => sandbox.stop());

  const metadata = async () => {
    const url = `${sandbox.apiUrl}/.well-known/oauth-authorization-server`;
    return (await send(url, { caPem: sandbox.caPem })).json() as Record<string, string>;
  };
  const logIn = async (): Promise<ClientResponse> => {
    const browser = openBrowser(sandbox);
    await browser.get(authorizePath());
    await browser.follow();
    await browser.submit(ALICE);
    return browser.follow();
  };
  const codeOf = (answer: ClientResponse) =>
    new URL(answer.header('Location') ?? 'none:').searchParams.get('code') ?? '';

  for (const [fault, field, value] of [
    ['foreign-issuer', 'issuer', /^https:\/\/login\.example\.com$/],
    ['foreign-endpoints', 'token_endpoint', /^https:\/\/login\.example\.com\/oauth\/token$/],
    ['plain-http', 'authorization_endpoint', /^http:\/\/127\.0\.0\.1:\d+\/oauth\/authorize$/],
  ] as const satisfies readonly (readonly [Alteration, string, RegExp])[]) {
    test(`with metadata of a ${fault}`, async () => {
      assert.equal((await metadata()).issuer, sandbox.oauthUrl);
      sandbox.setEndpointFault('oauth-metadata', fault);
      assert.match((await metadata())[field] ?? '', value);
    });
  }

  test('by an answer without a token', async () => {
    const code = codeOf(await logIn());
    sandbox.setEndpointFault('oauth-token', 'no-token');
    const answer = await exchange(sandbox, { code });
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.json() as object).sort(), ['expires_in', 'scope', 'token_type']);
  });

  test('while the API is away: in the middle of a login, and when the code is exchanged', async () => {
    const code = codeOf(await logIn());
    const browser = openBrowser(sandbox);
    await browser.get(authorizePath());
    await browser.follow();
    sandbox.setOutage({ apiDown: true });
    const form = await browser.submit(ALICE);
    assert.match(form.header('Location') ?? '', /reason=authentication_error/);
    const answer = await exchange(sandbox, { code });
    assert.deepEqual([answer.status, (answer.json() as { error: string }).error], [400, 'server_error']);
    sandbox.setOutage({ apiDown: false });
    assert.equal((await exchange(sandbox, { code })).status, 200);
  });

  test('at one of its endpoints alone, which tests can count as well', async () => {
    sandbox.setEndpointFault('login', 503);
    const browser = openBrowser(sandbox);
    await browser.get(authorizePath());
    await browser.follow();
    assert.equal((await browser.submit(ALICE)).status, 503);
    sandbox.setEndpointFault('login', null);
    await logIn();
    assert.equal((await sandbox.received('login', 2)).length, 2);
    assert.equal((await sandbox.received('authorize', 3)).length, 3);
  });

  test('when a token is to be revoked, which then lives on', async () => {
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const path = `/apis/oauth.openshift.io/v1/useroauthaccesstokens/${oauthTokenObjectName(token)}`;
    const revoke = async () => (await callApi(sandbox, token, 'DELETE', path)).status;
    sandbox.setEndpointFault('revocation', 503);
    assert.equal(await revoke(), 503);
    sandbox.setEndpointFault('revocation', null);
    assert.deepEqual([await revoke(), await revoke()], [200, 401]);
  });

  test('to those who ask in a way that it refuses', async () => {
    const refusals = [
      await exchange(sandbox, { code: 'x', grant_type: 'password' }),
      await exchange(sandbox, { code: 'x', grant_type: 'device_code' }),
      await exchange(sandbox, { code: '' }),
      await exchange(sandbox, { code: codeOf(await logIn()) }, 'openshift-browser-client'),
    ].map((answer) => (answer.json() as { error: string }).error);
    assert.deepEqual(refusals, [
      'access_denied',
      'unsupported_grant_type',
      'invalid_grant',
      'unauthorized_client',
    ]);
  });
});
