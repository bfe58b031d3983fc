import { parse, TomlError } from 'smol-toml';
import { parseImageReference, shortNameIn } from '../../registry/image-reference.ts';
import type { Mirror, RegistryTable } from '../../registry/registry-tables.ts';
import type { ShortNames } from '../engine-state.ts';

/** What one registries.conf, or a drop-in of it, says. */
export interface RegistriesConfFile {
  /** Undefined: it does not have the key. */
  readonly helpers: readonly string[] | undefined;
  readonly tables: readonly RegistryTable[];
  readonly shortNames: ShortNamesInFile;
}

/** What one of these files says of names without a registry. */
export interface ShortNamesInFile {
  /** By the short name; an empty image takes the alias of an earlier file away. */
  readonly aliases: readonly (readonly [name: string, image: string])[];
  /** Undefined: it does not have the key. */
  readonly search: readonly string[] | undefined;
  /** Undefined: it does not say. */
  readonly mode: ShortNames['mode'] | undefined;
}

const MODES: readonly ShortNames['mode'][] = ['enforcing', 'permissive', 'disabled'];
const TEXTS = ['prefix', 'location', 'pull-from-mirror'];
const FLAGS = ['blocked', 'insecure', 'mirror-by-digest-only'];
const LISTS = ['credential-helpers', 'unqualified-search-registries'];

/**
 * Reads a registries.conf, or the file of aliases that podman writes. What podman, buildah and skopeo refuse is a fault
 * here, too, since they fail for it whatever is to be pulled (containers/image, `sysregistriesv2.loadConfigFile`,
 * `postProcessRegistries`, `newShortNameAliasCache`, `parseShortNameMode`; seen with podman 4.3).
 * @returns what it says, or what is wrong with it, with the line where one is known
 */
export function parseRegistriesConf(text: string, path: string): RegistriesConfFile | { fault: string } {
  const read = readToml(text);
  if (!('table' in read)) return { fault: `${path}:${read.line}: this is not TOML: ${read.what}` };
  const root = read.table;
  const wrong =
    wrongKind(root) ??
    wrongShortName(root) ??
    oldFormat(root, path) ??
    tablesIn(root).map(wrongTable).find(Boolean);
  if (wrong !== undefined) return { fault: `${path}: ${wrong}` };
  const helpers = root['credential-helpers'];
  return {
    helpers: isListOfTexts(helpers) ? helpers : undefined,
    tables: tablesIn(root).map((table) => registryTable(table, path)),
    shortNames: shortNamesIn(root),
  };
}

function registryTable(table: TomlTable, path: string): RegistryTable {
  const location = nameIn(table, 'location');
  return {
    path,
    prefix: nameIn(table, 'prefix') || location,
    location,
    blocked: table.blocked === true,
    insecure: table.insecure === true,
    mirrors: listIn(table, 'mirror').map((mirror) => ({
      location: nameIn(mirror, 'location'),
      pulls: table['mirror-by-digest-only'] === true ? 'digest-only' : (pullsOf(mirror) ?? 'all'),
    })),
  };
}

const PULLS: readonly Mirror['pulls'][] = ['all', 'digest-only', 'tag-only'];

/** @returns undefined: it does not say, or nothing that there is */
function pullsOf(mirror: TomlTable): Mirror['pulls'] | undefined {
  return PULLS.find((pulls) => pulls === mirror['pull-from-mirror']);
}

/** A value of another kind than podman's decoder wants: it gives up on the whole configuration for it. */
function wrongKind(root: TomlTable): string | undefined {
  const list = LISTS.find((name) => name in root && !isListOfTexts(root[name]));
  if (list !== undefined) return `${list} is not a list of names in quotes`;
  if ('registry' in root && !isListOfTables(root.registry)) return 'a registry stands below [[registry]]';
  const tables = tablesIn(root);
  for (const table of [...tables, ...tables.flatMap((one) => listIn(one, 'mirror'))]) {
    const text = TEXTS.find((name) => name in table && typeof table[name] !== 'string');
    if (text !== undefined) return `${text} is not text in quotes`;
    const flag = FLAGS.find((name) => name in table && typeof table[name] !== 'boolean');
    if (flag !== undefined) return `${flag} is neither true nor false`;
  }
  return undefined;
}

function wrongTable(table: TomlTable): string | undefined {
  const [prefix, location] = [nameIn(table, 'prefix'), nameIn(table, 'location')];
  if (prefix === '' && location === '') return 'a [[registry]] has neither a prefix nor a location';
  if (/:\/\//.test(prefix + location))
    return 'a [[registry]] has a URL where only a host and a path may stand';
  if ('pull-from-mirror' in table && table['pull-from-mirror'] !== '')
    return 'a [[registry]] has pull-from-mirror, which is for a mirror alone';
  for (const mirror of listIn(table, 'mirror')) {
    if (nameIn(mirror, 'location') === '') return 'a [[registry.mirror]] has no location';
    const pulls = mirror['pull-from-mirror'] ?? '';
    if (pulls !== '' && table['mirror-by-digest-only'] === true)
      return 'a [[registry]] has mirror-by-digest-only, and a mirror of it pull-from-mirror';
    if (pulls !== '' && pullsOf(mirror) === undefined)
      return `pull-from-mirror must be one of ${PULLS.join(', ')}`;
  }
  return undefined;
}

/** The format of before 2019 is read in registries.conf itself, up to podman 4. */
function oldFormat(root: TomlTable, path: string): string | undefined {
  const isDropIn = /\.conf\.d[/\\]/.test(path);
  return isDropIn && 'registries' in root ? 'it has the old format, with [registries.…]' : undefined;
}

function wrongShortName(root: TomlTable): string | undefined {
  if ('aliases' in root && !isTable(root.aliases)) return 'aliases is not a table';
  for (const [name, image] of aliasesIn(root)) {
    if (typeof image !== 'string') return `the alias of "${name}" is not text in quotes`;
    if (shortNameIn(name) !== name)
      return `the alias "${name}" is not an image's name without registry and tag`;
    const meant = parseImageReference(image);
    const isNamed = meant !== undefined && meant.tag === undefined && meant.digest === undefined;
    if (image !== '' && (!isNamed || shortNameIn(image) !== undefined))
      return `the alias of "${name}" is not an image's name with a registry and without a tag`;
  }
  const mode = root['short-name-mode'] ?? '';
  if (mode !== '' && !MODES.some((one) => one === mode))
    return `short-name-mode must be one of ${MODES.join(', ')}`;
  const odd = shortNamesIn(root).search?.find((registry) => registry.includes('/'));
  return odd === undefined
    ? undefined
    : `unqualified-search-registries has "${odd}", which is not a bare host`;
}

function shortNamesIn(root: TomlTable): ShortNamesInFile {
  const search = root['unqualified-search-registries'];
  return {
    aliases: aliasesIn(root).flatMap(([name, image]) => (typeof image === 'string' ? [[name, image]] : [])),
    search: isListOfTexts(search) ? search.map(withoutEndSlash) : undefined,
    mode: MODES.find((mode) => mode === root['short-name-mode']),
  };
}

function aliasesIn({ aliases }: TomlTable): readonly (readonly [string, unknown])[] {
  return isTable(aliases) ? Object.entries(aliases) : [];
}

function tablesIn(root: TomlTable): readonly TomlTable[] {
  return listIn(root, 'registry');
}

function listIn(table: TomlTable, name: string): readonly TomlTable[] {
  const value = table[name];
  return isListOfTables(value) ? value : [];
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function isListOfTables(value: unknown): value is readonly TomlTable[] {
  return Array.isArray(value) && value.every(isTable);
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** A host, and a path, without a slash at its end. */
function nameIn(table: TomlTable, name: string): string {
  const value = table[name];
  return typeof value === 'string' ? withoutEndSlash(value) : '';
}

function withoutEndSlash(name: string): string {
  return name.replace(/(?<!\/)\/+$/, '');
}

/** Why a text is not TOML to engines; `line` counts from 1. */
interface TomlFault {
  readonly line: number;
  readonly what: string;
}

/** A table: what each key stands for. */
type TomlTable = Readonly<Record<string, unknown>>;

/**
 * Reads TOML as engines do: up to podman 5.8 their parser (BurntSushi/toml) has TOML 1.0, and the one used here TOML 1.1,
 * whose additions are faults. Two differences stay: a date that the calendar does not have is taken for one, and a table
 * that dotted keys have made can't be opened again.
 */
function readToml(text: string): { readonly table: TomlTable } | TomlFault {
  try {
    const table = parse(text, { integersAsBigInt: true });
    const fault = additionIn(text);
    return fault ?? { table };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The library's words come first, and then lines of the file.
    const [what = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n', 1);
    return { line: lastLine(text, error.line), what };
  }
}

/** A fault at the end of the text is one of its last line that says something. */
function lastLine(text: string, line: number): number {
  return Math.min(line, text.trimEnd().split('\n').length);
}

/** What TOML 1.1 allows and 1.0 does not: line breaks and last commas in inline tables, `\e`, `\x41`, times without seconds. */
function additionIn(text: string): TomlFault | undefined {
  const stack: string[] = [];
  let previous = '';
  let line = 1;
  const tokens =
    /"""(?:[^\\]|\\.)*?"{3,5}|'''.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|\d\d:\d\d(?::\d\d)?|[[\]{},\n]|[^\s[\]{},"'#]+/gs;
  for (const [token] of text.matchAll(tokens)) {
    const fault = (what: string) => ({ line, what });
    if (token === '[' || token === '{') stack.push(token);
    else if (token === '}' && previous === ',') return fault('a comma ends an inline table');
    else if (token === '\n' && stack.at(-1) === '{') return fault('a line ends in an inline table');
    else if (token === ']' || token === '}') stack.pop();
    else if (/^\d\d:\d\d$/.test(token)) return fault('a time has no seconds');
    else if (/^"(?:[^\\]|\\[^ex])*\\[ex]/s.test(token)) return fault('a text has an escape that is none');
    line += token.split('\n').length - 1;
    if (token !== '\n' && !token.startsWith('#')) previous = token;
  }
  return undefined;
}
