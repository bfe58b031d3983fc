import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoginRequest } from '../../../src/cluster/oauth/access.ts';
import { answerChallenge, basicAnswer } from '../../../src/cluster/oauth/challenge-flow.ts';
import { exchangeCode, prepareAuthorization } from '../../../src/cluster/oauth/code-flow.ts';
import { type OAuthMetadata, readOAuthMetadata } from '../../../src/cluster/oauth/metadata.ts';
import type { Reply } from '../../../src/cluster/send-request.ts';
import { oneLine } from '../../../src/hosts/reason.ts';

const SERVER = 'https://api.example.com:6443';
const OAUTH = 'https://oauth.example.com';
const REDIRECT = 'http://127.0.0.1:8000/callback';
const METADATA: OAuthMetadata = {
  issuer: OAUTH,
  authorizationEndpoint: new URL(`${OAUTH}/oauth/authorize`),
  tokenEndpoint: new URL(`${OAUTH}/oauth/token`),
};

const TRUST = { givenFile: undefined, command: 'log in' };

function reply(status: number, body: unknown = '', headers: Record<string, string> = {}): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    body: text,
    headers,
    dateMs: undefined,
    detail: status === 0 ? 'connection refused' : '',
    timedOut: false,
  };
}

/** Answers one request after another, and none besides. */
function server(...replies: Reply[]) {
  const requests: LoginRequest[] = [];
  const ask = async (request: LoginRequest): Promise<Reply> => {
    requests.push(request);
    const next = replies.shift();
    if (next === undefined) throw new Error(`an unexpected request to ${request.url}`);
    return next;
  };
  return { requests, askApi: ask, askOAuthServer: ask };
}

const metadata = (changes: object = {}) => ({
  issuer: OAUTH,
  authorization_endpoint: `${OAUTH}/oauth/authorize`,
  token_endpoint: `${OAUTH}/oauth/token`,
  ...changes,
});

test('metadata are taken whose addresses are all of the issuer, over https', async () => {
  assert.deepEqual(await readOAuthMetadata(SERVER, server(reply(200, metadata())), TRUST), METADATA);
  const wrong = [
    { issuer: 'https://elsewhere.example.com' },
    { issuer: 'http://oauth.example.com' },
    { issuer: 'what' },
    { token_endpoint: 'https://elsewhere.example.com/oauth/token' },
    { token_endpoint: `${OAUTH}:8443/oauth/token` },
    { authorization_endpoint: 'http://oauth.example.com/oauth/authorize' },
    { authorization_endpoint: 'https://me:secret@oauth.example.com/oauth/authorize' },
    { authorization_endpoint: 7 },
  ];
  for (const changes of wrong) {
    const asked = readOAuthMetadata(SERVER, server(reply(200, metadata(changes))), TRUST);
    await assert.rejects(asked, { code: 'foreign-oauth-server' }, JSON.stringify(changes));
  }
});

test('what is no OpenShift, away or in trouble is told as that', async () => {
  const told = (answer: Reply) => readOAuthMetadata(SERVER, server(answer), TRUST);
  for (const answer of [reply(404), reply(200, '<html>'), reply(200, {})])
    await assert.rejects(told(answer), { code: 'no-oauth-server' });
  for (const status of [302, 401, 403, 407]) {
    const message = new RegExp(` answered ${status} when it was asked where to log in: `);
    await assert.rejects(told(reply(status)), { code: 'no-oauth-metadata', message });
  }
  await assert.rejects(told(reply(0)), { code: 'api-unreachable' });
  await assert.rejects(told(reply(503)), { code: 'api-unavailable' });
});

test('a certificate that is not trusted is told with the file that was to vouch for it', async () => {
  const untrusted = { ...reply(0), detail: 'its certificate is not trusted' };
  const told = (givenFile: string | undefined) =>
    readOAuthMetadata(SERVER, server(untrusted), { givenFile, command: 'log in' });
  await assert.rejects(told(undefined), { fix: { do: 'Give the file of its authority: log in' } });
  await assert.rejects(told('/tmp/wrong.pem'), {
    message: `The API server ${SERVER} can't be reached: its certificate is not trusted, since /tmp/wrong.pem does not hold the authority that signed it`,
    fix: { do: "Ask the cluster's administrators for that authority, and give its file: log in" },
  });
});

test('an address that a printer would black a part of is drawn anew', async () => {
  const state = 's'.repeat(43);
  const states = [`${'s'.repeat(20)}eyJ${'s'.repeat(20)}`, state, state];
  // Of the second verifier the challenge is Vwi-7mp-eJ2VFSwpKWE5L6pY17W8Sqa7eyJYq9XPJEQ.
  const verifiers = ['0', `a-verifier-of-this-test-${'3732'.padStart(20, '0')}`, 'v'.repeat(43)];
  const { url } = await prepareAuthorization(METADATA, 'openshift-cli-client', REDIRECT, {
    state: () => states.shift() ?? assert.fail('drawn too often'),
    verifier: () => verifiers.shift() ?? assert.fail('drawn too often'),
  });
  assert.deepEqual([states, verifiers], [[], []]);
  assert.equal(url.searchParams.get('state'), state);
  assert.equal(oneLine(url.href), url.href);
});

test('an authorisation asks with a new challenge and state each time, and keeps the verifier to itself', async () => {
  const first = await prepareAuthorization(METADATA, 'openshift-cli-client', REDIRECT);
  const second = await prepareAuthorization(METADATA, 'openshift-cli-client', REDIRECT);
  const query = Object.fromEntries(first.url.searchParams);
  assert.deepEqual(Object.keys(query).sort(), [
    'client_id',
    'code_challenge',
    'code_challenge_method',
    'redirect_uri',
    'response_type',
    'state',
  ]);
  assert.equal(query.code_challenge_method, 'S256');
  assert.ok(!first.url.href.includes(first.verifier));
  assert.notEqual(first.verifier, second.verifier);
  assert.notEqual(first.state, second.state);
});

test('a code is exchanged with the verifier and an empty secret', async () => {
  const asked = await prepareAuthorization(METADATA, 'openshift-cli-client', REDIRECT);
  const body = { access_token: 'sha256~new', token_type: 'Bearer', expires_in: 86_400, scope: 'user:full' };
  const there = server(reply(200, body, { 'content-type': 'application/json' }));
  const answer = new URLSearchParams({ code: 'sha256~code', state: asked.state });
  assert.equal(await exchangeCode(asked, answer, there), 'sha256~new');
  const [request] = there.requests;
  const form = new URLSearchParams(request?.body);
  assert.equal(
    request?.headers.authorization,
    `Basic ${Buffer.from('openshift-cli-client:').toString('base64')}`,
  );
  assert.deepEqual(
    ['grant_type', 'code', 'code_verifier', 'redirect_uri'].map((name) => form.get(name)),
    ['authorization_code', 'sha256~code', asked.verifier, REDIRECT],
  );
});

test('each way in which no token comes is told, without the code', async () => {
  const json = { 'content-type': 'application/json' };
  const cases: readonly [code: string, answer: Record<string, string>, replies: Reply[]][] = [
    ['login-denied', { error: 'access_denied' }, []],
    ['login-refused', { error: '<script>' }, []],
    ['code-refused', { code: 'c' }, [reply(400, { error: 'invalid_grant' }, json)]],
    ['no-code', {}, []],
    ['no-code', { code: '' }, []],
    ['no-code', { code: 'c', iss: 'https://elsewhere.example.com' }, []],
    ['oauth-server-unavailable', { code: 'c' }, [reply(503, '<html>', { 'content-type': 'text/html' })]],
    ['oauth-server-unavailable', { code: 'c' }, [reply(500)]],
    // Statuses that HTTP's parser lets pass, and a Response is not made of.
    ['oauth-server-unavailable', { code: 'c' }, [reply(99, {}, json)]],
    ['no-token-in-reply', { code: 'c' }, [reply(205, { access_token: 'x' }, json)]],
    ['no-token-in-reply', { code: 'c' }, [reply(302, '', { location: OAUTH })]],
    ['no-token-in-reply', { code: 'c' }, [reply(401)]],
    ['no-token-in-reply', { code: 'c' }, [reply(200, {}, json)]],
    ['no-token-in-reply', { code: 'c' }, [reply(200, { access_token: 't', token_type: 'mac' }, json)]],
    ['no-token-in-reply', { code: 'c' }, [reply(200, '<html>', { 'content-type': 'text/html' })]],
    ['oauth-server-unreachable', { code: 'c' }, [reply(0)]],
  ];
  for (const [code, query, replies] of cases) {
    const asked = await prepareAuthorization(METADATA, 'openshift-cli-client', REDIRECT);
    const answer = new URLSearchParams({ ...query, state: asked.state });
    await assert.rejects(
      exchangeCode(asked, answer, server(...replies)),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, code, JSON.stringify(query));
        assert.doesNotMatch(error.message, /<script>/);
        return true;
      },
    );
  }
});

test('an answer with two codes has none', async () => {
  const asked = await prepareAuthorization(METADATA, 'openshift-cli-client', REDIRECT);
  const answer = new URLSearchParams({ code: 'one', state: asked.state });
  answer.append('code', 'two');
  await assert.rejects(exchangeCode(asked, answer, server()), { code: 'no-code' });
});

test('credentials go only to a server that asks for them', async () => {
  const challenge = reply(401, '', { 'www-authenticate': 'Basic realm="openshift"' });
  const back = reply(302, '', { location: `${OAUTH}/oauth/token/implicit?code=c&state=` });
  const there = server(challenge, back);
  const { query } = await answerChallenge(METADATA, basicAnswer('kube:admin', 'p:w'), there);
  assert.equal(query.get('code'), 'c');
  const [first, second] = there.requests;
  assert.equal(first?.headers.authorization, undefined);
  assert.equal(first?.headers['x-csrf-token'], '1');
  assert.equal(second?.headers.authorization, `Basic ${Buffer.from('kubeadmin:p:w').toString('base64')}`);
  for (const answer of [
    reply(401, '', { 'www-authenticate': 'Negotiate' }),
    reply(401),
    reply(302, '', { location: `${OAUTH}/login?then=x` }),
    reply(302, '', { location: 'https://elsewhere.example.com/oauth/token/implicit?code=c' }),
  ]) {
    const asked = answerChallenge(METADATA, basicAnswer('alice', 'x'), server(answer));
    await assert.rejects(asked, { code: 'no-password-login' });
  }
  assert.throws(() => basicAnswer('a:b', 'x'), { code: 'colon-in-name' });
});

test("a wrong password is told in the server's own words, where it has any", async () => {
  const challenge = reply(401, '', { 'www-authenticate': 'Basic realm="openshift"' });
  const words = {
    'Login failed (401 Unauthorized) at https://oauth.example.com': reply(401),
    'Login failed (401 Unauthorized) at https://oauth.example.com: locked out': reply(401, '', {
      warning: '199 Origin "locked out"',
    }),
    'Login failed (401 Unauthorized) at https://oauth.example.com: not today': reply(401, 'not\ntoday\n', {
      'content-type': 'text/plain; charset=utf-8',
    }),
  };
  for (const [message, answer] of Object.entries(words)) {
    const asked = answerChallenge(METADATA, basicAnswer('alice', 'x'), server(challenge, answer));
    await assert.rejects(asked, { code: 'login-failed', message });
  }
});
