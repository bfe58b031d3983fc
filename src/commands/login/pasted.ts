import { parseArgs } from 'node:util';
import { normaliseServerUrl } from '../../registry/server-url.ts';

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

/** What an `oc login` command logs in with. */
interface OcLogin {
  readonly token: string | undefined;
  /** Normalised; empty: one that can't be told; undefined: none is named. */
  readonly server: string | undefined;
}

/** The options of `oc login` (openshift/oc, pkg/cli/login; kubectl's own) that have no say in which server it is. */
const OC_OPTIONS = {
  token: { type: 'string' },
  server: { type: 'string', short: 's' },
  username: { type: 'string', short: 'u' },
  password: { type: 'string', short: 'p' },
  namespace: { type: 'string', short: 'n' },
  'certificate-authority': { type: 'string' },
  loglevel: { type: 'string' },
  v: { type: 'string', short: 'v' },
  'request-timeout': { type: 'string' },
  'insecure-skip-tls-verify': { type: 'boolean' },
  web: { type: 'boolean', short: 'w' },
  'disable-compression': { type: 'boolean' },
  'warnings-as-errors': { type: 'boolean' },
} as const;

/**
 * Reads an `oc login` command as oc does: options with `=`, a space or (short ones) nothing before their value, the last of
 * an option's counts, and a word of its own is the server. Where a word is not known it may be a server's, or say that one
 * is named elsewhere (`--context`): then the server can't be told.
 * @param typed words, as they stand between spaces; a prompt, `sudo` and variables before the command are passed over
 * @returns undefined if it is no such command
 */
function ocCommandLogin(typed: readonly string[]): OcLogin | undefined {
  const words = typed.map(unquoted);
  const start = words.findIndex((word) => !/^(?:[$#>%]|sudo|\w+=.*)$/.test(word));
  const [command = '', verb, ...args] = words.slice(Math.max(start, 0));
  if (!/^oc(?:\.exe)?$/.test(command.replace(/^.*[\\/]/, '')) || verb !== 'login') return undefined;
  const { tokens } = parseArgs({
    args,
    options: OC_OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string>();
  const servers: string[] = [];
  let isClear = true;
  for (const token of tokens) {
    if (token.kind === 'positional') servers.push(token.value);
    if (token.kind !== 'option') continue;
    const type = Object.hasOwn(OC_OPTIONS, token.name)
      ? OC_OPTIONS[token.name as keyof typeof OC_OPTIONS].type
      : undefined;
    const value = unquoted((token.value ?? '').replace(/^=/, ''));
    if (type === 'string' && token.value !== undefined) values.set(token.name, value);
    else if (type !== 'boolean' || !['', 'true', 'false'].includes(value)) isClear = false;
  }
  const named = values.get('server');
  const all = named === undefined ? servers : [...servers, named];
  const server = isClear && all.length <= 1 ? all[0] : '';
  return { token: values.get('token'), server: server === undefined ? undefined : serverOf(server) };
}

/** Without a scheme oc takes https. Without a port, too, it takes one of its own: then the server can't be told. */
function serverOf(text: string): string {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return normaliseServerUrl(text) ?? '';
  return /:\d+\/?$/.test(text) ? (normaliseServerUrl(`https://${text}`) ?? '') : '';
}

function unquoted(word: string): string {
  return word.replaceAll(/^["']|["']$/g, '');
}
