import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { renderPage } from '../../../src/commands/login/page.ts';
import fc from '../../support/properties.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');

test('the page names the cluster, the user and how long the login lasts', () => {
  const { html } = renderPage({
    kind: 'success',
    cluster: 'app.ci',
    user: 'alice',
    expiresAtMs: NOW + 30 * 86_400_000 - 900,
    nowMs: NOW,
  });
  assert.match(
    html,
    /<dd>app\.ci<\/dd>.*<dd>alice<\/dd>.*<dd>30 days, until 21 December 2026 at \d\d:\d\d (?:UTC|GMT|[A-Z]{3,5})/s,
  );
});

test('whatever the names and reasons hold, no more tags come of them', () => {
  const tags = (text: string) =>
    renderPage({ kind: 'error', cluster: text, reason: text }).html.match(/<[a-z!/]/gi);
  const plain = tags('plain');
  const hostile = fc.string({
    unit: fc.constantFrom('<', '>', '"', "'", '&', '/', 'script', ' ', 'x', '\u202e', '\0'),
  });
  fc.assert(fc.property(fc.oneof(fc.string(), hostile), (text) => assert.deepEqual(tags(text), plain)));
});

test('the headers let nothing run, load or frame the page, and its style in by its digest alone', () => {
  const { html, headers } = renderPage({ kind: 'refused' });
  const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? '';
  const digest = createHash('sha256').update(style).digest('base64');
  assert.equal(
    headers['content-security-policy'],
    `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  assert.deepEqual(
    ['cache-control', 'referrer-policy', 'x-content-type-options', 'x-frame-options'].map(
      (name) => headers[name],
    ),
    ['no-store', 'no-referrer', 'nosniff', 'DENY'],
  );
  assert.doesNotMatch(html, /<script|src=|href=|url\(|@import| style=/);
});
