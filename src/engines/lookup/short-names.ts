import { parseImageReference, shortNameIn } from '../../registry/image-reference.ts';
import type { ShortNames } from '../engine-state.ts';
import { isTomlFault, readToml, type TomlTable, type TomlValue } from './read-toml.ts';

/** What one registries.conf, or a drop-in of it, says of names without a registry. */
export interface ShortNamesInFile {
  /** By the short name; an empty image takes the alias of an earlier file away. */
  readonly aliases: readonly (readonly [name: string, image: string])[];
  /** Undefined: it does not have the key. */
  readonly search: readonly string[] | undefined;
  /** Undefined: it does not say. */
  readonly mode: ShortNames['mode'] | undefined;
}

const MODES: readonly ShortNames['mode'][] = ['enforcing', 'permissive', 'disabled'];

/** @returns what is said of names without a registry, in a file in which nothing is wrong */
export function shortNamesIn(root: TomlTable): ShortNamesInFile {
  const search = root.get('unqualified-search-registries');
  return {
    aliases: aliasesIn(root).flatMap(([name, image]) =>
      typeof image === 'string' ? [[name, image] as const] : [],
    ),
    search: Array.isArray(search) ? search.map((one) => String(one).replace(/\/+$/, '')) : undefined,
    mode: MODES.find((mode) => mode === root.get('short-name-mode')),
  };
}

/**
 * @returns what podman refuses of it (containers/image, `sysregistriesv2.newShortNameAliasCache`, `parseShortNameMode`,
 *   `V2RegistriesConf.postProcessRegistries`; seen with podman 4.3)
 */
export function wrongInShortNames(root: TomlTable): string | undefined {
  const aliases = root.get('aliases');
  if (aliases !== undefined && !(aliases instanceof Map)) return 'aliases is no table';
  for (const [name, image] of aliasesIn(root)) {
    if (typeof image !== 'string') return `the alias of "${name}" is no text in quotes`;
    if (shortNameIn(name) !== name) return `the alias "${name}" is no image's name without registry and tag`;
    const meant = image === '' ? undefined : parseImageReference(image);
    const isNamed = meant?.tag === undefined && meant?.digest === undefined && meant !== undefined;
    if (image !== '' && (!isNamed || shortNameIn(image) !== undefined)) {
      return `the alias of "${name}" is no image's name with a registry and without a tag`;
    }
  }
  const mode = root.get('short-name-mode') ?? '';
  if (mode !== '' && !MODES.some((one) => one === mode))
    return `short-name-mode is none of ${MODES.join(', ')}`;
  const odd = shortNamesIn(root).search?.find((registry) => registry.includes('/'));
  return odd === undefined ? undefined : `unqualified-search-registries has "${odd}", which is no host alone`;
}

function aliasesIn(root: TomlTable): readonly (readonly [string, TomlValue])[] {
  const aliases = root.get('aliases');
  return aliases instanceof Map ? [...aliases] : [];
}

/**
 * Puts the files together: of aliases of one name the last one counts, and of lists and modes the last one as a whole
 * (`sysregistriesv2`, `parsedConfig.updateWithConfigurationFrom`).
 * @param files in podman's order
 * @param own what podman itself wrote down after it had asked; it counts before all others (`ResolveShortNameAlias`)
 * @param unsaid where it looks if no file says so
 */
export function joinedShortNames(
  files: readonly (ShortNamesInFile & { readonly path: string })[],
  own: { readonly path: string; readonly text: string | null } | undefined,
  unsaid: ShortNames['search'],
): ShortNames {
  const root = own === undefined || own.text === null ? undefined : readToml(own.text);
  const said = root === undefined || isTomlFault(root) ? undefined : root;
  const wrong = root !== undefined && isTomlFault(root) ? root.what : said && wrongInShortNames(said);
  const aliases = new Map<string, { readonly image: string; readonly path: string }>();
  const last = own === undefined || said === undefined ? [] : [{ ...shortNamesIn(said), path: own.path }];
  for (const { aliases: named, path } of [...files, ...last]) {
    for (const [name, image] of named) aliases.set(name, { image, path });
  }
  const search = files.findLast((file) => file.search !== undefined);
  return {
    aliases: new Map([...aliases].filter(([, { image }]) => image !== '')),
    search: search?.search === undefined ? unsaid : { registries: search.search, path: search.path },
    mode: files.findLast(({ mode }) => mode !== undefined)?.mode ?? 'permissive',
    fault: wrong === undefined ? undefined : `${own?.path}: ${wrong}`,
  };
}
