/** That an engine does not verify a registry's certificate, and why. */
export interface Unverified {
  readonly because: string;
  readonly isLoopback: boolean;
}

/**
 * Whether docker's daemon leaves a registry's certificate unverified: it does on loopback, and for `insecure-registries`
 * (moby, `registry.newServiceConfig`; blocks of addresses are not looked at).
 * @param daemonJson the daemon's config; undefined: there is none
 * @returns undefined: it verifies
 */
export function unverifiedByDocker(host: string, daemonJson: string | undefined): Unverified | undefined {
  const name = host.replace(/:\d+$/, '');
  if (/^127\./.test(name) || name === 'localhost' || name === '[::1]')
    return { because: 'it is on loopback', isLoopback: true };
  const [, list = ''] = /"insecure-registries"\s*:\s*\[([^\]]*)\]/.exec(daemonJson ?? '') ?? [];
  const listed = [...list.matchAll(/"([^"]*)"/g)].map(([, entry]) => entry);
  if (!listed.includes(host)) return undefined;
  return { because: 'its daemon.json lists it under insecure-registries', isLoopback: false };
}

/**
 * Whether podman leaves a registry's certificate unverified: a `[[registry]]` table of the host, or of all of a domain
 * (`*.example.com`), says `insecure = true` (containers/image, `sysregistriesv2`).
 * @param texts registries.conf and its drop-ins
 */
export function unverifiedByPodman(host: string, texts: readonly string[]): Unverified | undefined {
  const tables = texts.flatMap((text) => text.replaceAll(/^\s*#.*$/gm, '').split(/^\s*(?=\[)/m));
  const says = tables.some((table) => {
    if (!/^\[\[\s*registry\s*\]\]/.test(table) || !/^\s*insecure\s*=\s*true\b/m.test(table)) return false;
    const [, , of = ''] =
      /^\s*prefix\s*=\s*(["'])(.*?)\1/m.exec(table) ?? /^\s*location\s*=\s*(["'])(.*?)\1/m.exec(table) ?? [];
    const [registry = ''] = of.split('/', 1);
    return registry === host || (registry.startsWith('*.') && host.endsWith(registry.slice(1)));
  });
  return says ? { because: 'registries.conf says insecure', isLoopback: false } : undefined;
}
