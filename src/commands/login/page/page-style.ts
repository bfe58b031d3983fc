import { createHash } from 'node:crypto';

/** Two palettes, each with at least 4.5:1 for text (WCAG 2.2 AA); nothing moves, and nothing is loaded. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f6; --card: #ffffff; --edge: #d5d9e0; --text: #1c2128; --quiet: #57606a;
  --good: #116329; --stopped: #7d4e00; --bad: #a40e26;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1217; --card: #181c23; --edge: #333a45; --text: #e8ebf0; --quiet: #a3acb9;
    --good: #57c271; --stopped: #e0b04b; --bad: #ff8b84;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  background: var(--ground); color: var(--text);
  font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main {
  width: 100%; max-width: 32rem; padding: 2.25rem 2.25rem 1.75rem; background: var(--card);
  border: 1px solid var(--edge); border-top: 4px solid var(--tone); border-radius: 0.75rem;
}
main.good { --tone: var(--good); }
main.stopped { --tone: var(--stopped); }
main.bad { --tone: var(--bad); }
header { display: flex; align-items: center; gap: 0.875rem; }
svg { flex: none; width: 2.25rem; height: 2.25rem; color: var(--tone); }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; }
p { margin: 1rem 0 0; overflow-wrap: anywhere; }
dl { margin: 1.5rem 0 0; border-top: 1px solid var(--edge); }
dl div { display: flex; gap: 1rem; padding: 0.625rem 0; border-bottom: 1px solid var(--edge); }
dt { flex: 0 0 7rem; color: var(--quiet); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; font-weight: 550; }
footer { margin-top: 1.5rem; color: var(--quiet); font-size: 0.875rem; }
code { font: 0.9375em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
@media (max-width: 26rem) {
  main { padding: 1.5rem; }
  dl div { display: block; }
}
`;

/**
 * The headers of every page: it may run and load nothing, be framed by nobody, and is kept nowhere. The style is let in
 * by its own digest (CSP Level 3).
 */
export function pageHeaders(): Readonly<Record<string, string>> {
  const digest = createHash('sha256').update(PAGE_STYLE).digest('base64');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; ` +
      `frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-robots-tag': 'noindex',
  };
}
