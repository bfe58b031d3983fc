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
const LONGEST_REPOSITORY = 255;

/**
 * Reads an image's name as docker and podman do (distribution/reference, `ParseNormalizedNamed`): what stands before the
 * first slash is a registry if it has a dot, a colon or an upper-case letter, or is `localhost`.
 * @param text `HOST[:PORT]/NAMESPACE/NAME[:TAG][@DIGEST]`, with or without `docker://` before it
 * @returns undefined if it is no image's name
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const name = text.trim().replace(/^docker:\/\//, '');
  const [registry, rest] = splitRegistry(name);
  const pattern = new RegExp(`^(${REPOSITORY})(?::(${TAG}))?(?:@(${DIGEST}))?$`);
  const [, path, tag, digest] = pattern.exec(rest) ?? [];
  if (path === undefined || path.length > LONGEST_REPOSITORY) return undefined;
  // 64 hexadecimal digits alone are an image's id.
  if (registry === undefined && /^[0-9a-f]{64}$/.test(rest)) return undefined;
  if (registry === undefined || registry === 'docker.io' || registry === 'index.docker.io') {
    return { registry: 'docker.io', repository: path.includes('/') ? path : `library/${path}`, tag, digest };
  }
  return /^[A-Za-z0-9[][A-Za-z0-9.:[\]-]*$/.test(registry)
    ? { registry, repository: path, tag, digest }
    : undefined;
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
