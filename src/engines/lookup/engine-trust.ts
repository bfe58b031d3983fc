import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { readRegularFile, namesIn as sortedNamesIn } from '../../files/read-regular-file.ts';
import { AppError } from '../../hosts/reason.ts';
import type { RegistryTable } from '../../registry/registry-tables.ts';
import { type EngineEnvironment, expanded } from '../config-files/engine-files.ts';
import { descriptorOf, ENGINES, type Engine, rulesOf } from '../engines.ts';
import type { CertificateRule, Version } from '../rules.ts';
import { readRegistriesConf } from './registries-conf.ts';

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

/**
 * The authorities that any engine of this machine takes for a host besides the system's, by whichever version: who writes
 * them decides whom the engines send a login for that host to.
 * @returns the certificates in PEM, each file's once
 */
export async function engineAuthorities(host: string, here: EngineEnvironment): Promise<readonly string[]> {
  const rules = ENGINES.flatMap((engine) => descriptorOf(engine).rules.flatMap((each) => each.certificates));
  const paths = new Set(placesOf(rules, here).map(({ path }) => posix.join(path, host)));
  const pems = [...paths].map(async (path) => {
    const names = (await namesIn(path)) ?? [];
    const files = names.filter((name) => name.endsWith('.crt')).map((name) => textOf(join(path, name)));
    return (await Promise.all(files)).flatMap((text) => (text === undefined ? [] : [text]));
  });
  return [...new Set((await Promise.all(pems)).flat())];
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

/** Where an engine looks for the authorities of one registry. */
export interface CertificateDirectory {
  readonly path: string;
  /** In the user's home: else it takes root to write there. */
  readonly isOwn: boolean;
}

/**
 * The directories whose `*.crt` an engine adds to the system's roots for a host; the first one that is there counts, and
 * no other.
 * @returns in the engine's order; empty where the engine runs in a machine of its own and they can't be known
 */
export function certificateDirectories(
  engine: Engine,
  host: string,
  environment: EngineEnvironment,
  version?: Version,
): readonly CertificateDirectory[] {
  return placesOf(rulesOf(engine, version).certificates, environment).map(({ path, isOwn }) => ({
    path: posix.join(path, host),
    isOwn,
  }));
}

/** Where an engine's daemon is configured; undefined: it has none, or it is not known where. */
export function daemonConfig(engine: Engine, environment: EngineEnvironment): string | undefined {
  return placesOf(descriptorOf(engine).daemonConfig ?? [], environment)[0]?.path;
}

/** A rootless daemon listens in the user's runtime directory. */
function placesOf(
  rules: readonly CertificateRule[],
  environment: EngineEnvironment,
): readonly CertificateDirectory[] {
  const daemon = /^unix:\/\/\/run\/user\//.test(environment.env.DOCKER_HOST ?? '') ? 'rootless' : 'system';
  return rules
    .filter((rule) => rule.on === environment.platform && (rule.daemon ?? daemon) === daemon)
    .flatMap((rule) => {
      const path = expanded(rule.path, environment);
      return path === undefined ? [] : [{ path, isOwn: /\$(?:CONFIG_)?HOME/.test(rule.path) }];
    });
}

/**
 * A client's certificate is NAME.cert, and its key NAME.key: engines fail where one of them is missing
 * (containers/image, `tlsclientconfig.SetupCertificates`; moby, `registry.ReadCertsDirectory`).
 * @param names what lies in such a directory
 * @returns each that is there alone, and the name of what it lacks
 */
export function halfCertificates(names: readonly string[]): { name: string; lacks: string }[] {
  return names.flatMap((name) => {
    const [, stem, end] = /^(.*)\.(cert|key)$/s.exec(name) ?? [];
    const lacks = `${stem}.${end === 'cert' ? 'key' : 'cert'}`;
    return stem === undefined || names.includes(lacks) ? [] : [{ name, lacks }];
  });
}

/** That an engine does not verify a registry's certificate, and why. */
export interface Unverified {
  readonly because: string;
  readonly isLoopback: boolean;
}

/**
 * Whether a daemon leaves a registry's certificate unverified: it does on loopback, and for `insecure-registries`
 * (moby, `registry.newServiceConfig`; blocks of addresses are not looked at).
 * @param daemonJson the daemon's config; undefined: there is none
 * @returns undefined: it verifies
 */
export function unverifiedByDaemon(host: string, daemonJson: string | undefined): Unverified | undefined {
  const name = host.replace(/:\d+$/, '');
  if (/^127\./.test(name) || name === 'localhost' || name === '[::1]')
    return { because: 'it is on loopback', isLoopback: true };
  return insecureIn(daemonJson).includes(host)
    ? { because: 'its daemon.json lists it under insecure-registries', isLoopback: false }
    : undefined;
}

function insecureIn(daemonJson: string | undefined): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(daemonJson ?? '{}');
    const list = (value as { 'insecure-registries'?: unknown } | null)?.['insecure-registries'];
    return Array.isArray(list) ? list : [];
  } catch {
    // With a config that is no JSON no daemon runs.
    return [];
  }
}

/**
 * Whether a registry's certificate is left unverified by registries.conf: a `[[registry]]` table of the host, or of all of
 * a domain (`*.example.com`), says `insecure = true` (containers/image, `sysregistriesv2`).
 */
export function unverifiedByTables(host: string, tables: readonly RegistryTable[]): Unverified | undefined {
  const isInsecure = tables.some(({ insecure, prefix }) => {
    const [registry = ''] = prefix.split('/', 1);
    return insecure && (registry === host || (registry.startsWith('*.') && host.endsWith(registry.slice(1))));
  });
  return isInsecure ? { because: 'registries.conf says insecure', isLoopback: false } : undefined;
}
