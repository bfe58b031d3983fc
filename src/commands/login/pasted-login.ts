import { ocCommandLogin } from './oc-command-login.ts';

/** What a person pasted instead of being sent back by a browser. */
export type PastedLogin =
  /** The address that a browser on another machine ended at. */
  | { readonly kind: 'answer'; readonly query: URLSearchParams }
  /**
   * `server`: of the command that it stood in, normalised; empty: that names one that can't be told. Undefined: the token
   * came without a server.
   */
  | { readonly kind: 'token'; readonly token: string; readonly server: string | undefined }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknown' };

/**
 * Reads what is pasted into a waiting login: the URL of `/callback`, the `oc login --token=… --server=…` that the
 * cluster's page shows (with a prompt or `sudo` before it), a token alone, or the header that holds one.
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
  const alone = text.replace(/^(?:authorization:\s*)?bearer\s+/i, '').replaceAll(/^["']|["']$/g, '');
  if (isToken(alone)) return { kind: 'token', token: alone, server: undefined };
  const { token, server } = ocCommandLogin(text.split(/\s+/)) ?? {};
  return token !== undefined && isToken(token) ? { kind: 'token', token, server } : { kind: 'unknown' };
}

/** @returns why a pasted token is sent nowhere, without a full stop; undefined: it is for this server, or says nothing of it */
export function whyNotSent(
  pasted: Extract<PastedLogin, { kind: 'token' }>,
  server: string,
): string | undefined {
  if (pasted.server === undefined || pasted.server === server) return undefined;
  if (pasted.server === '') return `Whether that token is for ${server} can't be told: it was sent nowhere`;
  return `That token is for another cluster than ${server}: it was sent nowhere`;
}

/** @returns whether it can stand in a header, and is as long as any token; it may still be nobody's */
function isToken(text: string): boolean {
  return /^[\w~.+/=-]{20,}$/.test(text);
}
