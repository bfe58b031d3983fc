import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type BearerRequests,
  inspectToken,
  isOAuthToken,
  localTimeMs,
  oauthTokenObjectName,
  revokeToken,
} from '../../src/cluster/oauth-tokens.ts';
import { noAnswer, type Reply } from '../../src/cluster/send-request.ts';
import { accessTo } from '../support/access-to.ts';
import { jwt, TOKEN, unexpected } from '../support/identities.ts';
import { runningSandbox } from '../support/running-sandbox.ts';

const NOW = 1_700_000_000_000;
const CREATED = '2023-11-14T22:13:20Z'; // NOW
const OWN = `/apis/oauth.openshift.io/v1/useroauthaccesstokens/${oauthTokenObjectName(TOKEN)}`;
const ME = '/apis/user.openshift.io/v1/users/~';
const REVIEW = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const INFO = 'oauth: /oauth/info';
const OPAQUE = 'k'.repeat(43);

function reply(status: number, body: object | string, dateMs: number | undefined = NOW): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, body: text, dateMs, detail: '', timedOut: false };
}
const own = (changes: object = {}) =>
  reply(200, {
    kind: 'UserOAuthAccessToken',
    metadata: { creationTimestamp: CREATED },
    userName: 'alice',
    expiresIn: 86_400,
    scopes: ['user:full'],
    ...changes,
  });
const me = (name = 'alice') => reply(200, { kind: 'User', metadata: { name } });
const forbidden = (message: string) => reply(403, { kind: 'Status', message });

/** Inspects a token at a cluster that gives these answers, and no others. */
async function inspect(token: string, answers: Record<string, Reply | undefined>, nowMs = NOW) {
  const asked: string[] = [];
  const take = (path: string): Reply | undefined => {
    asked.push(path);
    if (!(path in answers)) throw new Error(`${path} was not expected`);
    return answers[path];
  };
  const cluster: BearerRequests = {
    ask: async (path) => take(path) ?? assert.fail(),
    askOAuthServer: async (path) => take(`oauth: ${path}`),
  };
  return { said: await inspectToken(token, cluster, () => nowMs), asked };
}
const accepted = {
  kind: 'accepted',
  username: 'alice',
  expiresAtMs: undefined,
  idleEndsAtMs: undefined,
  opensImages: true,
};

test("one request tells an OAuth token's user, end and scopes", async () => {
  const { said, asked } = await inspect(TOKEN, { [OWN]: own() });
  assert.deepEqual(said, { ...accepted, lifeMs: 86_400_000, expiresAtMs: NOW + 86_400_000 });
  assert.deepEqual(asked, [OWN]);
});

test('a life of zero, which Go leaves out, means that the token never ends', async () => {
  for (const expiresIn of [0, undefined]) {
    const { said } = await inspect(TOKEN, { [OWN]: own({ expiresIn }) });
    assert.deepEqual(said, { ...accepted, lifeMs: undefined, expiresAtMs: null });
  }
});

test('the end for idleness is told beside the other', async () => {
  const { said } = await inspect(TOKEN, { [OWN]: own({ inactivityTimeoutSeconds: 600 }) });
  assert.deepEqual(said, {
    ...accepted,
    lifeMs: 86_400_000,
    expiresAtMs: NOW + 86_400_000,
    idleEndsAtMs: NOW + 600_000,
  });
  const never = await inspect(TOKEN, { [OWN]: own({ expiresIn: 0, inactivityTimeoutSeconds: 600 }) });
  assert.deepEqual(never.said, {
    ...accepted,
    lifeMs: undefined,
    expiresAtMs: null,
    idleEndsAtMs: NOW + 600_000,
  });
});

test('without a creation time the end is not known', async () => {
  for (const metadata of [{}, { creationTimestamp: 'yesterday' }, { creationTimestamp: null }]) {
    assert.deepEqual((await inspect(TOKEN, { [OWN]: own({ metadata }) })).said, {
      ...accepted,
      lifeMs: 86_400_000,
    });
  }
});

test("ends are told by this machine's clock, however wrong it is", async () => {
  const slow = await inspect(TOKEN, { [OWN]: own() }, NOW - 3_600_000);
  assert.deepEqual(slow.said, { ...accepted, lifeMs: 86_400_000, expiresAtMs: NOW - 3_600_000 + 86_400_000 });
  const almostRight = await inspect(TOKEN, { [OWN]: own() }, NOW + 2999);
  assert.deepEqual(almostRight.said, { ...accepted, lifeMs: 86_400_000, expiresAtMs: NOW + 86_400_000 });
});

test('only full scopes and those of a role open images', async () => {
  const opens: [unknown, boolean][] = [
    [['user:full'], true],
    [['user:info', 'user:full'], true],
    [['role:registry-viewer:ns'], true],
    [[], true],
    [undefined, true],
    [['user:info'], false],
    [['user:info', 'user:check-access', 'user:list-projects'], false],
    [[7], false],
  ];
  for (const [scopes, opensImages] of opens) {
    const { said } = await inspect(TOKEN, { [OWN]: own({ scopes }) });
    assert.deepEqual(said, { ...accepted, lifeMs: 86_400_000, expiresAtMs: NOW + 86_400_000, opensImages });
  }
});

test("404 of the token's own object means revoked; any other 404 means that the cluster has no such objects", async () => {
  const gone = reply(404, { kind: 'Status', details: { kind: 'useroauthaccesstokens' } });
  assert.deepEqual((await inspect(TOKEN, { [OWN]: gone })).said, { kind: 'revoked' });
  for (const other of ['404 page not found', { kind: 'Status', details: { kind: 'other' } }, {}]) {
    const answers = { [OWN]: reply(404, other), [ME]: me(), [INFO]: undefined };
    assert.deepEqual((await inspect(TOKEN, answers)).said, accepted);
  }
});

test('a scope that keeps a token from its own object is read from the refusal, the end from the OAuth server', async () => {
  const refusal = forbidden('scopes [user:info] prevent this action');
  const answers = { [OWN]: refusal, [ME]: me(), [INFO]: reply(200, { expires_in: 60 }) };
  assert.deepEqual((await inspect(TOKEN, answers)).said, {
    ...accepted,
    expiresAtMs: NOW + 60_000,
    opensImages: false,
  });
  const roles = forbidden('scopes [user:info role:registry-viewer:ns] prevent this action');
  assert.deepEqual((await inspect(TOKEN, { ...answers, [OWN]: roles })).said, {
    ...accepted,
    expiresAtMs: NOW + 60_000,
  });
});

test('the OAuth server may be away, say nothing, or tell the age of a token that never ends', async () => {
  const replies = [
    undefined,
    noAnswer('x'),
    reply(400, {}),
    reply(200, '<html>'),
    reply(200, { expires_in: -5 }),
  ];
  for (const info of replies) {
    const answers = { [OWN]: forbidden('no'), [ME]: me(), [INFO]: info };
    assert.deepEqual((await inspect(TOKEN, answers)).said, accepted);
  }
});

test('401, 5xx, nonsense and no connection are told apart', async () => {
  for (const [answer, said] of [
    [reply(401, {}), { kind: 'rejected' }],
    [reply(503, {}), { kind: 'unavailable', detail: 'the API server answered 503' }],
    [reply(200, '<html>'), { kind: 'unavailable', detail: 'the API server answered 200' }],
    [reply(200, { kind: 'Status' }), { kind: 'unavailable', detail: 'the API server answered 200' }],
    [reply(302, ''), { kind: 'unavailable', detail: 'the API server answered 302' }],
    [reply(429, {}), { kind: 'unavailable', detail: 'the API server answered 429' }],
    [noAnswer('why'), { kind: 'unreachable', detail: 'why' }],
  ] as const) {
    assert.deepEqual((await inspect(TOKEN, { [OWN]: answer })).said, said);
    assert.deepEqual((await inspect(OPAQUE, { [ME]: answer })).said, said);
    const secondToo = { [OWN]: forbidden('no'), [ME]: answer };
    assert.deepEqual((await inspect(TOKEN, secondToo)).said, said);
    const reviewToo = { [ME]: reply(404, {}), [REVIEW]: answer };
    assert.deepEqual((await inspect(OPAQUE, reviewToo)).said, said);
  }
});

test("an opaque token's end is not known", async () => {
  const { said, asked } = await inspect(OPAQUE, { [ME]: me() });
  assert.deepEqual(said, { ...accepted, dateMs: NOW });
  assert.deepEqual(asked, [ME]);
});

test('a JWT ends when it says so itself, or never', async () => {
  const said = async (claims: object) => (await inspect(jwt(claims), { [ME]: me() })).said;
  const exp = NOW / 1000 + 3600;
  assert.deepEqual(await said({ exp }), {
    ...accepted,
    dateMs: NOW,
    expiresAtMs: NOW + 3_600_000,
    lifeMs: undefined,
  });
  assert.deepEqual(await said({ exp, iat: exp - 7200 }), {
    ...accepted,
    dateMs: NOW,
    expiresAtMs: NOW + 3_600_000,
    lifeMs: 7_200_000,
  });
  assert.deepEqual(await said({}), { ...accepted, dateMs: NOW, expiresAtMs: null });
});

test('a cluster without users is asked by a review of oneself', async () => {
  const review = reply(201, { status: { userInfo: { username: 'alice' } } });
  const { said, asked } = await inspect(OPAQUE, { [ME]: reply(404, {}), [REVIEW]: review });
  assert.deepEqual(said, { ...accepted, dateMs: NOW });
  assert.deepEqual(asked, [ME, REVIEW]);
});

test('one who may not ask was recognised all the same, unless it is nobody', async () => {
  const named = forbidden('users.user.openshift.io "~" is forbidden: User "alice" cannot get resource');
  const nobody = forbidden('forbidden: User "system:anonymous" cannot get resource');
  for (const path of [ME, REVIEW]) {
    const before: Record<string, Reply> = path === ME ? {} : { [ME]: reply(404, {}) };
    const said = async (answer: Reply) => (await inspect(OPAQUE, { ...before, [path]: answer })).said;
    assert.deepEqual(await said(named), { ...accepted, dateMs: NOW });
    assert.deepEqual(await said(nobody), { kind: 'rejected' });
    assert.deepEqual(await said(reply(403, '<html>')), { kind: 'rejected' });
  }
});

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

const HOUR = 3_600_000;

test("a server's time is told by a clock that runs ahead, or behind", () => {
  assert.equal(localTimeMs(NOW + HOUR, NOW, NOW + 10 * HOUR), NOW + 11 * HOUR);
  assert.equal(localTimeMs(NOW + HOUR, NOW, NOW - 10 * HOUR), NOW - 9 * HOUR);
});

test('less than three seconds are no difference: the answer took its time, and `Date` has whole seconds', () => {
  for (const offMs of [0, 2999, -2999]) assert.equal(localTimeMs(NOW + HOUR, NOW, NOW + offMs), NOW + HOUR);
  assert.equal(localTimeMs(NOW + HOUR, NOW, NOW + 3000), NOW + HOUR + 3000);
});

test('a server that does not tell its time is taken for right', () =>
  assert.equal(localTimeMs(NOW + HOUR, undefined, NOW + 10 * HOUR), NOW + HOUR));

const answered = (status: number, body: object | string = '', detail = ''): Reply => ({
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  dateMs: undefined,
  detail,
  timedOut: false,
});

test('a token ends itself at its cluster, and is of no use from then on', async (t) => {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const { access, who } = accessTo(sandbox);
  const ask = (path: string, method: 'DELETE') => access.ask(who, token, path, undefined, method);
  assert.deepEqual(await revokeToken(token, ask), { kind: 'revoked' });
  assert.equal((await access.inspectToken(who, token)).kind, 'rejected');
  assert.deepEqual(await revokeToken(token, ask), { kind: 'rejected' });
});

test('another token of the same user ends it, too, by the name of its object, which does not tell it', async (t) => {
  const sandbox = await runningSandbox(t);
  const [old, bearer] = [
    sandbox.issueOAuthToken({ user: 'alice' }),
    sandbox.issueOAuthToken({ user: 'alice' }),
  ];
  const { access, who } = accessTo(sandbox);
  const ask = (path: string, method: 'DELETE') => {
    assert.ok(!path.includes(old.slice('sha256~'.length)));
    return access.ask(who, bearer, path, undefined, method);
  };
  assert.deepEqual(await revokeToken(old, ask), { kind: 'revoked' });
  assert.deepEqual(await revokeToken(old, ask), { kind: 'gone' });
  assert.equal((await access.inspectToken(who, bearer)).kind, 'accepted');
});

test('every other answer says whether the token is over', async () => {
  const gone = { details: { kind: 'useroauthaccesstokens' } };
  const answers: [said: Reply, expected: object][] = [
    [answered(404, gone), { kind: 'gone' }],
    [answered(404, 'page not found'), { kind: 'failed', detail: 'the API server answered 404' }],
    [answered(403, { message: 'scopes' }), { kind: 'forbidden' }],
    [answered(503, ''), { kind: 'failed', detail: 'the API server answered 503' }],
    [answered(0, '', 'no route'), { kind: 'failed', detail: 'no route' }],
  ];
  for (const [said, expected] of answers)
    assert.deepEqual(await revokeToken(TOKEN, async () => said), expected);
});

test('no cluster is asked about what is not an OAuth token', async () => {
  assert.equal((await revokeToken('eyJ.x.y', unexpected('ask'))).kind, 'failed');
});
