import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeProblem } from '../config/config.ts';
import { type ParsedConfig, parseConfig } from '../config/parse-config.ts';
import { AppError, describeError } from '../credential/app-error.ts';
import type { SourceStamp } from '../credential/cached-answer.ts';
import type { SettingsReading } from '../credential/decide-answer.ts';
import type { Identity } from '../credential/identity.ts';
import { type ReadClaimPorts, readClaim } from '../credential/read-claim.ts';
import { type ClusterAccess, createClusterAccess } from '../openshift/cluster-access.ts';
import { discoverRegistryHosts } from '../openshift/discover-registry-hosts.ts';
import { kubeconfigPaths } from '../openshift/kubeconfig-paths.ts';
import { type IdentitiesReading, readIdentities } from '../openshift/read-identities.ts';
import { systemRoots } from '../openshift/system-roots.ts';
import { claimFile, readAllClaims, readClaimFile, saveClaim } from '../storage/claims.ts';
import { cacheDirectory, configFile, type Place, stateDirectory } from '../storage/directories.ts';
import { stampOf } from '../storage/hot-files.ts';
import { createReachability, type ReachabilityStore } from '../storage/reachability.ts';
import { readRegularFile } from '../storage/read-regular-file.ts';

const LARGEST_CONFIG = 1024 * 1024;
const LARGEST_TOKEN = 1024 * 1024;

/** The real files and clusters of one run of the program, each read or asked once. */
export interface Session {
  readonly here: Place;
  readonly cache: string | null;
  readonly state: string | null;
  readonly access: ClusterAccess;
  readonly reachability: ReachabilityStore;
  /** Every file that was looked at so far, as it was before it was read. */
  sources(): SourceStamp[];
  /** Notes a file's state; to be called before it is read. */
  track(path: string): void;
  readSettings(host: string): Promise<SettingsReading>;
  identities(): Promise<IdentitiesReading>;
  readToken(identity: Identity): Promise<string>;
  /** @param mayAsk false: only what clusters said before counts */
  readClaim(host: string, identity: Identity, mayAsk: boolean): ReturnType<typeof readClaim>;
}

/**
 * @param deadlineMs the time by which all requests must have ended, on `performance.now()`'s clock
 */
export function createSession(here: Place, deadlineMs: number): Session {
  const nowMs = Date.now;
  const cache = cacheDirectory(here);
  const reachability = createReachability(cache, here.uid, nowMs);
  const stamps = new Map<string, string | null>();
  const track = (path: string): void => {
    const absolute = resolve(path);
    if (!stamps.has(absolute)) stamps.set(absolute, stampOf(absolute));
  };
  const readTracked = (path: string, limit: number): Promise<string | undefined> => {
    track(path);
    return readRegularFile(path, limit);
  };
  const identities = once(() =>
    readIdentities({
      readRegularFile: readTracked,
      exists: (path) => {
        track(path);
        return existsSync(path);
      },
      kubeconfigPaths: kubeconfigPaths(here),
      env: here.env,
    }),
  );
  const settings = once(() => readConfig(configFile(here), readTracked));
  const connectionOf = async (identity: Identity) => (await identities()).connectionOf(identity);
  const access = createClusterAccess({
    nowMs,
    remainingMs: () => deadlineMs - performance.now(),
    env: here.env,
    reachability,
    connectionOf,
    systemRoots: once(() => systemRoots({ readRegularFile, env: here.env, platform: here.platform })),
  });
  const wordFile = async (identity: Identity) =>
    cache === null ? null : claimFile(cache, identity.server, (await connectionOf(identity)).ca);
  const claimPorts = (token: () => Promise<string>): ReadClaimPorts => ({
    nowMs,
    recallWord: async (identity) => {
      const file = await wordFile(identity);
      return file === null ? undefined : readClaimFile(file, here.uid);
    },
    recallAllWords: async () => (cache === null ? [] : readAllClaims(cache, here.uid)),
    keepWord: async (identity, word) => {
      const file = await wordFile(identity);
      if (file !== null) await saveClaim(file, word, here.uid);
    },
    discover: async (identity, host) => {
      const bearer = await token();
      return discoverRegistryHosts(identity, {
        ask: (path) => access.ask(identity, bearer, path),
        isEnough: (hosts) => hosts.includes(host),
      });
    },
  });
  const readToken = async (identity: Identity): Promise<string> => {
    const { source } = identity;
    if (source.kind === 'token') return source.token;
    if (source.kind === 'none') throw new AppError({ code: 'no-token', message: source.reason });
    const text = (await readTracked(source.path, LARGEST_TOKEN))?.trim();
    if (text !== undefined && /^[\x21-\x7e]+$/.test(text)) return text;
    const fault = text === undefined ? 'is not there' : text === '' ? 'is empty' : 'holds no token';
    throw new AppError({
      code: 'bad-token-file',
      message: `The token file ${source.path} ${fault}`,
      hint: `ls -lL ${source.path}`,
    });
  };
  return {
    here,
    cache,
    state: stateDirectory(here),
    access,
    reachability,
    track,
    sources: () => [...stamps],
    identities,
    readToken,
    readSettings: async (host) => settingsOf(host, await settings()),
    readClaim: (host, identity, mayAsk) => {
      const ports = claimPorts(() => readToken(identity));
      const unasked = async () => ({ hosts: [], answered: false, exhaustive: false });
      const canAsk = mayAsk && identity.source.kind !== 'none';
      return readClaim(host, identity, canAsk ? ports : { ...ports, discover: unasked });
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

async function readConfig(
  path: string | null,
  read: (path: string, limit: number) => Promise<string | undefined>,
): Promise<ParsedConfig | string> {
  if (path === null) return parseConfig('', '');
  try {
    return parseConfig((await read(path, LARGEST_CONFIG)) ?? '', path);
  } catch (error) {
    // Out of reach: whatever it says of a host can't be known.
    if (!(error instanceof AppError)) throw error;
    return describeError(error);
  }
}

function settingsOf(host: string, parsed: ParsedConfig | string): SettingsReading {
  if (typeof parsed === 'string') return { settings: undefined, problem: parsed, warning: undefined };
  const isOwn = (problem: { host?: string }) => parsed.unreadable || problem.host === host;
  const own = parsed.unreadable || parsed.brokenHosts.has(host) ? parsed.problems.find(isOwn) : undefined;
  const elsewhere = parsed.problems.find((problem) => problem.host === undefined);
  return {
    settings: parsed.config.registries.get(host),
    problem: own === undefined ? undefined : describeProblem(own),
    warning: elsewhere === undefined ? undefined : describeProblem(elsewhere),
  };
}
