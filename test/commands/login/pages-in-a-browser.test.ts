import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import axe from 'axe-core';
import { startCallbackServer } from '../../../src/cluster/oauth/callback-server.ts';
import { type ResultPage, renderPage } from '../../../src/commands/login/page.ts';
import { startChromium, withoutChromium } from '../../support/chromium.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOSTILE = `<img src=x onerror="document.title='run'">"'&</dd><script>document.title='run'</script>`;
const cluster = 'api.example.com:6443';
const PAGES: Readonly<Record<string, ResultPage>> = {
  success: { kind: 'success', cluster, user: 'alice', expiresAtMs: NOW + 30 * 86_400_000, nowMs: NOW },
  'success-without-end': { kind: 'success', cluster, user: 'kube:admin', expiresAtMs: null, nowMs: NOW },
  cancelled: { kind: 'cancelled', cluster },
  expired: { kind: 'expired', cluster },
  error: {
    kind: 'error',
    cluster,
    reason: `The OAuth server https://oauth.example.com can't be reached: ${'a long reason '.repeat(8)}.`,
  },
  refused: { kind: 'refused' },
  hostile: { kind: 'success', cluster: HOSTILE, user: HOSTILE, expiresAtMs: undefined, nowMs: NOW },
};
/** Where a person who wants to look at the pages finds them. */
const SHOTS = process.env.LOGIN_PAGE_SHOTS;

async function serve(t: TestContext) {
  const server = await startCallbackServer(0, {
    onCallback: async (query) => {
      const page = PAGES[query.get('page') ?? ''] ?? { kind: 'refused' };
      return { page: renderPage(page), isOurs: page.kind !== 'refused' };
    },
    refusalPage: () => renderPage({ kind: 'refused' }),
  });
  t.after(() => server.close(0));
  return server;
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page is accessible and loads nothing, in ${colorScheme} colours, on a screen and on a phone`, {
    skip: withoutChromium,
  }, async (t) => {
    const { redirectUri } = await serve(t);
    const browser = await startChromium(t, { colorScheme });
    const page = await browser.newPage();
    const requested: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).origin));
    page.on('console', (message) => complaints.push(message.text()));
    for (const name of Object.keys(PAGES)) {
      await page.setViewportSize({ width: 900, height: 640 });
      await page.goto(`${redirectUri}?page=${name}&state=secret`);
      await page.evaluate(axe.source);
      for (const width of [900, 320]) {
        await page.setViewportSize({ width, height: 640 });
        const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string }[] };
        assert.deepEqual(
          violations.map(({ id }) => id),
          [],
          name,
        );
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        assert.ok(Number(overflow) <= 0, `${name} is wider than ${width}`);
        if (SHOTS !== undefined) {
          mkdirSync(SHOTS, { recursive: true });
          await page.screenshot({ path: `${SHOTS}/${name}-${colorScheme}-${width}.png` });
        }
      }
      assert.notEqual(await page.title(), 'run');
      assert.equal(await page.locator('script, img, link, iframe').count(), 0);
      assert.equal(await page.locator('h1').count(), 1);
    }
    assert.deepEqual([...new Set(requested)], [new URL(redirectUri).origin]);
    // A refusal answers with an error's status, which the browser notes.
    assert.deepEqual(
      complaints.filter((text) => !text.includes('Failed to load resource')),
      [],
    );
  });
}
