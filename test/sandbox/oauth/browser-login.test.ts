import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { callApi } from '../api-client.ts';
import { basic, type ClientResponse, send } from '../https-client.ts';
import { createManualClock, type ManualClock } from '../manual-clock.ts';
import { readPage } from '../page-parts.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { authorizePath, createPkcePair } from './authorize-request.ts';
import { type Browser, openBrowser } from './browser.ts';
import { exchange } from './exchange-request.ts';

describe('A login in a browser', () => {
  let clock: ManualClock;
  let sandbox: Sandbox;
  let browser: Browser;
  beforeEach(async () => {
    clock = createManualClock();
    sandbox = await startSandbox({ clock, separateIngressAuthority: true });
    browser = openBrowser(sandbox);
  });
  afterEach(() => sandbox.stop());

  const pkce = createPkcePair();
  const path = authorizePath({
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
    state: 'state-1',
  });
  const alice = { username: 'alice', password: 'alice-password' };
  const locationOf = (answer: ClientResponse) => new URL(answer.header('Location') ?? '', sandbox.oauthUrl);
  const begin = async () => {
    await browser.get(path);
    return browser.follow();
  };

  test('ends at the client with a code, which becomes a token that API and registry take', async () => {
    const page = readPage(String((await begin()).body));
    assert.equal(page.title, 'Log in . OKD');
    await browser.submit(alice);
    const callback = locationOf(await browser.follow());
    assert.equal(`${callback.origin}${callback.pathname}`, 'http://127.0.0.1:43210/callback');
    assert.equal(callback.searchParams.get('state'), 'state-1');
    const code = callback.searchParams.get('code') ?? '';
    const answer = (await exchange(sandbox, { code, code_verifier: pkce.verifier })).json() as {
      access_token: string;
      expires_in: number;
    };
    assert.equal(answer.expires_in, 86_400);
    const token = answer.access_token;
    const me = (await callApi(sandbox, token, 'GET', '/apis/user.openshift.io/v1/users/~')).json();
    assert.equal((me as { metadata: { name: string } }).metadata.name, 'alice');
    const registry = await send(`${sandbox.registryUrl}/openshift/token`, {
      caPem: sandbox.ingressCaPem,
      headers: { Authorization: basic('alice', token) },
    });
    assert.equal(registry.status, 200);
    const listed = await callApi(sandbox, token, 'GET', '/apis/oauth.openshift.io/v1/useroauthaccesstokens');
    const [object] = (listed.json() as { items: { clientName: string; redirectURI: string }[] }).items;
    assert.equal(object?.clientName, 'openshift-cli-client');
    assert.equal(object?.redirectURI, 'http://127.0.0.1:43210/callback');
    const { authorizations, tokens } = sandbox.oauth;
    assert.deepEqual([authorizations.length, authorizations[0]?.by, tokens.length], [1, 'session', 1]);
    assert.deepEqual([tokens[0]?.userName, tokens[0]?.token], ['alice', token]);
  });

  test('asks again after a wrong password, and goes on after the right one', async () => {
    await begin();
    await browser.submit({ ...alice, password: 'wrong' });
    const again = readPage(String((await browser.follow()).body));
    assert.match(again.text, /Invalidloginorpassword/);
    await browser.submit(alice);
    assert.notEqual(locationOf(await browser.follow()).searchParams.get('code'), null);
    assert.equal(sandbox.oauth.authorizations.length, 1);
  });

  for (const [what, fields, message] of [
    ['without a user name', { username: '', password: 'x' }, /Loginisrequired/],
    ['with a CSRF value of another browser', { ...alice, csrf: 'x' }, /CouldnotcheckCSRFtoken/],
  ] as const) {
    test(`a form ${what} is shown again with the reason`, async () => {
      await begin();
      await browser.submit(fields);
      assert.match(readPage(String((await browser.follow()).body)).text, message);
    });
  }

  test('a form leads nowhere but back to this server', async () => {
    await begin();
    const elsewhere = Object.fromEntries([['then', '//evil.example/']]);
    const answer = await browser.submit({ ...alice, ...elsewhere });
    assert.equal(answer.header('Location'), '/');
    assert.equal((await browser.get('/login?then=https%3A%2F%2Fevil.example')).header('Location'), '/');
  });

  test('a session serves one code and ends after five minutes', async () => {
    await begin();
    await browser.submit(alice);
    await browser.follow();
    assert.match((await browser.get(path)).header('Location') ?? '', /^\/login\?/);
    await browser.follow();
    await browser.submit(alice);
    clock.advanceSeconds(300);
    assert.match((await browser.follow()).header('Location') ?? '', /^\/login\?/);
  });

  test('a client whose approval is asked for learns of a Deny, with its state', async () => {
    sandbox.oauth.setGrantMethod('openshift-cli-client', 'prompt');
    await begin();
    await browser.submit(alice);
    await browser.follow();
    assert.match(readPage(String((await browser.follow()).body)).text, /user:full/);
    await browser.submit({ deny: 'Deny' });
    const callback = locationOf(await browser.follow()).searchParams;
    assert.deepEqual(
      [callback.get('error'), callback.get('state'), callback.get('code')],
      ['access_denied', 'state-1', null],
    );
    assert.equal(sandbox.oauth.authorizations.length, 0);
  });

  test('an approval is remembered', async () => {
    sandbox.oauth.setGrantMethod('openshift-cli-client', 'prompt');
    await begin();
    await browser.submit(alice);
    await browser.follow();
    await browser.follow();
    await browser.submit({ approve: 'yes' });
    assert.notEqual(locationOf(await browser.follow()).searchParams.get('code'), null);
    await begin();
    await browser.submit(alice);
    assert.notEqual(locationOf(await browser.follow()).searchParams.get('code'), null);
  });

  test('a client that is denied learns it once somebody has logged in', async () => {
    sandbox.oauth.setGrantMethod('openshift-cli-client', 'deny');
    await begin();
    await browser.submit(alice);
    assert.equal(locationOf(await browser.follow()).searchParams.get('error'), 'access_denied');
    assert.throws(() => sandbox.oauth.setGrantMethod('nobody', 'deny'), /no OAuth client is called nobody/);
  });

  test('the page to copy a token from shows one that works, after a button', async () => {
    await browser.get('/oauth/token/request');
    await browser.follow();
    await browser.follow();
    await browser.submit(alice);
    await browser.follow();
    assert.doesNotMatch(String((await browser.follow()).body), /oc login/);
    const shown = String((await browser.submit({})).body);
    const [, token = ''] = /oc login --token=(\S+) --server=https:/.exec(shown) ?? [];
    const me = await callApi(sandbox, token, 'GET', '/apis/user.openshift.io/v1/users/~');
    assert.equal(me.status, 200);
  });
});
