import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintServiceAccountToken } from '../../src/cluster/mint-service-account-token.ts';
import { accessTo } from '../support/access-to.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { registryTakes } from './minting-at.ts';

const ORDER = { namespace: 'alice-ns', name: 'puller', lifeSeconds: 3600, boundSecret: undefined };
const USERS_ME = '/apis/user.openshift.io/v1/users/~';

test('a client certificate alone mints a token that the registry takes', async (t) => {
  const sandbox = await runningSandbox(t);
  const { certPem, keyPem } = await sandbox.issueClientCertificate('alice');
  const clientCertificate = { cert: certPem, key: keyPem };
  const { access, who } = accessTo(sandbox, { connection: { clientCertificate } });
  const ask = (path: string, body?: object) => access.ask(who, undefined, path, body);
  const minted = await mintServiceAccountToken(ORDER, ask);
  assert.ok(!('kind' in minted));
  assert.equal(await registryTakes(sandbox, minted.token), true);
  assert.equal(sandbox.mints[0]?.requestedBy, 'alice');
});

test('whoever sends a token is its bearer, whatever certificate lies beside it', async (t) => {
  const sandbox = await runningSandbox(t);
  const { certPem, keyPem } = await sandbox.issueClientCertificate('alice');
  const clientCertificate = { cert: certPem, key: keyPem };
  const { access, who } = accessTo(sandbox, { connection: { clientCertificate } });
  const bob = sandbox.issueOAuthToken({ user: 'bob' });
  const { body } = await access.ask(who, bob, USERS_ME);
  assert.equal((JSON.parse(body) as { metadata: { name: string } }).metadata.name, 'bob');
  sandbox.expire(bob);
  assert.equal((await access.ask(who, bob, USERS_ME)).status, 401);
});

test('files of a certificate that are not there keep nobody from being asked with a token', async (t) => {
  const sandbox = await runningSandbox(t);
  const fault = 'the client certificate /me.crt is not there';
  const { access, who } = accessTo(sandbox, { connection: { clientCertificate: { fault } } });
  const alice = sandbox.issueOAuthToken({ user: 'alice' });
  assert.equal((await access.ask(who, alice, USERS_ME)).status, 200);
  assert.equal((await access.inspectToken(who, alice)).kind, 'accepted');
  const { status, detail } = await access.ask(who, undefined, USERS_ME);
  assert.deepEqual([status, detail], [0, fault]);
});
