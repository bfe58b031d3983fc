import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { exchange } from '../sandbox/oauth/exchange-request.ts';
import { startChromium, withoutChromium } from '../support/chromium.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { signIn } from '../support/sign-in.ts';
import { waitingLogin } from './waiting-login.ts';

test("no code is left in the browser's address bar, behind its back button or among what its history shows", {
  skip: withoutChromium,
}, async (t) => {
  const { sandbox, login, url } = await waitingLogin(t, compiledHelper);
  const browser = await startChromium(t);
  const page = await browser.newPage();
  await page.goto(url);
  await signIn(page, 'alice', 'alice-password');
  await page.waitForURL(/\/result\//);
  await login.ended;
  const client = await browser.newCDPSession(page);
  const { entries } = await client.send('Page.getNavigationHistory');
  const { token } = sandbox.oauth.tokens[0] ?? { token: '' };
  const isSecret = (text: string) => /[?&]code=/.test(text) || text.includes(token);
  assert.equal(entries.at(-1)?.url.includes('/result/'), true);
  assert.deepEqual(entries.map(({ url }) => url).filter(isSecret), []);
  await browser.close();
  // What Chromium's history shows: the ends of chains of redirects (ui/base/page_transition_types.h).
  const history = new DatabaseSync(join(browser.profile, 'Default/History'), { readOnly: true });
  const shown = history
    .prepare('SELECT urls.url FROM visits JOIN urls ON urls.id = visits.url WHERE transition & 0x20000000')
    .all()
    .map(({ url }) => String(url));
  const [kept] = history.prepare("SELECT url FROM urls WHERE url LIKE '%/callback?%'").all();
  history.close();
  assert.equal(shown.filter((url) => url.includes('/result/')).length, 1);
  assert.deepEqual(shown.filter(isSecret), []);

  // It keeps the chain, too; but the code in it was spent before, and is worth nothing.
  const code = new URL(String(kept?.url)).searchParams.get('code') ?? '';
  const redirect_uri = new URL(url).searchParams.get('redirect_uri') ?? '';
  const spent = await exchange(sandbox, { code, redirect_uri });
  assert.notEqual(spent.status, 200);
  assert.equal(sandbox.oauth.tokens.length, 1);
});
