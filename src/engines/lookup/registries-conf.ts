import { posix } from 'node:path';

import { FILES_AS_HELPER } from '../../hosts/helper-names.ts';
import { AppError } from '../../hosts/reason.ts';
import type { RegistryTable } from '../../registry/registry-tables.ts';
import type { EngineEnvironment } from '../config-files/engine-files.ts';
import { readEngineFile } from '../config-files/read-engine-file.ts';
import type { RegistriesConf } from '../engine-state.ts';
import { parseRegistriesConf } from './parse-registries-conf.ts';
import { joinedShortNames, type ShortNamesInFile } from './short-names.ts';

export interface RegistriesConfPorts {
  /** The names in a directory, sorted; empty if it is not there or closed to this user. */
  namesIn(directory: string): readonly string[] | Promise<readonly string[]>;
}

/**
 * Whom podman asks for credentials, and which registries it asks instead of others. Source: containers/image
 * `sysregistriesv2`: `~/.config/containers/registries.conf` counts instead of the system's, then also without the
 * system's drop-ins; the user's drop-ins come last, each directory by name. The last file that has `credential-helpers`
 * wins as a whole, and an empty list stands for the files alone; of tables with one prefix the last one wins.
 */
export async function readRegistriesConf(
  environment: EngineEnvironment,
  ports: RegistriesConfPorts,
): Promise<RegistriesConf> {
  const naming: { path: string; helpers: readonly string[] }[] = [];
  const broken: { path: string; fault: string }[] = [];
  const tables = new Map<string, RegistryTable>();
  const shortNames: (ShortNamesInFile & { path: string })[] = [];
  for (const path of await registriesConfPaths(environment, ports)) {
    const said = parseRegistriesConf((await textOf(path)) ?? '', path);
    if ('fault' in said) {
      broken.push({ path, fault: said.fault });
      continue;
    }
    if (said.helpers !== undefined) naming.push({ path, helpers: said.helpers });
    for (const table of said.tables) tables.set(table.prefix, table);
    shortNames.push({ path, ...said.shortNames });
  }
  const own = aliasesFile(environment);
  const asked = own === undefined ? undefined : { path: own, text: await textOf(own) };
  const unsaid = environment.platform === 'linux' ? undefined : IN_MACHINE;
  const rest = {
    broken,
    tables: [...tables.values()],
    shortNames: joinedShortNames(shortNames, asked, unsaid),
  };
  const winner = naming.pop();
  if (winner === undefined) return { helpers: [FILES_AS_HELPER], path: undefined, overridden: [], ...rest };
  const { path, helpers } = winner;
  return { helpers: helpers.length === 0 ? [FILES_AS_HELPER] : helpers, path, overridden: naming, ...rest };
}

/** @returns registries.conf and its drop-ins, in podman's order */
export async function registriesConfPaths(
  environment: EngineEnvironment,
  ports: RegistriesConfPorts,
): Promise<string[]> {
  const { env, platform } = environment;
  if (platform === 'win32') return [];
  const inHome = (name: string) =>
    env.HOME === undefined || env.HOME === '' ? undefined : posix.join(env.HOME, '.config/containers', name);
  const userFile = inHome('registries.conf');
  const chosen = env.CONTAINERS_REGISTRIES_CONF || undefined;
  const isUsers = chosen === undefined && userFile !== undefined && (await textOf(userFile)) !== null;
  const file = chosen ?? (isUsers ? userFile : '/etc/containers/registries.conf');
  const directories = isUsers
    ? [inHome('registries.conf.d')]
    : ['/etc/containers/registries.conf.d', inHome('registries.conf.d')];
  const dropIns: string[] = [];
  for (const directory of directories) {
    const names = directory === undefined ? [] : await ports.namesIn(directory);
    for (const name of names) if (name.endsWith('.conf')) dropIns.push(posix.join(directory ?? '', name));
  }
  return [file, ...dropIns];
}

/** What podman's machine, in which it runs elsewhere than on Linux, is made with (containers/podman, `pkg/machine`). */
const IN_MACHINE = { registries: ['docker.io'], path: "the registries.conf of podman's machine" };

/** Where podman notes which registry a user chose (containers/image, `sysregistriesv2.shortNameAliasesConfPath`). */
function aliasesFile({ env, platform, uid }: EngineEnvironment): string | undefined {
  if (platform !== 'linux') return undefined;
  if (uid === 0) return '/var/cache/containers/short-name-aliases.conf';
  const cache = env.XDG_CACHE_HOME || (env.HOME ? posix.join(env.HOME, '.cache') : undefined);
  return cache === undefined ? undefined : posix.join(cache, 'containers/short-name-aliases.conf');
}

async function textOf(path: string): Promise<string | null> {
  try {
    return (await readEngineFile(path)).text;
  } catch (error) {
    // Out of reach for us: podman runs as the same user and tells it itself.
    if (error instanceof AppError) return null;
    throw error;
  }
}
