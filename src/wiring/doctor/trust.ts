import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contact, EngineTrust } from '../../commands/doctor/network-state.ts';
import type { Engine } from '../../engines/engines.ts';
import { rulesOf } from '../../engines/engines.ts';
import { readRegistriesConf } from '../../engines/lookup/registries-conf.ts';
import {
  certificateDirectories,
  daemonConfig,
  halfCertificates,
  unverifiedByDaemon,
  unverifiedByTables,
} from '../../engines/lookup/trust.ts';
import type { Version } from '../../engines/rules.ts';
import type { Place } from '../../files/directories.ts';
import { namesIn as sortedNamesIn } from '../../files/names-in.ts';
import { readRegularFile } from '../../files/read-regular-file.ts';
import { AppError } from '../../hosts/reason.ts';

const LARGEST_FILE = 1024 * 1024;

/**
 * What an engine makes of a registry's certificate.
 * @param named the registry of which registries.conf says where it is, and whether its certificate counts
 * @param ask asks the registry, trusting the system's roots and these authorities, in PEM
 * @param version of the engine
 * @returns undefined where the engine's files can't be known
 */
export async function engineTrust(
  engine: Engine,
  { host, named }: { readonly host: string; readonly named: string },
  here: Place,
  ask: (authorities: readonly string[]) => Promise<Contact>,
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
  const read = await Promise.all(paths.map(async (path) => ({ path, text: await textOf(path) })));
  const files = read.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
  return {
    contact: await ask(files.map(({ text }) => text)),
    directory: chosen.path,
    needsRoot: !chosen.isOwn && here.uid !== 0,
    files: files.map(({ path }) => path),
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
  here: Place,
): Promise<EngineTrust['unverified']> {
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
