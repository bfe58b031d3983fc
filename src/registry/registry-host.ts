/** A DNS name (253), a colon and a port. */
const LONGEST = 260;

/**
 * What docker keeps beside the login of Docker Hub when it logs in by browser (docker/cli,
 * cli/internal/oauth/manager/manager.go): tokens to get and revoke logins with. They are no hosts, and no pull wants them.
 */
const DOCKER_TOKENS: readonly string[] = ['access-token', 'refresh-token'].map(
  (name) => `index.docker.io/v1/${name}`,
);

/** @returns whether `normaliseLoginKey` gave a token of docker's own, and no registry host */
export function isDockerToken(key: string): boolean {
  return key.includes('/') && DOCKER_TOKENS.includes(key);
}

/** @returns what an engine names a login by: a host as `normaliseRegistryHost` has it, or a token of docker's own; null: neither */
export function normaliseLoginKey(text: string): string | null {
  const host = normaliseRegistryHost(text);
  if (host !== 'index.docker.io') return host;
  const key = text.trim().replace(/^https:\/\//, '');
  return isDockerToken(key) ? key : host;
}

/**
 * The registry host, in the one spelling that this program compares and stores.
 *
 * @param text what an engine or a person wrote: `HOST`, `HOST:PORT`, `https://HOST/v1/`, `HOST/ns`,
 *   `HOST.`, upper case, an IDN, `[::1]:5000`, with or without a trailing newline. Engines mean the same
 *   registry by all of them.
 * @returns lower-case `host[:port]` (IDNs in punycode, IPv6 in brackets, `:443` left out), or null if
 *   the text names no host.
 */
export function normaliseRegistryHost(text: string): string | null {
  const trimmed = text.trim();
  return isPlain(trimmed) ? trimmed : normaliseByUrl(trimmed);
}

/**
 * What engines send for nearly every pull: no scheme, no path, lower case. It needs no URL parser, and no regular
 * expressions: to compile them takes longer than all else that is done with the host.
 */
function isPlain(text: string): boolean {
  if (text.length > LONGEST) return false;
  const colon = text.indexOf(':');
  return colon === -1
    ? isPlainName(text)
    : isPlainName(text.slice(0, colon)) && isPlainPort(text.slice(colon + 1));
}

/** The last label begins with a letter: to a URL parser, one that is a number makes the name an IPv4 address. */
function isPlainName(name: string): boolean {
  let label = 0;
  for (let at = 0; at < name.length; at += 1) {
    const character = name.charAt(at);
    if (character === '.') {
      if (at === label) return false;
      label = at + 1;
    } else if (!isLetterOrDigit(character) && (at === 0 || (character !== '-' && character !== '_'))) {
      return false;
    }
  }
  return isLetter(name.charAt(label)) && isLetterOrDigit(name.charAt(name.length - 1));
}

function isPlainPort(text: string): boolean {
  const port = Number(text);
  return String(port) === text && Number.isInteger(port) && port > 0 && port <= 65_535 && port !== 443;
}

function isLetter(character: string): boolean {
  return character >= 'a' && character <= 'z';
}

function isLetterOrDigit(character: string): boolean {
  return isLetter(character) || (character >= '0' && character <= '9');
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
  // A dot at the end of a name means nothing to DNS.
  const host = url.host.replace(/\.(?=:\d+$|$)/, '');
  return url.hostname.startsWith('[') || isHostName(url.hostname) ? host : null;
}

function isHostName(name: string): boolean {
  return /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?$/.test(name) && !name.includes('..');
}
