import { isDeepStrictEqual } from 'node:util';
import { saysTheSame } from '../../config/says-the-same.ts';
import { isField } from '../config-files/file-fields.ts';
import { isBlank } from './engine-draft.ts';
import type { FileKind } from './file-edit.ts';

/** @returns whether two texts of a file mean the same to whoever reads it, however they are laid out */
export function meansTheSame(kind: FileKind, one: string, other: string): boolean {
  if (kind === 'config') return saysTheSame(one, other);
  const [first, second] = [meaning(one), meaning(other)];
  return first !== undefined && isDeepStrictEqual(first, second);
}

/** No `auths` and an empty one are the same to engines. @returns undefined: it is no JSON object */
function meaning(text: string): Record<string, unknown> | undefined {
  if (isBlank(text)) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value).filter(([name, of]) => !isEmptyField(name, of)));
  } catch {
    // Broken: it means nothing that could be compared.
    return undefined;
  }
}

function isEmptyField(name: string, value: unknown): boolean {
  if (!isField(name, 'auths') && !isField(name, 'credHelpers')) return false;
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
