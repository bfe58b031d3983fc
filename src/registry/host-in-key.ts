/**
 * What an engine compares of a login's key once its scheme and path are off (docker/cli, `ConvertToHostname`;
 * containers/image, `normalizeAuthFileKey`).
 * @param key `HOST`, `HOST/NAMESPACE`, `https://HOST/v1/`
 * @returns `HOST[:PORT]`, letter by letter as it is written
 */
export function hostInKey(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
}

/**
 * A login's key without the user and password that somebody wrote into it, as into a URL: `https://***@HOST/v1/`. Engines
 * take no key with an "@" for any registry, so that nothing is lost by it.
 */
export function keyWithoutUser(key: string): string {
  return key.replace(/^(https?:\/\/)?.*@/is, (_all, scheme: string | undefined) => `${scheme ?? ''}***@`);
}
