import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startChromium, withoutChromium } from '../support/chromium.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { callbackOf, startLogin } from '../support/running-login.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { signIn } from '../support/sign-in.ts';
import { bindByConfig, homeAtSandbox, loggedIn } from './helper-home.ts';

const OPTIONS = { skip: withoutChromium };

for (const program of helperPrograms) {
  test(
    `${program.name}: who logs in on the cluster's own page is logged in, and sees as whom and until when`,
    OPTIONS,
    async (t) => {
      const sandbox = await runningSandbox(t, { tokenLifeSeconds: 30 * 86_400 });
      const home = await loggedIn(t, program, sandbox);
      await bindByConfig(home, sandbox);
      const login = startLogin(t, program, { env: home.env, args: ['--no-browser'] });
      const url = await login.url;
      const browser = await startChromium(t);
      const page = await browser.newPage();
      await page.goto(url);
      await signIn(page, 'alice', 'wrong');
      await page.waitForURL(/reason=access_denied/);
      await signIn(page, 'alice', 'alice-password');
      await page.waitForURL(/\/result\/[\w-]+$/);
      assert.equal(await page.textContent('h1'), 'You are logged in');
      const facts = String(await page.textContent('dl'));
      assert.match(facts, /alice/);
      assert.match(facts, /30 days, until /);
      assert.ok(facts.includes(sandbox.apiUrl.replace('https://', '')));
      const { status, stdout, stderr } = await login.ended;
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^Logged in to \S+ as alice, for 30 days \(context alice-ns\/\S+\/alice\)\.\n/);
      assert.match(stdout, /: good, as alice, ends in 29 days\n$/);

      const [issued] = sandbox.oauth.tokens;
      assert.equal(sandbox.oauth.tokens.length, 1);
      assert.ok(readFileSync(home.kubeconfigFile, 'utf8').includes(String(issued?.token)));
      const answer = await home.get(sandbox.registryHost);
      assert.equal(answer.username, 'alice');
    },
  );
}

test('a No on the cluster ends the login, and the page says so', OPTIONS, async (t) => {
  const sandbox = await runningSandbox(t);
  sandbox.oauth.setGrantMethod('openshift-cli-client', 'prompt');
  const home = await loggedIn(t, compiledHelper, sandbox);
  const before = readFileSync(home.kubeconfigFile, 'utf8');
  const login = startLogin(t, compiledHelper, { env: home.env, args: ['--no-browser'] });
  const page = await (await startChromium(t)).newPage();
  await page.goto(await login.url);
  await signIn(page, 'alice', 'alice-password');
  await page.click('input[name=deny]');
  await page.waitForURL(/\/result\//);
  assert.equal(await page.textContent('h1'), 'Login cancelled');
  const { status, stderr } = await login.ended;
  assert.equal(status, 1);
  assert.match(stderr, /The login was cancelled at https:\S+ \[login-denied\]\. Log in again\.\n$/);
  assert.equal(readFileSync(home.kubeconfigFile, 'utf8'), before);
  assert.equal(sandbox.oauth.tokens.length, 0);
});

test('a tab that is closed ends the login with its time', OPTIONS, async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, compiledHelper);
  const login = startLogin(t, compiledHelper, { env: home.env, args: ['--no-browser', '--timeout', '8'] });
  const page = await (await startChromium(t)).newPage();
  const url = await login.url;
  await page.goto(url);
  await page.close();
  const { status, stderr } = await login.ended;
  assert.equal(status, 1);
  assert.match(stderr, /Nobody logged in within 8 seconds: nothing was changed/);
  await assert.rejects(fetch(callbackOf(url, { code: 'x' })), /fetch failed/);
  assert.equal(sandbox.oauth.tokens.length, 0);
});

test('two logins at once keep apart', OPTIONS, async (t) => {
  const sandbox = await runningSandbox(t);
  const homes = [await loggedIn(t, compiledHelper, sandbox), await loggedIn(t, compiledHelper, sandbox)];
  const logins = homes.map(({ env }) => startLogin(t, compiledHelper, { env, args: ['--no-browser'] }));
  const browser = await startChromium(t);
  const pages = await Promise.all(
    logins.map(async ({ url }) => {
      const page = await browser.newPage();
      await page.goto(await url);
      return page;
    }),
  );
  for (const page of pages) {
    // Whoever logged in by the other page is let in with no more questions.
    await page.goto(page.url());
    if (!page.url().startsWith('http:')) await signIn(page, 'alice', 'alice-password');
    await page.waitForURL(/\/result\//);
    assert.equal(await page.textContent('h1'), 'You are logged in');
  }
  for (const login of logins) assert.equal((await login.ended).status, 0);
  assert.equal(sandbox.oauth.tokens.length, 2);
});
