import { BlockList, isIP } from 'node:net';

/**
 * The proxy for a URL, by the environment, as `oc` and the engines read it (Go, x/net/http/httpproxy):
 * `HTTPS_PROXY`, else `https_proxy`; never for loopback; `NO_PROXY` holds `*`, names (their subdomains
 * included), `.suffixes`, addresses and CIDR blocks, each with an optional port.
 * @param url an https URL
 * @returns the proxy's URL, or undefined
 */
export function proxyFor(url: URL, env: Record<string, string | undefined>): string | undefined {
  const proxy = env.HTTPS_PROXY || env.https_proxy;
  if (!proxy) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return undefined;
  const port = url.port || '443';
  const exempt = (env.NO_PROXY || env.no_proxy || '')
    .split(',')
    .some((rule) => matches(rule.trim(), host, port));
  if (exempt) return undefined;
  return /^[a-z0-9+.-]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === '') return false;
  if (rule === '*') return true;
  const lower = rule.toLowerCase();
  if (lower.includes('/')) return isInBlock(host, lower);
  const withPort = /^(.*):(\d+)$/.exec(lower);
  const hasPort = withPort !== null && isIP(lower) === 0;
  if (hasPort && withPort[2] !== port) return false;
  const name = (hasPort ? (withPort[1] ?? '') : lower).replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  if (isIP(name) !== 0) return name === host;
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

function isInBlock(host: string, block: string): boolean {
  const [base = '', bits = ''] = block.split('/');
  const family = isIP(host);
  const width = family === 4 ? 32 : 128;
  if (family === 0 || isIP(base) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > width) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(base, Number(bits), type);
  return list.check(host, type);
}
