import { createHash } from 'node:crypto';

/** In bytes. File systems take 255, of which locks and files on their way need the rest. */
const LONGEST = 200;
const KEPT_OF_IT = 120;
/** No host has it, and no encoding of one. */
const SHORTENED = '~';

/**
 * How a registry host is named in the name of a file of ours.
 * @param host a normalised registry host
 */
export function hostFileName(host: string): string {
  const name = encodeURIComponent(host);
  if (name.length <= LONGEST) return name;
  const rest = createHash('sha256').update(host).digest('hex').slice(0, 32);
  return `${name.slice(0, KEPT_OF_IT)}${SHORTENED}${rest}`;
}

/**
 * @param readHost what tells the host where its name was shortened
 * @returns the host; undefined: somebody else made that name, or it can't be told
 */
export function hostInFileName(name: string, readHost: () => string | undefined): string | undefined {
  if (name.includes(SHORTENED)) return readHost();
  try {
    return decodeURIComponent(name);
  } catch {
    // No name of ours.
    return undefined;
  }
}
