import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintServiceAccountToken } from '../../src/openshift/mint-service-account-token.ts';
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
