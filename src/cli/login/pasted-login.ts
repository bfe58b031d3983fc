import { normaliseServerUrl } from '../../registry/server-url.ts';

/** What a person pasted instead of being sent back by a browser. */
export type PastedLogin =
  /** The address that a browser on another machine ended at. */
  | { readonly kind: 'answer'; readonly query: URLSearchParams }
  /** `server`: of the command that it stood in, normalised. */
  | { readonly kind: 'token'; readonly token: string; readonly server: string | undefined }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknown' };

/**
 * Reads what is pasted into a waiting login: the URL of `/callback`, the `oc login --token=… --server=…` that the
 * cluster's page shows, or a token alone.
 */
export function readPastedLogin(line: string): PastedLogin {
  const text = line.replaceAll(/\p{Cc}+/gu, ' ').trim();
  if (text === '') return { kind: 'empty' };
  if (/^https?:\/\//i.test(text)) {
    if (!URL.canParse(text)) return { kind: 'unknown' };
    const { pathname, searchParams } = new URL(text);
    const isAnswer = pathname === '/callback' && searchParams.has('state');
    return isAnswer ? { kind: 'answer', query: searchParams } : { kind: 'unknown' };
  }
  const words = text.split(/\s+/).map((word) => word.replaceAll(/^["']|["']$/g, ''));
  const [first = '', second = ''] = words;
  if (words.length === 1) return isToken(first) ? tokenOf(first) : { kind: 'unknown' };
  if (!/^oc(?:\.exe)?$/.test(first.replace(/^.*[\\/]/, '')) || second !== 'login') return { kind: 'unknown' };
  const token = optionIn('--token', words);
  const server = optionIn('--server', words) ?? words.find((word) => /^https:\/\//.test(word));
  return token !== undefined && isToken(token) ? tokenOf(token, server) : { kind: 'unknown' };
}

/** @returns whether it can stand in a header, and is as long as any token; it may still be nobody's */
export function isToken(text: string): boolean {
  return /^[\w~.+/=-]{20,}$/.test(text);
}

function tokenOf(token: string, server?: string): PastedLogin {
  return {
    kind: 'token',
    token,
    server: server === undefined ? undefined : (normaliseServerUrl(server) ?? ''),
  };
}

function optionIn(option: string, words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === option || word.startsWith(`${option}=`));
  const word = words[at];
  if (word === undefined) return undefined;
  return word === option ? words[at + 1] : word.slice(option.length + 1).replaceAll(/^["']|["']$/g, '');
}
