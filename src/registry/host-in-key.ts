/**
 * What an engine compares of a login's key once its scheme and path are off (docker/cli, `ConvertToHostname`;
 * containers/image, `normalizeAuthFileKey`).
 * @param key `HOST`, `HOST/NAMESPACE`, `https://HOST/v1/`
 * @returns `HOST[:PORT]`, letter by letter as it is written
 */
export function hostInKey(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
}
