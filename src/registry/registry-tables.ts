/** A `[[registry]]` of podman's registries.conf. */
export interface RegistryTable {
  /** The file that it stands in. */
  readonly path: string;
  /** Which images it is for: those whose name is or begins with it; `*.DOMAIN` stands for all hosts of a domain. */
  readonly prefix: string;
  /** What is asked in the prefix's place; empty: the very same. */
  readonly location: string;
  readonly blocked: boolean;
  /** Its certificate is not verified. */
  readonly insecure: boolean;
  /** What is asked before, in this order; what one does not give is asked of the next. */
  readonly mirrors: readonly Mirror[];
}

/** A `[[registry.mirror]]`. */
export interface Mirror {
  /** What is asked in the prefix's place. */
  readonly location: string;
  /** Which images it is asked for: those that are named by a digest, those that are not, or all. */
  readonly pulls: 'all' | 'digest-only' | 'tag-only';
}

/**
 * The `[[registry]]` that counts for an image: the one with the longest prefix (containers/image,
 * `sysregistriesv2.findRegistryWithParsedConfig`).
 * @param name `HOST[:PORT]/NAMESPACE/NAME`, or less of it from the end
 */
export function tableFor(name: string, tables: readonly RegistryTable[]): RegistryTable | undefined {
  let longest: { table: RegistryTable; length: number } | undefined;
  for (const table of tables) {
    const length = matchedLength(name, table.prefix);
    if (length !== undefined && length > (longest?.length ?? 0)) longest = { table, length };
  }
  return longest?.table;
}

/** @returns the name that is asked for instead of an image's own (`sysregistriesv2`, `Endpoint.rewriteReference`) */
export function rewritten(
  name: string,
  { prefix, location }: Pick<RegistryTable, 'prefix' | 'location'>,
): string {
  const length = matchedLength(name, prefix);
  return location === '' || length === undefined ? name : location + name.slice(length);
}

/** How much of a name a prefix stands for; undefined: it is not for it. `*.DOMAIN` stands for a whole host. */
function matchedLength(name: string, prefix: string): number | undefined {
  if (prefix.startsWith('*.')) {
    const host = (name.split('/', 1)[0] ?? '').replace(/:\d+$/, '');
    return host.endsWith(prefix.slice(1)) ? host.length : undefined;
  }
  if (!name.startsWith(prefix)) return undefined;
  return name.length === prefix.length || /[/:@]/.test(name.charAt(prefix.length))
    ? prefix.length
    : undefined;
}
