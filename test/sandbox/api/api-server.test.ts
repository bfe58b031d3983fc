import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { basic, type ClientResponse, send } from '../https-client.ts';
import { createManualClock } from '../manual-clock.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';

interface List {
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

const USERS_ME = '/apis/user.openshift.io/v1/users/~';
const REVIEW = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

function ask(sandbox: Sandbox, path: string, token?: string): Promise<ClientResponse> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return send(`${sandbox.apiUrl}${path}`, { caPem: sandbox.caPem, headers });
}

function review(sandbox: Sandbox, token: string): Promise<ClientResponse> {
  return send(`${sandbox.apiUrl}${REVIEW}`, {
    caPem: sandbox.caPem,
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: '{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}',
  });
}

async function message(answer: Promise<ClientResponse>): Promise<string> {
  return ((await answer).json() as { message: string }).message;
}

describe('The API server', () => {
  const clock = createManualClock();
  let sandbox: Sandbox;
  let alice: string;
  let admin: string;
  before(async () => {
    sandbox = await startSandbox({ clock, publicHostname: 'registry.apps.example.com' });
    alice = sandbox.issueOAuthToken({ user: 'alice' });
    admin = sandbox.issueOAuthToken({ user: 'kube:admin' });
  });
  after(() => sandbox.stop());

  test('forbids an unknown path to nobody and does not find it for an administrator', async () => {
    assert.equal(await message(ask(sandbox, '/')), 'forbidden: User "system:anonymous" cannot get path "/"');
    const answer = await ask(sandbox, '/no/such/path', admin);
    assert.deepEqual([answer.status, answer.body.toString()], [404, '404 page not found\n']);
  });

  test('takes Basic credentials for nobody, even with a token as password', async () => {
    const answer = await send(`${sandbox.apiUrl}${USERS_ME}`, {
      caPem: sandbox.caPem,
      headers: { Authorization: basic('alice', alice) },
    });
    assert.equal(answer.status, 403);
  });

  test('tells who one is by SelfSubjectReview', async () => {
    const answer = await review(sandbox, alice);
    assert.equal(answer.status, 201);
    const { status } = answer.json() as { status: { userInfo: { username: string; groups: string[] } } };
    assert.equal(status.userInfo.username, 'alice');
    assert.deepEqual(status.userInfo.groups, ['system:authenticated:oauth', 'system:authenticated']);
  });

  test('does not know the tokens of another cluster', async () => {
    const other = await startSandbox();
    try {
      const tokens = [
        other.issueOAuthToken({ user: 'alice' }),
        other.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' }),
      ];
      for (const token of tokens) assert.equal((await ask(sandbox, USERS_ME, token)).status, 401);
    } finally {
      await other.stop();
    }
  });

  test('shows a user only the own tokens, and 404 for those of others', async () => {
    const bob = sandbox.issueOAuthToken({ user: 'bob' });
    const path = '/apis/oauth.openshift.io/v1/useroauthaccesstokens';
    const { items } = (await ask(sandbox, path, bob)).json() as List;
    const [own] = items;
    assert.equal(items.length, 1);
    assert.equal((await ask(sandbox, `${path}/${own?.metadata.name}`, bob)).status, 200);
    assert.equal((await ask(sandbox, `${path}/${own?.metadata.name}`, alice)).status, 404);
  });

  test('cuts a list by limit and goes on where it was cut', async () => {
    const path = '/apis/image.openshift.io/v1/imagestreams?limit=2';
    const names: string[] = [];
    let next: string | undefined = '';
    let requests = 0;
    while (next !== undefined) {
      const list = (await ask(sandbox, `${path}&continue=${next}`, admin)).json() as List;
      names.push(...list.items.map((item) => item.metadata.name));
      next = list.metadata.continue;
      requests += 1;
    }
    assert.deepEqual([names, requests], [['private', 'secret', 'open', 'tools', 'public'], 3]);
  });

  test('tells its public registry host to an administrator in three places', async () => {
    const streams = await ask(
      sandbox,
      '/apis/image.openshift.io/v1/namespaces/openshift/imagestreams',
      alice,
    );
    const image = await ask(sandbox, '/apis/config.openshift.io/v1/images/cluster', admin);
    const routesPath = '/apis/route.openshift.io/v1/namespaces/openshift-image-registry/routes';
    const routes = await ask(sandbox, routesPath, admin);
    assert.match(
      streams.body.toString(),
      /"publicDockerImageRepository":"registry\.apps\.example\.com\/openshift\//,
    );
    assert.match(image.body.toString(), /"externalRegistryHostnames":\["registry\.apps\.example\.com"\]/);
    assert.match(routes.body.toString(), /"host":"registry\.apps\.example\.com"/);
    assert.match(
      await message(ask(sandbox, routesPath, alice)),
      /^routes\.route\.openshift\.io is forbidden: User "alice" cannot list resource "routes"/,
    );
  });

  test('names the OAuth server to everyone', async () => {
    const answer = await ask(sandbox, '/.well-known/oauth-authorization-server');
    assert.equal((answer.json() as { issuer: string }).issuer, sandbox.oauthUrl);
  });

  test('takes a legacy service account token without an end, and none of a deleted account', async () => {
    const account = { namespace: 'alice-ns', name: 'robot' };
    const token = sandbox.issueServiceAccountToken({ ...account, lifeSeconds: null });
    assert.equal((await ask(sandbox, USERS_ME, token)).status, 200);
    sandbox.cluster.serviceAccounts.delete('alice-ns/robot');
    sandbox.issueServiceAccountToken(account);
    assert.equal((await ask(sandbox, USERS_ME, token)).status, 401);
  });

  test('takes a bound token for a minute past its end, as the real one does', async () => {
    const token = sandbox.issueServiceAccountToken({
      namespace: 'alice-ns',
      name: 'puller',
      lifeSeconds: 600,
    });
    clock.advanceSeconds(660);
    assert.equal((await ask(sandbox, USERS_ME, token)).status, 200);
    clock.advanceSeconds(1);
    assert.equal((await ask(sandbox, USERS_ME, token)).status, 401);
  });

  test('refuses a certificate of another authority and takes its own', async () => {
    const other = await startSandbox();
    try {
      const answer = async (issuer: Sandbox) =>
        send(`${sandbox.apiUrl}${USERS_ME}`, {
          caPem: sandbox.caPem,
          clientCertificate: await issuer.issueClientCertificate('carol', ['team']),
        });
      assert.equal((await answer(other)).status, 401);
      const own = (await answer(sandbox)).json() as { metadata: { name: string }; groups: string[] };
      assert.deepEqual([own.metadata.name, own.groups], ['carol', ['system:authenticated', 'team']]);
    } finally {
      await other.stop();
    }
  });
});

test('A scope lets through what it names and nothing else', async () => {
  const sandbox = await startSandbox();
  try {
    const path = '/apis/image.openshift.io/v1/namespaces/alice-ns/imagestreams';
    const scoped = (scope: string) => sandbox.issueOAuthToken({ user: 'alice', scopes: [scope] });
    assert.equal((await ask(sandbox, path, scoped('role:registry-viewer:alice-ns'))).status, 200);
    assert.equal((await ask(sandbox, path, scoped('role:registry-viewer:public-ns'))).status, 403);
    assert.match(
      await message(ask(sandbox, USERS_ME, scoped('user:check-access'))),
      /: scopes \[user:check-access\] prevent this action$/,
    );
  } finally {
    await sandbox.stop();
  }
});

test('A cluster with an external identity provider has no OAuth API and no users/~', async () => {
  const sandbox = await startSandbox({ mode: 'external-oidc' });
  try {
    const token = sandbox.issueOidcToken({ user: 'alice', groups: ['team'] });
    assert.equal((await review(sandbox, token)).status, 201);
    for (const path of [USERS_ME, '/apis/oauth.openshift.io/v1/useroauthaccesstokens']) {
      assert.equal((await ask(sandbox, path, token)).status, 404);
    }
    assert.equal((await ask(sandbox, '/.well-known/oauth-authorization-server', token)).status, 404);
    assert.equal((await review(sandbox, sandbox.issueOAuthToken({ user: 'alice' }))).status, 401);
  } finally {
    await sandbox.stop();
  }
});

test('OKD 3.11 takes opaque tokens and has no objects that tell their end', async () => {
  const sandbox = await startSandbox({ mode: 'okd-3.11' });
  try {
    const token = sandbox.issueOpaqueToken('alice');
    assert.equal((await ask(sandbox, USERS_ME, token)).status, 200);
    assert.equal(
      (await ask(sandbox, '/apis/oauth.openshift.io/v1/useroauthaccesstokens', token)).status,
      404,
    );
    sandbox.revoke(token);
    assert.equal((await ask(sandbox, USERS_ME, token)).status, 401);
    assert.equal(sandbox.oauthUrl, sandbox.apiUrl);
  } finally {
    await sandbox.stop();
  }
});
