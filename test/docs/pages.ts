import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One file that people read. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** @returns the pages at the root, and all of docs/, in order */
export function pages(): Page[] {
  const atRoot = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name));
  return [...atRoot, ...inDocs]
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** A block between fences. */
export interface Block {
  /** What stands behind the opening fence. */
  readonly info: string;
  readonly lines: readonly string[];
  /** The number of its first line in the page, from 0. */
  readonly at: number;
}

/** @returns the fenced blocks of a page, those within lists without their indentation */
export function blocksOf({ text }: Page): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', info] = /^(\s*)```(.*)$/.exec(lines[at] ?? '') ?? [];
    if (info === undefined) continue;
    const end = lines.indexOf(`${indent}\`\`\``, at + 1);
    const inside = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    blocks.push({ info: info.trim(), lines: inside, at: at + 1 });
    at = end;
  }
  return blocks;
}
