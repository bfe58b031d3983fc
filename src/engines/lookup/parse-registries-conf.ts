import type { RegistryTable } from '../../registry/registry-tables.ts';
import { isTomlFault, readToml, type TomlTable, type TomlValue } from './read-toml.ts';
import { type ShortNamesInFile, shortNamesIn, wrongInShortNames } from './short-names.ts';

/** What one registries.conf, or a drop-in of it, says. */
export interface RegistriesConfFile {
  /** Undefined: it does not have the key. */
  readonly helpers: readonly string[] | undefined;
  readonly tables: readonly RegistryTable[];
  readonly shortNames: ShortNamesInFile;
}

/**
 * Reads a registries.conf. What podman, buildah and skopeo refuse is a fault here, too, since they fail for it whatever
 * is to be pulled (containers/image, `sysregistriesv2.loadConfigFile`; seen with podman 4.3).
 * @returns what it says, or what is wrong with it, with the line where one is known
 */
export function parseRegistriesConf(text: string, path: string): RegistriesConfFile | { fault: string } {
  const root = readToml(text);
  if (isTomlFault(root)) return { fault: `${path}:${root.line}: this is no TOML: ${root.what}` };
  const wrong = wrongIn(root) ?? wrongInShortNames(root) ?? oldFormat(root, path);
  if (wrong !== undefined) return { fault: `${path}: ${wrong}` };
  const helpers = root.get('credential-helpers');
  const tables = tablesIn(root).map((table) => registryTable(table, path));
  const odd = tables.find(({ prefix, location }) => prefix === '' || /:\/\//.test(prefix + location));
  if (odd === undefined) {
    const named = helpers === undefined ? undefined : textsIn(helpers);
    return { helpers: named, tables, shortNames: shortNamesIn(root) };
  }
  const why =
    odd.prefix === ''
      ? 'has neither a prefix nor a location'
      : 'has a URL where only a host and a path may stand';
  return { fault: `${path}: a [[registry]] ${why}` };
}

function registryTable(table: TomlTable, path: string): RegistryTable {
  const location = withoutSlash(textIn(table, 'location'));
  return {
    path,
    prefix: withoutSlash(textIn(table, 'prefix')) || location,
    location,
    blocked: table.get('blocked') === true,
    mirrors: listIn(table, 'mirror').map((mirror) => withoutSlash(textIn(mirror, 'location'))),
  };
}

const TEXTS = ['prefix', 'location'];
const FLAGS = ['blocked', 'insecure', 'mirror-by-digest-only'];
const LISTS = ['credential-helpers', 'unqualified-search-registries'];

/** A value of another kind than podman's decoder wants: it gives up on the whole configuration for it. */
function wrongIn(root: TomlTable): string | undefined {
  for (const name of LISTS) {
    const value = root.get(name);
    if (value !== undefined && !isListOfTexts(value)) return `${name} is no list of names in quotes`;
  }
  const registries = root.get('registry');
  if (registries !== undefined && !isListOfTables(registries)) return 'a registry stands below [[registry]]';
  const tables = tablesIn(root);
  for (const table of [...tables, ...tables.flatMap((one) => listIn(one, 'mirror'))]) {
    const text = TEXTS.find((name) => table.has(name) && typeof table.get(name) !== 'string');
    if (text !== undefined) return `${text} is no text in quotes`;
    const flag = FLAGS.find((name) => table.has(name) && typeof table.get(name) !== 'boolean');
    if (flag !== undefined) return `${flag} is neither true nor false`;
  }
  return undefined;
}

/** The format of before 2019 is read in registries.conf itself, up to podman 4. */
function oldFormat(root: TomlTable, path: string): string | undefined {
  const isDropIn = /\.conf\.d[/\\]/.test(path);
  return isDropIn && root.has('registries') ? 'it has the old format, with [registries.…]' : undefined;
}

function tablesIn(root: TomlTable): readonly TomlTable[] {
  return listIn(root, 'registry');
}

function listIn(table: TomlTable, name: string): readonly TomlTable[] {
  const value = table.get(name);
  return value !== undefined && isListOfTables(value) ? value : [];
}

function isListOfTables(value: TomlValue): value is readonly TomlTable[] {
  return Array.isArray(value) && value.every((one) => one instanceof Map);
}

function isListOfTexts(value: TomlValue): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function textsIn(value: TomlValue): readonly string[] {
  return isListOfTexts(value) ? value : [];
}

function textIn(table: TomlTable, name: string): string {
  const value = table.get(name);
  return typeof value === 'string' ? value : '';
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}
