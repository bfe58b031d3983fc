import { posix } from 'node:path';
import { AppError } from '../../hosts/reason.ts';
import { FILES_AS_HELPER } from '../../registry/engine-names.ts';
import type { RegistryTable } from '../../registry/registry-tables.ts';
import { readEngineFile } from '../config-files/engine-file-on-disk.ts';
import { type EngineEnvironment, expanded } from '../config-files/engine-files.ts';
import type { EngineVersions, RegistriesConf, ShortNames } from '../engine-state.ts';
import { ENGINES, rulesOf } from '../engines.ts';
import type { EngineRules, PathTemplate } from '../rules.ts';
import { parseRegistriesConf, type ShortNamesInFile } from './parse-registries-conf.ts';

/** @returns the names in a directory, sorted; empty if it is not there or closed to this user */
type NamesIn = (directory: string) => readonly string[];
type TextOf = (path: string) => Promise<string | null>;

/**
 * Whom podman, buildah and skopeo ask for credentials, and which registries they ask instead of others. The last file
 * that has `credential-helpers` wins as a whole, and an empty list stands for the files alone; of tables with one prefix
 * in several files the last one wins (containers/image, `sysregistriesv2`).
 * @param versions whose rules count: of the first engine that is known to be there and reads the file, else the newest
 * @param textOf what a file holds; null: there is none
 */
export async function readRegistriesConf(
  environment: EngineEnvironment,
  namesIn: NamesIn,
  versions: EngineVersions = {},
  textOf: TextOf = textOnDisk,
): Promise<RegistriesConf> {
  const readers = ENGINES.filter((engine) => rulesOf(engine).registriesConf !== undefined);
  const reader = readers.find((engine) => versions[engine] !== undefined) ?? 'podman';
  const rules = rulesOf(reader, versions[reader]);
  const naming: { path: string; helpers: readonly string[] }[] = [];
  const broken: { path: string; fault: string }[] = [];
  const tables = new Map<string, RegistryTable>();
  const shortNames: (ShortNamesInFile & { path: string })[] = [];
  for (const path of await registriesConfPaths(environment, { namesIn, textOf }, rules)) {
    const file = parseRegistriesConf((await textOf(path)) ?? '', path);
    if ('fault' in file) {
      broken.push({ path, fault: file.fault });
      continue;
    }
    if (file.helpers !== undefined) naming.push({ path, helpers: file.helpers });
    // Of one file, the first of a prefix counts.
    for (const table of file.tables.toReversed()) tables.set(table.prefix, table);
    shortNames.push({ path, ...file.shortNames });
  }
  const own = aliasesFile(environment);
  const asked = own === undefined ? undefined : { path: own, text: await textOf(own) };
  const unsaid = environment.platform === 'linux' ? undefined : IN_MACHINE;
  const winner = naming.pop();
  return {
    helpers: winner === undefined || winner.helpers.length === 0 ? [FILES_AS_HELPER] : winner.helpers,
    path: winner?.path,
    overridden: naming,
    broken,
    tables: [...tables.values()],
    shortNames: joinedShortNames(shortNames, asked, unsaid),
  };
}

/** Those of a vendor, of the machine, of root or of others on it, of one user: each counts after the one before. */
const DROP_INS_6: readonly PathTemplate[] = [
  ...['/usr/share/containers', '/etc/containers'].flatMap((directory) => [
    `${directory}/registries.conf.d`,
    `${directory}/registries.$ROOTMODE.conf.d`,
    `${directory}/registries.$ROOTMODE.conf.d/$ROOTLESS_UID`,
  ]),
  '$CONFIG_HOME/containers/registries.conf.d',
];
const FILES_6: readonly PathTemplate[] = [
  '$CONFIG_HOME/containers/registries.conf',
  '/etc/containers/registries.conf',
  '/usr/share/containers/registries.conf',
];

/** @returns registries.conf and its drop-ins, in the engine's order */
async function registriesConfPaths(
  environment: EngineEnvironment,
  { namesIn, textOf }: { readonly namesIn: NamesIn; readonly textOf: TextOf },
  rules: Pick<EngineRules, 'registriesConf' | 'registriesConfVariables'>,
): Promise<readonly string[]> {
  const { env, platform } = environment;
  if (platform === 'win32') return [];
  const chosen = rules.registriesConfVariables.map((name) => env[name]).find((path) => path);
  const pathOf = (template: PathTemplate) => expanded(template, environment) ?? [];
  const dropInsOf = (directory: string) =>
    namesIn(directory)
      .filter((name) => name.endsWith('.conf'))
      .map((name) => posix.join(directory, name));
  if (rules.registriesConf === 'all sorted by name') {
    // It counts after all others.
    const last = [env.CONTAINERS_REGISTRIES_CONF_OVERRIDE ?? ''].filter((path) => path !== '');
    if (chosen !== undefined) return [chosen, ...last];
    const found: string[] = [];
    for (const path of FILES_6.flatMap(pathOf))
      if (found.length === 0 && (await textOf(path)) !== null) found.push(path);
    const byName = new Map(
      DROP_INS_6.flatMap(pathOf)
        .flatMap(dropInsOf)
        .map((path) => [posix.basename(path), path]),
    );
    const dropIns = [...byName].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, path]) => path);
    return [...found, ...dropIns, ...last];
  }
  const [userFile] = ['$HOME/.config/containers/registries.conf'].flatMap(pathOf);
  const isUsers = chosen === undefined && userFile !== undefined && (await textOf(userFile)) !== null;
  // A user's file counts instead of the machine's, and shuts its drop-ins out.
  const system = isUsers ? [] : ['/etc/containers/registries.conf.d'];
  const directories = [...system, ...['$HOME/.config/containers/registries.conf.d'].flatMap(pathOf)];
  const file = chosen ?? (isUsers ? userFile : '/etc/containers/registries.conf');
  return [file, ...directories.flatMap(dropInsOf)];
}

/** What podman's machine, in which it runs elsewhere than on Linux, is made with (containers/podman, `pkg/machine`). */
const IN_MACHINE = { registries: ['docker.io'], path: "the registries.conf of podman's machine" };

/** Where podman notes which registry a user chose (containers/image, `sysregistriesv2.shortNameAliasesConfPath`). */
function aliasesFile(environment: EngineEnvironment): string | undefined {
  if (environment.platform !== 'linux') return undefined;
  if (environment.uid === 0) return '/var/cache/containers/short-name-aliases.conf';
  return expanded('$CACHE_HOME/containers/short-name-aliases.conf', environment);
}

/**
 * Puts the files together: of aliases of one name the last one counts, and of lists and modes the last one as a whole
 * (`sysregistriesv2`, `parsedConfig.updateWithConfigurationFrom`).
 * @param files in the engine's order
 * @param own what podman itself wrote down after it had asked; it counts before all others (`ResolveShortNameAlias`)
 * @param unsaid where it looks if no file says so
 */
export function joinedShortNames(
  files: readonly (ShortNamesInFile & { readonly path: string })[],
  own: { readonly path: string; readonly text: string | null } | undefined,
  unsaid: ShortNames['search'],
): ShortNames {
  const noted = own === undefined || own.text === null ? undefined : parseRegistriesConf(own.text, own.path);
  const last =
    own === undefined || noted === undefined || 'fault' in noted
      ? []
      : [{ ...noted.shortNames, path: own.path }];
  const aliases = new Map<string, { readonly image: string; readonly path: string }>();
  for (const { aliases: named, path } of [...files, ...last]) {
    for (const [name, image] of named) aliases.set(name, { image, path });
  }
  const search = files.findLast((file) => file.search !== undefined);
  return {
    aliases: new Map([...aliases].filter(([, { image }]) => image !== '')),
    search: search?.search === undefined ? unsaid : { registries: search.search, path: search.path },
    mode: files.findLast(({ mode }) => mode !== undefined)?.mode ?? 'permissive',
    fault: noted !== undefined && 'fault' in noted ? noted.fault : undefined,
  };
}

async function textOnDisk(path: string): Promise<string | null> {
  try {
    return (await readEngineFile(path)).text;
  } catch (error) {
    // Out of reach for us: the engine runs as the same user and tells it itself.
    if (error instanceof AppError) return null;
    throw error;
  }
}
