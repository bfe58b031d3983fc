/** What engines send for nearly every pull: no scheme, no path, lower case. It needs no URL parser. */
const PLAIN = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?(?::([1-9]\d{0,4}))?$/;
/** To a URL parser, a name that ends in a number is an IPv4 address in one of its spellings. */
const ENDS_IN_A_NUMBER = /(?:^|\.)(?:\d+|0x[0-9a-f]*)(?::\d+)?$/;
/** A DNS name (253), a colon and a port. */
const LONGEST = 260;

/**
 * The registry host, in the one spelling that this program compares and stores.
 *
 * @param text what an engine or a person wrote: `HOST`, `HOST:PORT`, `https://HOST/v1/`, `HOST/ns`,
 *   upper case, an IDN, `[::1]:5000`, with or without a trailing newline. Engines mean the same
 *   registry by all of them.
 * @returns lower-case `host[:port]` (IDNs in punycode, IPv6 in brackets, `:443` left out), or null if
 *   the text names no host.
 */
export function normaliseRegistryHost(text: string): string | null {
  const trimmed = text.trim();
  return isPlain(trimmed) ? trimmed : normaliseByUrl(trimmed);
}

function isPlain(text: string): boolean {
  if (text.length > LONGEST || text.includes('..') || ENDS_IN_A_NUMBER.test(text)) return false;
  const match = PLAIN.exec(text);
  if (match === null) return false;
  const port = match[1];
  return port === undefined || (port !== '443' && Number(port) <= 65_535);
}

function normaliseByUrl(text: string): string | null {
  const withoutScheme = text.replace(/^https?:\/\//i, '');
  const end = withoutScheme.search(/[/?#]/);
  const authority = end === -1 ? withoutScheme : withoutScheme.slice(0, end);
  if (authority.length === 0 || authority.length > LONGEST || /[@%\\\s\p{Cc}]/u.test(authority)) return null;
  let url: URL;
  try {
    url = new URL(`https://${authority}/`);
  } catch {
    // URL throws for what cannot be a host: that is the answer here.
    return null;
  }
  if (url.host.length === 0 || url.host.length > LONGEST || url.port === '0') return null;
  return url.hostname.startsWith('[') || isHostName(url.hostname) ? url.host : null;
}

function isHostName(name: string): boolean {
  return /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?$/.test(name) && !name.includes('..');
}
