import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { startChromium, withoutChromium } from '../support/chromium.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { loopbackGet } from '../support/loopback-get.ts';
import { callbackOf, type RunningLogin } from '../support/running-login.ts';
import { signIn } from '../support/sign-in.ts';
import { waitingLogin } from './waiting-login.ts';

const OPTIONS = { skip: withoutChromium };

async function waiting(t: TestContext) {
  const found = await waitingLogin(t, compiledHelper);
  return { ...found, state: new URL(found.url).searchParams.get('state') ?? '' };
}

/** The login still waits, and the person's own answer counts. */
async function stillWorks(t: TestContext, login: RunningLogin): Promise<void> {
  const page = await (await startChromium(t)).newPage();
  await page.goto(await login.url);
  await signIn(page, 'alice', 'alice-password');
  await page.waitForURL(/\/result\//);
  assert.equal(await page.textContent('h1'), 'You are logged in');
  assert.equal((await login.ended).status, 0);
}

test(
  'a wrong state, a wrong path, another method and another name for the address change nothing',
  OPTIONS,
  async (t) => {
    const { sandbox, login, url, state } = await waiting(t);
    const right = callbackOf(url, { code: 'sha256~guessed', state });
    const { port } = right;
    const elsewhere = (path: string) => new URL(path, right);
    const tries: readonly [number, ReturnType<typeof loopbackGet>][] = [
      [400, loopbackGet(callbackOf(url, { code: 'x', state: 'wrong' }))],
      [400, loopbackGet(callbackOf(url, { code: 'x' }))],
      [400, loopbackGet(callbackOf(url, { error: 'access_denied' }))],
      [404, loopbackGet(elsewhere(`/elsewhere${right.search}`))],
      [404, loopbackGet(elsewhere(`/callback/${right.search}`))],
      [404, loopbackGet(elsewhere('/result/AAAAAAAAAAAAAAAAAAAAAA'))],
      [404, loopbackGet(elsewhere('/favicon.ico'))],
      [405, loopbackGet(right, {}, 'POST')],
      [405, loopbackGet(right, {}, 'HEAD')],
      [421, loopbackGet(right, { host: `rebound.example.com:${port}` })],
      [421, loopbackGet(right, { host: `localhost:${port}` })],
      [421, loopbackGet(right, { host: '127.0.0.1' })],
      [403, loopbackGet(right, { origin: 'https://elsewhere.example.com' })],
      [403, loopbackGet(right, { origin: 'null' })],
      [403, loopbackGet(right, { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' })],
      [403, loopbackGet(right, { 'sec-fetch-dest': 'iframe' })],
    ];
    for (const [status, answer] of tries) {
      const { status: got, body, headers } = await answer;
      assert.equal(got, status);
      assert.ok(!body.includes(state));
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
    assert.equal(sandbox.oauth.tokens.length, 0);
    await stillWorks(t, login);
    assert.equal(sandbox.oauth.tokens.length, 1);
  },
);

test('a page elsewhere reaches the address by no means, even if it knew the state', OPTIONS, async (t) => {
  const { sandbox, login, url, state } = await waiting(t);
  const known = callbackOf(url, { code: 'sha256~guessed', state }).href;
  const guessed = callbackOf(url, { code: 'sha256~guessed', state: 'guessed' }).href;
  const evil = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<h1>elsewhere</h1><iframe></iframe><iframe name="posted"></iframe>
      <form id="post" method="post" target="posted" action="${known}"></form>
      <form id="get" method="get" action="${guessed.split('?')[0]}">
        <input name="code" value="x"><input name="state" value="guessed"></form>`);
  });
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
  t.after(() => evil.close());
  const page = await (await startChromium(t)).newPage();
  await page.goto(`http://localhost:${(evil.address() as AddressInfo).port}/`);
  const seen = await page.evaluate(`(async () => {
    const target = ${JSON.stringify(known)};
    const outcome = (promise) => promise.then(() => 'read', () => 'refused');
    const loaded = new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = resolve;
      image.onerror = reject;
      image.src = target;
    });
    await fetch(target, { mode: 'no-cors', credentials: 'include' }).catch(() => {});
    return [await outcome(fetch(target).then((response) => response.text())), await outcome(loaded)];
  })()`);
  assert.deepEqual(seen, ['refused', 'refused']);
  const refusals = ['GET', 'POST'].map((method) =>
    page.waitForResponse((response) => response.url() === known && response.request().method() === method),
  );
  await page.evaluate(`
    document.querySelector('iframe').src = ${JSON.stringify(known)};
    document.querySelector('#post').submit();
  `);
  assert.deepEqual(
    (await Promise.all(refusals)).map((response) => response.status()),
    [403, 405],
  );
  await page.evaluate(`document.querySelector('#get').submit()`);
  await page.waitForURL(/\/callback/);
  assert.equal(await page.textContent('h1'), 'This link does not belong to your login');
  assert.equal(sandbox.oauth.tokens.length, 0);
  await stillWorks(t, login);
  assert.equal(sandbox.oauth.tokens.length, 1);
});

test(
  'an answer counts once: replayed while the login is answered, it leads to no second token',
  OPTIONS,
  async (t) => {
    const { sandbox, login, url } = await waiting(t);
    sandbox.setDelay('oauth-token', 3000);
    const page = await (await startChromium(t)).newPage();
    const replies: Promise<{ status: number; title: string }>[] = [];
    page.on('request', (request) => {
      if (!request.url().includes('/callback?') || replies.length > 0) return;
      const answered = sandbox.received('oauth-token');
      replies.push(answered.then(() => replay(new URL(request.url()))));
    });
    await page.goto(url);
    await signIn(page, 'alice', 'alice-password');
    await page.waitForURL(/\/result\//, { timeout: 20_000 });
    assert.equal(await page.textContent('h1'), 'You are logged in');
    assert.equal((await login.ended).status, 0);
    assert.equal(sandbox.oauth.tokens.length, 1);
    const [reply] = await Promise.all(replies);
    assert.deepEqual(reply, { status: 200, title: 'This login has ended' });
  },
);

/** Sends the same answer again, and follows it to its page. */
async function replay(url: URL): Promise<{ status: number; title: string }> {
  const { headers } = await loopbackGet(url);
  const { status, body } = await loopbackGet(new URL(String(headers.location), url));
  return { status, title: /<h1>([^<]*)<\/h1>/.exec(body)?.[1] ?? '' };
}
