/** A pattern of `matchImages` as kubelet takes it apart. */
export interface MatchPattern {
  readonly host: string;
  /** Empty: only images without a port match. */
  readonly port: string;
  readonly path: string;
}

const OF_HOSTS = /^[\w.~!$&'()*+,;=:<>"\]\u0080-\u{10ffff}-]*$/u;
const OF_USERS = /^[\w.~!$&'()*+,;=:%@-]*$/;

/**
 * kubelet prefixes a pattern with `https://` and parses it as a URL (ParseSchemelessURL of pkg/credentialprovider, Go's
 * net/url as of 1.26, which is stricter with brackets and colons than what older kubelets were built with).
 * @returns why it can't: kubelet then ends
 */
export function parsePattern(pattern: string): MatchPattern | string {
  const [whole = '', fragment = ''] = cutAt(pattern, '#');
  for (const char of whole) if (char < ' ' || char === '\x7f') return 'it holds a control character';
  const [beforeQuery] = cutAt(whole, '?');
  const slash = beforeQuery.indexOf('/');
  const authority = slash === -1 ? beforeQuery : beforeQuery.slice(0, slash);
  const path = slash === -1 ? '' : beforeQuery.slice(slash);
  const at = authority.lastIndexOf('@');
  if (!OF_USERS.test(authority.slice(0, Math.max(at, 0)))) return 'what stands before @ is no user name';
  const hostPort = authority.slice(at + 1);
  const fault = faultOfEscapes(`${authority}${path}${fragment}`) ?? faultOfHost(hostPort);
  if (fault !== undefined) return fault;
  const colon = hostPort.lastIndexOf(':');
  const isPort = colon > hostPort.lastIndexOf(']');
  const host = isPort ? hostPort.slice(0, colon) : hostPort;
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: isPort ? hostPort.slice(colon + 1) : '', path };
}

function cutAt(text: string, char: string): [string, string] {
  const at = text.indexOf(char);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function faultOfEscapes(text: string): string | undefined {
  const broken = text
    .split('%')
    .slice(1)
    .find((rest) => !/^[\da-fA-F]{2}/.test(rest));
  return broken === undefined ? undefined : `%${broken.slice(0, 2)} is no escape of a URL`;
}

function faultOfHost(host: string): string | undefined {
  const open = host.lastIndexOf('[');
  if (open > 0) return 'a bracket may only stand around an IPv6 address';
  if (open === 0) {
    const close = host.lastIndexOf(']');
    if (close === -1) return 'a ] is missing';
    // A zone may follow, with its % escaped.
    const [address = ''] = host.slice(1, close).split('%25');
    if (!URL.canParse(`https://[${address}]`)) return 'there is no IPv6 address in the brackets';
    return faultOfPort(host.slice(close + 1));
  }
  // An escape stands for a byte above ASCII, or for a %, says net/url.
  const ascii = /%[013-7][\da-fA-F]|%2(?!5)/.exec(host);
  if (ascii !== null) return `${ascii[0]} may not stand in a host`;
  const char = [...host.replaceAll('%', '')].find((each) => !OF_HOSTS.test(each));
  if (char !== undefined) return `${JSON.stringify(char)} may not stand in a host`;
  const colon = host.indexOf(':');
  return colon === -1 ? undefined : faultOfPort(host.slice(colon));
}

function faultOfPort(text: string): string | undefined {
  return /^(?::\d*)?$/.test(text) ? undefined : `${text} is no port`;
}

/** @returns why no image can match a pattern that kubelet takes; undefined: some can */
export function whyMatchesNothing(pattern: string): string | undefined {
  const parsed = parsePattern(pattern);
  if (typeof parsed === 'string') return undefined;
  if (/^\w+:\/\//.test(pattern)) return 'a scheme is taken for a host of its name: write the host alone';
  const { host, port, path } = parsed;
  if (host === '') return 'it has no host';
  if (pattern.split('/')[0]?.includes('@')) return 'an image has no user name before its host';
  if (/^\*+$/.test(host))
    return 'each * stands for a part of a host without dots: write one for each part, such as *.*.com';
  if (port === '' && pattern.split('/')[0]?.endsWith(':')) return 'its port is empty';
  if (path.includes('*'))
    return 'in a path a * stands for itself: a path is the beginning of those that match';
  return undefined;
}

/**
 * Whether images of a registry, whatever their path, may match a pattern (URLsMatch of pkg/credentialprovider).
 * @param registry host[:port], as it stands in image references
 */
export function matchesRegistry(pattern: string, registry: string): boolean {
  const [glob, target] = [parsePattern(pattern), parsePattern(registry)];
  if (typeof glob === 'string' || typeof target === 'string' || glob.port !== target.port) return false;
  const [parts, labels] = [glob.host.split('.'), target.host.split('.')];
  return (
    parts.length === labels.length && parts.every((part, index) => matchesLabel(part, labels[index] ?? ''))
  );
}

/** filepath.Match of Go for what a host may hold of it: `*`, as its `?`, `[` and `\` can't be in a host. */
function matchesLabel(part: string, label: string): boolean {
  const pieces = part.split('*');
  const [first = '', last = ''] = [pieces[0], pieces.at(-1)];
  if (pieces.length === 1) return part === label;
  if (!label.startsWith(first) || !label.endsWith(last) || label.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = label.indexOf(piece, at);
    if (found === -1 || found + piece.length > label.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
