/** An image, as engines understand the name that was typed. */
export interface ImageReference {
  /** The registry, as it was typed: what engines look credentials up by. `docker.io` where none was typed. */
  readonly registry: string;
  /** All between the registry and the tag: `namespace/name`; `library/` is put before a bare name of docker.io. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:…` */
  readonly digest: string | undefined;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = `${COMPONENT}(?:/${COMPONENT})*`;
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
/** Of Docker Hub with the `library/` that need not be written. */
const LONGEST_REPOSITORY = 255;
const REGISTRY = /^(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::\d+)?$/;

/**
 * Reads an image's name as docker and podman do (distribution/reference, `ParseNormalizedNamed`): what stands before the
 * first slash is a registry if it has a dot, a colon or an upper-case letter, or is `localhost`.
 * @param text `HOST[:PORT]/NAMESPACE/NAME[:TAG][@DIGEST]`, with or without `docker://` before it
 * @returns undefined if it is not an image's name
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const name = text.trim().replace(/^docker:\/\//, '');
  const [registry, rest] = splitRegistry(name);
  const pattern = new RegExp(`^(${REPOSITORY})(?::(${TAG}))?(?:@(${DIGEST}))?$`);
  const [, path, tag, digest] = pattern.exec(rest) ?? [];
  if (path === undefined || !isDigest(digest)) return undefined;
  // 64 hexadecimal digits alone are an image's id.
  if (registry === undefined && /^[0-9a-f]{64}$/.test(rest)) return undefined;
  const isHub = registry === undefined || registry === 'docker.io' || registry === 'index.docker.io';
  const repository = isHub && !path.includes('/') ? `library/${path}` : path;
  if (repository.length > LONGEST_REPOSITORY) return undefined;
  if (isHub) return { registry: 'docker.io', repository, tag, digest };
  return REGISTRY.test(registry) ? { registry, repository, tag, digest } : undefined;
}

/**
 * @param text what `parseImageReference` takes for an image
 * @returns its name without a tag, if no registry was typed: docker takes Docker Hub for it, podman looks for one; undefined
 *   if one was, or `docker://`, which stands for Docker Hub, too (containers/image, `docker.ParseReference`)
 */
export function shortNameIn(text: string): string | undefined {
  const name = text.trim();
  if (name.startsWith('docker://')) return undefined;
  const [registry, rest] = splitRegistry(name);
  return registry === undefined ? withoutTag(rest) : undefined;
}

function withoutTag(name: string): string {
  const bare = name.split('@', 1)[0] ?? '';
  const colon = bare.lastIndexOf(':');
  return colon > bare.lastIndexOf('/') ? bare.slice(0, colon) : bare;
}

/**
 * @param text what `parseImageReference` takes for no image
 * @returns why it is none, where that can be told, as a part of a sentence
 */
export function whyNoImage(text: string): string | undefined {
  const name = text.trim().replace(/^docker:\/\//, '');
  if (name.includes('://')) return undefined;
  const [registry, rest] = splitRegistry(name);
  const [, path = '', tag, digest] = /^([^:@]*)(?::([^@]*))?(?:@(.*))?$/s.exec(rest) ?? [];
  if (registry === undefined && !rest.includes(':') && !rest.includes('@') && !rest.includes('/'))
    return undefined;
  if (/[A-Z]/.test(path)) return 'its name is in lower case, but for the tag';
  if (!isDigest(digest)) return 'what follows the "@" is not a digest (sha256: and 64 hexadecimal digits)';
  if (tag !== undefined && !new RegExp(`^${TAG}$`).test(tag))
    return 'what follows the last colon is not a tag';
  if (path === '') return 'nothing stands between the registry and the tag';
  if (path.length > LONGEST_REPOSITORY) return `its name is longer than ${LONGEST_REPOSITORY} characters`;
  return undefined;
}

/** Of none there is nothing to say. */
function isDigest(text: string | undefined): boolean {
  if (text === undefined) return true;
  return text.startsWith('sha256:')
    ? /^sha256:[\da-f]{64}$/.test(text)
    : new RegExp(`^${DIGEST}$`).test(text);
}

function splitRegistry(name: string): [registry: string | undefined, rest: string] {
  const slash = name.indexOf('/');
  const first = name.slice(0, slash);
  const isRegistry = slash !== -1 && (/[.:A-Z]/.test(first) || first === 'localhost');
  return isRegistry ? [first, name.slice(slash + 1)] : [undefined, name];
}

/** @returns the reference as one would type it, in full */
export function imageInWords({ registry, repository, tag, digest }: ImageReference): string {
  const version = digest === undefined ? (tag === undefined ? '' : `:${tag}`) : `@${digest}`;
  return `${registry}/${repository}${version}`;
}
