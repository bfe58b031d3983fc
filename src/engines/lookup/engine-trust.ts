import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile, namesIn as sortedNamesIn } from '../../files/read-regular-file.ts';
import { AppError } from '../../hosts/reason.ts';
import type { EngineEnvironment } from '../config-files/engine-files.ts';
import { type Engine, rulesOf } from '../engines.ts';
import type { Version } from '../rules.ts';
import { readRegistriesConf } from './registries-conf.ts';
import {
  certificateDirectories,
  daemonConfig,
  halfCertificates,
  type Unverified,
  unverifiedByDaemon,
  unverifiedByTables,
} from './trust.ts';

/** What an engine goes by for a registry's certificate, besides the system's roots. */
export interface EngineTrust {
  /** Where it looks for authorities of this host. */
  readonly directory: string;
  /** It takes root to write there, and the user is another. */
  readonly needsRoot: boolean;
  /** What lies there and counts, with what is in it. */
  readonly authorities: readonly { readonly path: string; readonly pem: string }[];
  /** The engine does not verify this host's certificate, and why. */
  readonly unverified: Unverified | undefined;
  /** Halves of client certificates: NAME.cert without NAME.key, or the other way round. */
  readonly halves: readonly { readonly path: string; readonly lacks: string }[];
}

const LARGEST_FILE = 1024 * 1024;

/**
 * What an engine goes by for a registry's certificate.
 * @param named the registry of which registries.conf says where it is, and whether its certificate counts
 * @param version of the engine
 * @returns undefined where the engine's files can't be known
 */
export async function readEngineTrust(
  engine: Engine,
  { host, named }: { readonly host: string; readonly named: string },
  here: EngineEnvironment,
  version: Version | undefined,
): Promise<EngineTrust | undefined> {
  const directories = certificateDirectories(engine, host, here, version);
  const looked = await Promise.all(
    directories.map(async (directory) => ({ ...directory, names: await namesIn(directory.path) })),
  );
  // One that is there counts, and no other; where none is, root writes for all and others for themselves.
  const there = looked.find(({ names }) => names !== undefined);
  const chosen = there ?? looked.find(({ isOwn }) => isOwn === (here.uid !== 0)) ?? looked[0];
  if (chosen === undefined) return undefined;
  const paths = (chosen.names ?? [])
    .filter((name) => name.endsWith('.crt'))
    .map((name) => join(chosen.path, name));
  const read = await Promise.all(paths.map(async (path) => ({ path, pem: await textOf(path) })));
  return {
    directory: chosen.path,
    needsRoot: !chosen.isOwn && here.uid !== 0,
    authorities: read.flatMap(({ path, pem }) => (pem === undefined ? [] : [{ path, pem }])),
    unverified: await unverifiedBy(engine, version, named, here),
    halves: halfCertificates(chosen.names ?? []).map(({ name, lacks }) => ({
      path: join(chosen.path, name),
      lacks: join(chosen.path, lacks),
    })),
  };
}

async function unverifiedBy(
  engine: Engine,
  version: Version | undefined,
  host: string,
  here: EngineEnvironment,
): Promise<Unverified | undefined> {
  if (rulesOf(engine, version).registriesConf !== undefined)
    return unverifiedByTables(
      host,
      (await readRegistriesConf(here, sortedNamesIn, { [engine]: version })).tables,
    );
  const daemonFile = daemonConfig(engine, here);
  return unverifiedByDaemon(host, daemonFile === undefined ? undefined : await textOf(daemonFile));
}

/** The names in a directory, sorted; undefined if it is not there, or closed to this user. */
async function namesIn(path: string): Promise<readonly string[] | undefined> {
  try {
    return (await readdir(path)).sort();
  } catch {
    // An engine that is the same user can't read it either; docker's daemon is root, and what it sees is not known.
    return undefined;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readRegularFile(path, LARGEST_FILE);
  } catch (error) {
    // Out of reach for us: what it says is not known.
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}
