import { looksLikeToken, shellQuoted } from '../../hosts/quoting.ts';
import { parseWords } from '../parse-words.ts';
import { LOGIN } from './declaration.ts';

/** How a person proves who they are. */
export type LoginMethod =
  /** `port`: 0 for any free one; `opensBrowser`: false where the URL is only to be printed. */
  | {
      readonly kind: 'browser';
      readonly port: number;
      readonly timeoutMs: number;
      readonly opensBrowser: boolean;
    }
  /** `username`: undefined: to be asked for; `fromStdin`: the password is not asked for but read. */
  | { readonly kind: 'password'; readonly username: string | undefined; readonly fromStdin: boolean }
  /** A token comes on stdin. */
  | { readonly kind: 'token' };

export interface LoginArguments {
  /** A context, a registry host or an API server's URL; undefined: the current context. */
  readonly target: string | undefined;
  readonly isAllExpiring: boolean;
  readonly method: LoginMethod;
  /** The options that were given and mean something to a browser's login alone. */
  readonly browserWords: readonly string[];
  readonly revokeOld: boolean;
  /** A file. */
  readonly certificateAuthority: string | undefined;
}

const DEFAULT_SECONDS = 300;
const LONGEST_SECONDS = 3600;
const BROWSER_WORDS = ['no-browser', 'callback-port', 'timeout'] as const;

/** @returns the arguments of `login`, or what is wrong with them, in one sentence that repeats no secret */
export function parseLoginArguments(args: readonly string[]): LoginArguments | string {
  if (args.some((word) => /^(?:-p|--(?:password|token)(?:=|$))/.test(word))) {
    return 'What is typed there can be seen by others of this machine: use --password-stdin or --token-stdin.';
  }
  const parsed = parseWords(args, LOGIN);
  if (typeof parsed === 'string') return parsed;
  const { values, positionals } = parsed;
  const [target, ...more] = positionals;
  if (more.length > 0) return 'One cluster at a time: a CONTEXT, a HOST or an API-URL.';
  if (target !== undefined && looksLikeToken(target)) return 'A token is read from stdin: use --token-stdin.';
  const isAllExpiring = values['all-expiring'] === true;
  if (isAllExpiring && target !== undefined) return 'Either --all-expiring, or one cluster by name.';
  const method = readMethod(values);
  if (typeof method === 'string') return method;
  if (isAllExpiring && method.kind !== 'browser')
    return '--all-expiring logs in by the browser, cluster by cluster.';
  return {
    target,
    isAllExpiring,
    method,
    browserWords: BROWSER_WORDS.filter((word) => values[word] !== undefined).map((word) => `--${word}`),
    revokeOld: values['revoke-old'] === true,
    certificateAuthority: values['certificate-authority'],
  };
}

function readMethod(values: {
  readonly 'callback-port'?: string | undefined;
  readonly 'no-browser'?: boolean | undefined;
  readonly 'password-stdin'?: boolean | undefined;
  readonly timeout?: string | undefined;
  readonly 'token-stdin'?: boolean | undefined;
  readonly username?: string | undefined;
}): LoginMethod | string {
  const { username, timeout, 'callback-port': port } = values;
  const fromStdin = values['password-stdin'] === true;
  const isPassword = username !== undefined || fromStdin;
  const isToken = values['token-stdin'] === true;
  const isBrowser = port !== undefined || timeout !== undefined || values['no-browser'] === true;
  if (Number(isPassword) + Number(isToken) + Number(isBrowser) > 1)
    return 'One way to log in at a time: by the browser, a password or a token.';
  if (isToken) return { kind: 'token' };
  if (isPassword) {
    if (fromStdin && username === undefined) return '--password-stdin needs --username, too.';
    return { kind: 'password', username, fromStdin };
  }
  const number = wholeNumber(port ?? '0', 65_535);
  if (number === undefined || (port !== undefined && number === 0))
    return '--callback-port needs a port: a number of 1 to 65535.';
  const seconds = wholeNumber(timeout ?? String(DEFAULT_SECONDS), LONGEST_SECONDS);
  if (seconds === undefined || seconds === 0)
    return `--timeout needs a number of seconds, at most ${LONGEST_SECONDS}.`;
  return {
    kind: 'browser',
    port: number,
    timeoutMs: seconds * 1000,
    opensBrowser: values['no-browser'] !== true,
  };
}

function wholeNumber(text: string, largest: number): number | undefined {
  const number = Number(text);
  return /^\d{1,6}$/.test(text) && number <= largest ? number : undefined;
}

/** @returns the options that say how a person logs in, as they are typed; empty: by the browser */
export function methodOptions(method: LoginMethod): string {
  switch (method.kind) {
    case 'token':
      return '--token-stdin';
    case 'password': {
      const user = `-u ${shellQuoted(method.username ?? '')}`;
      return method.fromStdin ? `${user} --password-stdin` : user;
    }
    case 'browser':
      return method.opensBrowser ? '' : '--no-browser';
  }
}
