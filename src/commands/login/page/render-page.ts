import { PAGE_STYLE, pageHeaders } from './page-style.ts';
import { type PageWords, type ResultPage, wordsOf } from './page-words.ts';

/** Shapes that say the same as the colours. */
const SHAPES: Record<PageWords['tone'], string> = {
  good: '<path d="M11 18.5l5 5 9-11"/>',
  stopped: '<path d="M11.5 18h13"/>',
  bad: '<path d="M18 10.5v9"/><path d="M18 25v.1"/>',
};

/** A page, complete with the headers that keep it what it is. */
export interface RenderedPage {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

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
