import assert from 'node:assert/strict';
import { test } from 'node:test';
import { revokeToken } from '../../src/cluster/oauth-tokens.ts';
import type { Reply } from '../../src/cluster/send-request.ts';
import { accessTo } from '../support/access-to.ts';
import { TOKEN, unexpected } from '../support/identities.ts';
import { runningSandbox } from '../support/running-sandbox.ts';

const reply = (status: number, body: object | string = '', detail = ''): Reply => ({
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
    [reply(404, gone), { kind: 'gone' }],
    [reply(404, 'page not found'), { kind: 'failed', detail: 'the API server answered 404' }],
    [reply(403, { message: 'scopes' }), { kind: 'forbidden' }],
    [reply(503, ''), { kind: 'failed', detail: 'the API server answered 503' }],
    [reply(0, '', 'no route'), { kind: 'failed', detail: 'no route' }],
  ];
  for (const [said, expected] of answers)
    assert.deepEqual(await revokeToken(TOKEN, async () => said), expected);
});

test('no cluster is asked about what is no OAuth token', async () => {
  assert.equal((await revokeToken('eyJ.x.y', unexpected('ask'))).kind, 'failed');
});
