/**
 * The names by which an engine may ask for a registry host: it compares letter by letter, and tells HOST:443 from HOST.
 * @param host as `normaliseRegistryHost` writes it
 */
export function engineNamesOf(host: string): readonly string[] {
  return /:\d+$/.test(host) ? [host] : [host, `${host}:443`];
}

/**
 * How engines ask for a registry that was typed: who pulls from HOST:443 is asked for HOST:443.
 * @param typed `HOST`, `HOST:443/ns/image`, `https://HOST/v1/`
 * @param host the same, as `normaliseRegistryHost` writes it
 */
export function asEnginesAsk(typed: string, host: string): string {
  return /^(?:https?:\/\/)?[^/]*:443(?:\/|$)/i.test(typed.trim()) ? `${host}:443` : host;
}

/**
 * A registry as it was typed, capitals and all: engines look for the very spelling that stands before an image. A URL is
 * none of those.
 * @param host the same, as `normaliseRegistryHost` writes it
 */
export function asTyped(typed: string, host: string): string {
  const [spelled = ''] = typed.trim().split('/', 1);
  return engineNamesOf(host).includes(spelled.toLowerCase()) ? spelled : host;
}
