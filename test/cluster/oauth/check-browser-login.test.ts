import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoginRequest } from '../../../src/cluster/oauth/access.ts';
import { checkBrowserLogin } from '../../../src/cluster/oauth/code-flow.ts';
import type { OAuthMetadata } from '../../../src/cluster/oauth/metadata.ts';
import type { Reply } from '../../../src/cluster/send-request.ts';
import type { AppError } from '../../../src/hosts/reason.ts';
import { bareFix } from '../../support/bare-fix.ts';

const OAUTH = 'https://oauth.example.com';
const METADATA: OAuthMetadata = {
  issuer: OAUTH,
  authorizationEndpoint: new URL(`${OAUTH}/oauth/authorize`),
  tokenEndpoint: new URL(`${OAUTH}/oauth/token`),
};
const CHECK = {
  clientId: 'openshift-cli-client',
  redirectUri: 'http://127.0.0.1:8000/callback',
  tokenPage: `${OAUTH}/oauth/token/request`,
  byPassword: 'by-password',
  byToken: 'by-token',
};

/** What comes of the check where the OAuth server answers so, and what it was asked. */
async function check(status: number, body = '', detail = '') {
  const asked: LoginRequest[] = [];
  const askOAuthServer = async (request: LoginRequest): Promise<Reply> => {
    asked.push(request);
    return { status, body, detail, dateMs: undefined, timedOut: false };
  };
  await checkBrowserLogin(METADATA, CHECK, { askOAuthServer });
  return asked;
}

test('a login page, or a way to one, lets the login go on; nothing but the question is sent', async () => {
  for (const status of [200, 302, 401, 403]) {
    const [asked, ...others] = await check(status);
    assert.equal(others.length, 0);
    assert.deepEqual([asked?.method, asked?.headers, asked?.body], ['GET', {}, undefined]);
    assert.equal(asked?.url.searchParams.get('client_id'), 'openshift-cli-client');
  }
  assert.equal((await check(400, '{"error":"invalid_request"}')).length, 1);
});

test('an OAuth server that is away, not trusted or failing ends the login before anybody types a password', async () => {
  await assert.rejects(check(0, '', 'connection refused'), {
    code: 'oauth-server-unreachable',
    message: `The OAuth server ${OAUTH} can't be reached: connection refused`,
  });
  await assert.rejects(check(0, '', 'its certificate is not trusted'), (error: AppError) =>
    /SSL_CERT_DIR/.test(bareFix(error.fix)),
  );
  // oauth-apiserver is down (4.13 and 4.22).
  await assert.rejects(check(400, '{"error":"server_error"}'), {
    code: 'oauth-server-unavailable',
    message: `The OAuth server ${OAUTH} answered 400 to a login by browser`,
  });
  await assert.rejects(check(503), {
    code: 'oauth-server-unavailable',
    message: `The OAuth server ${OAUTH} answered 503 to a login by browser`,
  });
});

test('where browsers log in for no program, as on OKD 3.11, a password and the token page are named', async () => {
  await assert.rejects(check(400, '{"error":"unauthorized_client"}'), {
    code: 'no-browser-login',
    fix: {
      do: `By a token from ${OAUTH}/oauth/token/request: by-token; or by a password: by-password`,
    },
  });
});
