import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sourceFiles } from './source-files.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What makes a decision of a text: a regular expression, or a look for a part of it. */
const READS =
  /\b(?:why|reasons?|message|warnings?|problems?|fix\.(?:run|do))\)?\.(?:includes|match|matchAll|startsWith|endsWith|replace|replaceAll|split|search|indexOf)\(|\.(?:test|exec)\([^)]*\b(?:why|message|reason|warning)\)/g;

/** Words of others, which have no codes; and one that looks at the form of a sentence, not at what it says. */
const ALLOWED: Record<string, number> = {
  'keychain/system-keychain.ts': 5,
  'engines/lookup/parse-registries-conf.ts': 1,
  'cluster/oauth-tokens.ts': 1,
  // Whether the engines that it is about are named.
  'commands/doctor/check.ts': 1,
};

test('no code reads our own sentences: whoever has to tell two reasons apart compares their codes', () => {
  for (const { name, code } of sourceFiles()) {
    const reading = [...code.matchAll(READS)].map(([text]) => text);
    assert.ok(reading.length <= (ALLOWED[name] ?? 0), `${name}: ${reading.join(', ')}`);
  }
});

test('codes of reasons and errors are written in one way', () => {
  for (const { name, code } of sourceFiles()) {
    for (const [, given = ''] of code.matchAll(/\bcode: '([^']*)',?\s*\n?\s*(?:message|why)\b/g)) {
      assert.match(given, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, name);
    }
  }
});

/** Stiff words, and those that docs/glossary.md has another one for; each with what is said instead. */
const NOT_SAID: readonly (readonly [RegExp, string])[] = [
  [/\bmend(?:s|ed|ing)?\b|\bremed(?:y|ies)\b|\bheals?\b/i, 'fix'],
  [/\bhides\b|\b(?:is|are|be) hidden\b|\bshadows\b/i, 'overrides'],
  [/\bbound (?:to|cluster)\b|\bcalls it its registry\b/i, 'linked to; a token is tied to a Secret'],
  [/\brevoked or ended\b|\bended or revoked\b/i, 'expired or revoked'],
  [/\bis none of\b/i, 'is not one of, must be one of'],
  [/\bcan not\b/i, "can't"],
  [/\bname is not known\b/i, 'was not found'],
  [/\bno answer to a login\b|\bno session of a desktop\b|\bthere is no keychain here\b/i, 'plain English'],
  [/\bis no (?:regular file|directory|registry host|base64|TOML|URL|program)\b/i, 'is not a'],
];

function saidWrongly(text: string): string[] {
  return NOT_SAID.flatMap(([word, better]) => {
    const [found] = word.exec(text) ?? [];
    return found === undefined ? [] : [`"${found}" (say: ${better}) in: ${text.slice(0, 200)}`];
  });
}

const LITERAL = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/g;

test('what is printed has the words of the glossary', () => {
  const wrong = sourceFiles().flatMap(({ name, code }) =>
    (code.match(LITERAL) ?? []).flatMap(saidWrongly).map((what) => `${name}: ${what}`),
  );
  assert.deepEqual(wrong, []);
});

test('the docs have the words of the glossary', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/**/*.md', { cwd: ROOT })];
  // The glossary names the words that are not said, and decisions are records.
  const isRead = (page: string) => page !== 'docs/glossary.md' && !page.startsWith('docs/decisions/');
  const wrong = pages.filter(isRead).flatMap((page) =>
    readFileSync(join(ROOT, page), 'utf8')
      .split('\n')
      .flatMap(saidWrongly)
      .map((what) => `${page}: ${what}`),
  );
  assert.deepEqual(wrong, []);
});

test("the tests' titles have the words of the glossary", () => {
  const title = new RegExp(String.raw`\btest\(\s*(${LITERAL.source})`, 'g');
  const titles = globSync('test/**/*.ts', { cwd: ROOT }).flatMap((name) =>
    [...readFileSync(join(ROOT, name), 'utf8').matchAll(title)].map(([, text = '']) => ({ name, text })),
  );
  assert.ok(titles.length > 1000, 'the tests were not read');
  assert.deepEqual(
    titles.flatMap(({ name, text }) => saidWrongly(text).map((what) => `${name}: ${what}`)),
    [],
  );
});
