import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';

/** @returns whether two texts of our config say the same, to this program and to whoever reads the comments */
export function saysTheSame(one: string, other: string): boolean {
  return isDeepStrictEqual(saying(one), saying(other)) && isDeepStrictEqual(comments(one), comments(other));
}

function saying(text: string): unknown {
  const value: unknown = parseDocument(text, { uniqueKeys: false }).toJS();
  if (typeof value !== 'object' || value === null) return {};
  const { registries, ...rest } = value as Record<string, unknown>;
  const isEmpty = !registries || Object.keys(registries).length === 0;
  return isEmpty ? rest : { registries, ...rest };
}

/** What looks like one is enough: where it is none, more is compared than need be. */
function comments(text: string): string[] {
  return Array.from(text.matchAll(/(?:^|\s)#(.*)$/gm), ([, words = '']) => words.trim());
}
