import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readPage } from '../page-parts.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import type { SandboxOptions } from '../sandbox-options.ts';
import { authorizePath } from './authorize-request.ts';
import { type Browser, openBrowser } from './browser.ts';

const ALICE = { username: 'alice', password: 'alice-password' };

async function withBrowser(
  options: SandboxOptions,
  run: (browser: Browser, sandbox: Sandbox) => Promise<void>,
) {
  const sandbox = await startSandbox(options);
  try {
    await run(openBrowser(sandbox), sandbox);
  } finally {
    await sandbox.stop();
  }
}

async function choose(browser: Browser, name: string) {
  const page = readPage(String((await browser.get(authorizePath({ state: 's' }))).body));
  const link = page.links.find(({ text }) => text === name);
  await browser.get(link?.href ?? '');
  return browser.follow();
}

describe('Where people can log in in several ways', () => {
  test('they choose first, and each form has a path of its own', () =>
    withBrowser({ kubeAdmin: true }, async (browser, sandbox) => {
      const form = readPage(String((await choose(browser, 'htpasswd')).body)).forms[0];
      assert.equal(form?.action, '/login/htpasswd');
      await browser.submit(ALICE);
      assert.match((await browser.follow()).header('Location') ?? '', /\/callback\?code=.*&state=s$/);
      await choose(browser, 'kube:admin');
      await browser.submit({ username: 'kubeadmin', password: 'kubeadmin-password' });
      assert.match((await browser.follow()).header('Location') ?? '', /\/callback\?code=/);
      assert.deepEqual(
        sandbox.oauth.authorizations.map(({ userName }) => userName),
        ['alice', 'kube:admin'],
      );
    }));

  test("a form takes its own provider's passwords alone", () =>
    withBrowser({ kubeAdmin: true }, async (browser) => {
      await choose(browser, 'kube:admin');
      assert.match((await browser.submit(ALICE)).header('Location') ?? '', /reason=access_denied/);
    }));

  test("kube:admin's session outlives its code until a logout", () =>
    withBrowser({ kubeAdmin: true }, async (browser) => {
      await choose(browser, 'kube:admin');
      await browser.submit({ username: 'kubeadmin', password: 'kubeadmin-password' });
      await browser.follow();
      await browser.get('/oauth/token/request');
      await browser.follow();
      await browser.follow();
      await browser.submit({});
      assert.equal((await browser.submit({})).header('Location'), '/oauth/token/request');
      await browser.follow();
      assert.match(readPage(String((await browser.follow()).body)).text, /^Loginwith/);
    }));

  test('an unknown choice is an error', () =>
    withBrowser({ kubeAdmin: true }, async (browser) => {
      assert.equal((await browser.get(authorizePath({ idp: 'nobody' }))).status, 500);
    }));

  for (const [what, identityProviders] of [
    ['alone', [{ name: 'github', kind: 'redirect' }]],
    ['beside passwords', [{ name: 'github', kind: 'redirect' }, { name: 'htpasswd' }]],
  ] as const) {
    test(`a site elsewhere, ${what}, sends people back signed in`, () =>
      withBrowser({ identityProviders }, async (browser, sandbox) => {
        if (what === 'alone') {
          await browser.get(authorizePath());
          await browser.follow();
        } else await choose(browser, 'github');
        await browser.submit(ALICE);
        await browser.follow();
        assert.match((await browser.follow()).header('Location') ?? '', /\/callback\?code=/);
        assert.equal(sandbox.oauth.authorizations[0]?.userName, 'alice');
      }));
  }

  test('a login cancelled at the site elsewhere ends on a page that says so, and not at the client', () =>
    withBrowser({ identityProviders: [{ name: 'github', kind: 'redirect' }] }, async (browser, sandbox) => {
      await browser.get(authorizePath());
      const site = readPage(String((await browser.follow()).body));
      const cancelled = await browser.get(site.links[0]?.href ?? '');
      assert.match(readPage(String(cancelled.body)).text, /Anauthenticationerroroccurred/);
      assert.equal(sandbox.oauth.authorizations.length, 0);
    }));
});
