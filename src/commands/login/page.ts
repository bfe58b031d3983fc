import { createHash } from 'node:crypto';
import type { RenderedPage } from './ports.ts';
import { lifeInWords } from './words.ts';

/** Shapes that say the same as the colours. */
const SHAPES: Record<PageWords['tone'], string> = {
  good: '<path d="M11 18.5l5 5 9-11"/>',
  stopped: '<path d="M11.5 18h13"/>',
  bad: '<path d="M18 10.5v9"/><path d="M18 25v.1"/>',
};

/** The page that a browser lands on after a login: one document without scripts, links or requests. */
export function renderPage(page: ResultPage): RenderedPage {
  const { tone, title, text, facts, footer } = wordsOf(page);
  const rows = facts.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`);
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(title)} – docker-credential-openshift</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main class="${tone}">
<header>
<svg viewBox="0 0 36 36" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><circle cx="18" cy="18" r="16"/>${SHAPES[tone]}</svg>
<h1>${escaped(title)}</h1>
</header>
<p>${escaped(text)}</p>
${rows.length === 0 ? '' : `<dl>${rows.join('')}</dl>\n`}<footer>${escaped(footer)}</footer>
</main>
</body>
</html>
`;
  return { html, headers: pageHeaders() };
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Names and messages are others' words: none of them may become a tag. What drives text direction is taken out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** What became of a login, as its page tells it. */
export type ResultPage =
  | {
      readonly kind: 'success';
      /** The cluster's name or host. */
      readonly cluster: string;
      readonly user: string;
      /** Ms since the epoch; null: it never ends; undefined: nobody tells. */
      readonly expiresAtMs: number | null | undefined;
      readonly nowMs: number;
    }
  | { readonly kind: 'cancelled' | 'expired'; readonly cluster: string }
  /** `reason`: a sentence without a secret. */
  | { readonly kind: 'error'; readonly cluster: string; readonly reason: string }
  /** A request that no login led to. */
  | { readonly kind: 'refused' };

/** A page's words. */
export interface PageWords {
  readonly tone: 'good' | 'stopped' | 'bad';
  readonly title: string;
  readonly text: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly footer: string;
}

/** With its zone: the browser may stand in another one than this machine. */
const END: Intl.DateTimeFormatOptions = {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
};

const BACK = 'The terminal says more. You can close this tab.';

/** @returns what a page says: what happened, to whom, and what to do next */
function wordsOf(page: ResultPage): PageWords {
  switch (page.kind) {
    case 'success': {
      const { cluster, user, expiresAtMs, nowMs } = page;
      return {
        tone: 'good',
        title: 'You are logged in',
        text: 'Your terminal has the login, and tells which registries go on with it. You can close this tab.',
        facts: [
          ['Cluster', cluster],
          ['User', user],
          ['Lasts', lasting(expiresAtMs, nowMs)],
        ],
        footer: 'docker-credential-openshift shares this login with oc and kubectl.',
      };
    }
    case 'cancelled':
      return {
        tone: 'stopped',
        title: 'Login cancelled',
        text: 'The cluster was told not to let this login in. Nothing was changed.',
        facts: [['Cluster', page.cluster]],
        footer: `To log in after all, run the command again. ${BACK}`,
      };
    case 'expired':
      return {
        tone: 'stopped',
        title: 'This login has ended',
        text: 'It was answered before, or took too long. An answer counts once.',
        facts: [['Cluster', page.cluster]],
        footer:
          'If the terminal says that you are not logged in, run the command again. You can close this tab.',
      };
    case 'error':
      return {
        tone: 'bad',
        title: 'You are not logged in',
        text: page.reason,
        facts: [['Cluster', page.cluster]],
        footer: BACK,
      };
    case 'refused':
      return {
        tone: 'bad',
        title: 'This link does not belong to your login',
        text: 'A login in your terminal waits at this address for the cluster to send you back, and goes on waiting.',
        facts: [],
        footer: "If you came here from another page than the cluster's own, close this tab.",
      };
  }
}

function lasting(expiresAtMs: number | null | undefined, nowMs: number): string {
  if (expiresAtMs === null) return 'without an end';
  if (expiresAtMs === undefined) return 'until the cluster ends it';
  const at = new Date(expiresAtMs).toLocaleString('en-GB', END);
  return `${lifeInWords(expiresAtMs, nowMs)}, until ${at}`;
}

/** Two palettes, each with at least 4.5:1 for text (WCAG 2.2 AA); nothing moves, and nothing is loaded. */
const PAGE_STYLE = `
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
function pageHeaders(): Readonly<Record<string, string>> {
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
