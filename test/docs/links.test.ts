import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS, isCommand } from '../../src/commands/commands.ts';
import { COMMON_OPTIONS } from '../../src/commands/declaration.ts';
import { type Page, pages, ROOT } from './pages.ts';

/** What stands in no block of code. */
function withoutBlocks(text: string): string {
  return text.replaceAll(/^([ \t]*)```[\s\S]*?^\1```[ \t]*$/gm, '');
}

/** A page without what stands in blocks and in code: a bracket there is no link. */
function prose({ text }: Pick<Page, 'text'>): string {
  return withoutBlocks(text).replaceAll(/`[^`\n]*`/g, 'code');
}

/** The anchors of a page: those of its headings, as GitHub makes them, and those that it names itself. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id));
  for (const [, title = ''] of withoutBlocks(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const words = title.replaceAll(/[`*]|\[|\]\([^)]*\)/g, '').toLowerCase();
    const base = words.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
    let anchor = base;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${base}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

test('a block is left out, and no more of the page: with a language or without, after an empty line or not', () => {
  for (const fence of ['```', '```sh', '\n```', '\n```sh']) {
    const text = `a\n${fence}\n[b](b)\n\`\`\`\n\n[c](c)\n${fence}\n[d](d)\n\`\`\`\n`;
    assert.equal(prose({ text }).replaceAll(/\n+/g, ' '), 'a [c](c) ');
  }
});

test('every link of a page leads to a file that is there, and to an anchor in it', () => {
  for (const page of pages()) {
    const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)|<img[^>]* src="([^"]+)"/g)];
    for (const [, link = '', image = ''] of links) {
      const target = link || image;
      if (/^https?:/.test(target)) {
        assert.ok(URL.canParse(target) && target.startsWith('https://'), `${page.path}: ${target}`);
        continue;
      }
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page.path : join(dirname(page.path), path);
      assert.ok(existsSync(join(ROOT, file)), `${page.path}: ${target}`);
      if (anchor === undefined) continue;
      const isPage = file.endsWith('.md') && statSync(join(ROOT, file)).isFile();
      const there = isPage ? anchorsOf(readFileSync(join(ROOT, file), 'utf8')) : new Set<string>();
      assert.ok(there.has(anchor), `${page.path}: ${target}`);
    }
  }
});

test('every page can be reached from the README', () => {
  const all = new Map(pages().map((page) => [page.path, page]));
  const reached = new Set<string>(['README.md']);
  for (const path of reached) {
    const page = all.get(path);
    if (page === undefined) continue;
    for (const [, link = ''] of prose(page).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)) {
      if (/^https?:/.test(link)) continue;
      const file = join(dirname(path), link);
      const isDirectory = existsSync(join(ROOT, file)) && statSync(join(ROOT, file)).isDirectory();
      for (const name of all.keys()) {
        if (name === file || (isDirectory && dirname(name) === file.replace(/\/$/, ''))) reached.add(name);
      }
    }
  }
  assert.deepEqual(
    [...all.keys()].filter((path) => !reached.has(path)),
    [],
  );
});

test('every picture is shown by a page, and those of terminals are text that a browser reads', () => {
  const shown = pages()
    .map(({ text }) => text)
    .join('');
  for (const name of readdirSync(join(ROOT, 'docs/pictures'))) {
    assert.ok(shown.includes(`pictures/${name}`), name);
    if (!name.endsWith('.svg')) continue;
    const text = readFileSync(join(ROOT, 'docs/pictures', name), 'utf8');
    assert.doesNotMatch(text, /(?!\n)\p{Cc}|sha256~/u, name);
  }
});

test('every command that a page names is one, and has the options that are given to it', () => {
  const typed = /docker-credential-openshift ([a-z-]+)((?: +(?:\\\n *)?[^\s`|;&)>]+)*)/g;
  for (const { path, text } of pages()) {
    for (const [whole, command = '', rest = ''] of text.matchAll(typed)) {
      if (!isCommand(command)) continue;
      const { options } = COMMANDS[command];
      for (const [, option = ''] of rest.matchAll(/ --([a-z][a-z-]*)/g)) {
        assert.ok(option in options || option in COMMON_OPTIONS, `${path}: ${whole}`);
      }
    }
  }
});
