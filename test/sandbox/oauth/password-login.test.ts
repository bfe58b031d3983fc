import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { callApi } from '../api-client.ts';
import { basic, type ClientResponse, send } from '../https-client.ts';
import { createManualClock } from '../manual-clock.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import type { SandboxOptions } from '../sandbox-options.ts';
import { authorizePath } from './authorize-request.ts';
import { exchange } from './exchange-request.ts';

const CLIENT = 'openshift-challenging-client';

function ask(
  sandbox: Sandbox,
  headers: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string>> = {},
): Promise<ClientResponse> {
  const redirect_uri = `${sandbox.oauthUrl}/oauth/token/implicit`;
  const path = authorizePath({ client_id: CLIENT, redirect_uri, ...changes });
  const csrf = { 'X-CSRF-Token': '1' };
  return send(`${sandbox.oauthUrl}${path}`, {
    caPem: sandbox.ingressCaPem,
    headers: { ...csrf, ...headers },
  });
}

async function codeFor(sandbox: Sandbox, user: string, password: string): Promise<string> {
  const answer = await ask(sandbox, { Authorization: basic(user, password) });
  return new URL(answer.header('Location') ?? 'none:').searchParams.get('code') ?? '';
}

function exchangeChallenged(sandbox: Sandbox, code: string): Promise<ClientResponse> {
  return exchange(sandbox, { code, redirect_uri: `${sandbox.oauthUrl}/oauth/token/implicit` }, CLIENT);
}

async function withSandbox(options: SandboxOptions, run: (sandbox: Sandbox) => Promise<void>) {
  const sandbox = await startSandbox(options);
  try {
    await run(sandbox);
  } finally {
    await sandbox.stop();
  }
}

describe('A login by password', () => {
  test('of kube:admin takes the name kubeadmin; with the colon the name is another one', () =>
    withSandbox({ kubeAdmin: true }, async (sandbox) => {
      const code = await codeFor(sandbox, 'kubeadmin', 'kubeadmin-password');
      const { access_token } = (await exchangeChallenged(sandbox, code)).json() as { access_token: string };
      const me = await callApi(sandbox, access_token, 'GET', '/apis/user.openshift.io/v1/users/~');
      assert.equal((me.json() as { metadata: { name: string } }).metadata.name, 'kube:admin');
      assert.equal(sandbox.oauth.authorizations[0]?.by, 'basic');
      const colon = await ask(sandbox, { Authorization: basic('kube:admin', 'kubeadmin-password') });
      assert.equal(colon.status, 401);
    }));

  test('is not to be had where nobody has a password: the answer names the page to visit', () =>
    withSandbox({ identityProviders: [{ name: 'github', kind: 'redirect' }] }, async (sandbox) => {
      const answer = await ask(sandbox, { Authorization: basic('alice', 'alice-password') });
      const url = `${sandbox.oauthUrl}/oauth/token/request`;
      assert.equal(answer.status, 401);
      assert.equal(answer.header('WWW-Authenticate'), undefined);
      assert.equal(answer.header('Warning'), `199 Origin "You must obtain an API token by visiting ${url}"`);
      assert.equal(answer.header('Link'), `<${url}>; rel="related"`);
    }));

  test('is denied at once where there is no identity provider at all', () =>
    withSandbox({ identityProviders: [] }, async (sandbox) => {
      const answer = await ask(sandbox, {});
      assert.match(answer.header('Location') ?? '', /\/oauth\/token\/implicit\?error=access_denied&/);
    }));

  test('is tried at every provider that has passwords', () =>
    withSandbox(
      { identityProviders: [{ name: 'ldap', passwords: { carol: 'of-ldap' } }, { name: 'htpasswd' }] },
      async (sandbox) => {
        assert.match(await codeFor(sandbox, 'carol', 'of-ldap'), /^sha256~/);
        assert.match(await codeFor(sandbox, 'bob', 'bob-password'), /^sha256~/);
        sandbox.oauth.setPassword('bob', 'changed', 'htpasswd');
        assert.equal((await ask(sandbox, { Authorization: basic('bob', 'bob-password') })).status, 401);
        assert.match(await codeFor(sandbox, 'bob', 'changed'), /^sha256~/);
      },
    ));

  test('lasts as long as its client says, else as the cluster says', () =>
    withSandbox(
      {
        tokenLifeSeconds: 600,
        oauthClients: [
          { name: CLIENT, tokenLifeSeconds: 60, inactivityTimeoutSeconds: 300 },
          { name: 'other', redirectUris: ['https://other.example/'], challenges: true },
        ],
      },
      async (sandbox) => {
        await exchangeChallenged(sandbox, await codeFor(sandbox, 'alice', 'alice-password'));
        const other = { client_id: 'other', redirect_uri: 'https://other.example/x', response_type: 'token' };
        await ask(sandbox, { Authorization: basic('alice', 'alice-password') }, other);
        assert.deepEqual(
          sandbox.oauth.tokens.map(({ clientName, lifeSeconds }) => [clientName, lifeSeconds]),
          [
            [CLIENT, 60],
            ['other', 600],
          ],
        );
        const [first] = sandbox.cluster.credentials.oauthTokens();
        assert.equal(first?.inactivityTimeoutSeconds, 300);
      },
    ));

  test('gives a code for five minutes', async () => {
    const clock = createManualClock();
    await withSandbox({ clock }, async (sandbox) => {
      const code = await codeFor(sandbox, 'alice', 'alice-password');
      clock.advanceSeconds(300);
      const answer = await exchangeChallenged(sandbox, code);
      assert.deepEqual(
        [answer.status, (answer.json() as { error: string }).error],
        [400, 'unauthorized_client'],
      );
      assert.equal(sandbox.oauth.tokens.length, 0);
    });
  });

  test('works on OKD 3.11, whose API server is the OAuth server, and gives an opaque token', () =>
    withSandbox({ mode: 'okd-3.11' }, async (sandbox) => {
      assert.equal(sandbox.oauthUrl, sandbox.apiUrl);
      const code = await codeFor(sandbox, 'alice', 'alice-password');
      const { access_token } = (await exchangeChallenged(sandbox, code)).json() as { access_token: string };
      assert.doesNotMatch(access_token, /^sha256~/);
      assert.equal(
        (await callApi(sandbox, access_token, 'GET', '/apis/user.openshift.io/v1/users/~')).status,
        200,
      );
      assert.equal((await ask(sandbox, {}, { client_id: 'openshift-cli-client' })).status, 400);
    }));

  test('is not served by a cluster with an external identity provider', () =>
    withSandbox({ mode: 'external-oidc' }, async (sandbox) => {
      assert.equal((await ask(sandbox, {})).status, 404);
    }));
});
