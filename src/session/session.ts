import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ClusterAccess, createClusterAccess } from '../cluster/cluster-access.ts';
import type { Connection } from '../cluster/connection.ts';
import { kubeconfigPaths } from '../cluster/kubeconfig/parse-kubeconfig.ts';
import { type IdentitiesReading, readIdentities } from '../cluster/kubeconfig/read-identities.ts';
import { systemRoots } from '../cluster/system-roots.ts';
import { broken, type ConfigFile, readConfig, secretPlaceIn, settingsOf } from '../config/read-settings.ts';
import { cacheDirectory, configFile, type Place, stateDirectory, stateLasts } from '../files/directories.ts';
import { createReachability, type ReachabilityStore } from '../files/reachability.ts';
import { readRegularFile } from '../files/read-regular-file.ts';
import { createSources, type Sources } from '../files/sources.ts';
import { type EnvironmentSettings, environmentSettings } from '../hosts/environment-settings.ts';
import type { SettingsReading } from '../hosts/host-facts.ts';
import type { Identity } from '../hosts/identity.ts';
import { once } from '../hosts/once.ts';
import type { SecretStore } from '../hosts/secret-store.ts';
import { createSecretStore } from '../keychain/login-store.ts';
import { moment } from '../process/this-process.ts';
import { isDockerToken } from '../registry/registry-host.ts';
import { logRequest } from './log-events.ts';

/** How long a cluster may take over one request where nobody waits for it. */
const UNHURRIED_REQUEST_MS = 8000;

/** The real files and clusters of one run of the program, each read or asked once. */
export interface Session {
  readonly here: Place;
  readonly cache: string | null;
  readonly state: string | null;
  readonly access: ClusterAccess;
  readonly reachability: ReachabilityStore;
  /** The wall clock. */
  nowMs(): number;
  /** Every file that was looked at so far. */
  readonly sources: Sources;
  config(): Promise<ConfigFile>;
  readonly environment: EnvironmentSettings;
  readSettings(host: string): Promise<SettingsReading>;
  identities(): Promise<IdentitiesReading>;
  /** How to reach an identity's cluster. */
  connectionOf(identity: Identity): Promise<Connection>;
  /** Client certificates that plugins gave during this run, in PEM. */
  readonly certificates: Map<Identity, { readonly cert: string; readonly key: string }>;
  /** Reads a file that answers depend on. @throws AppError naming it; undefined if there is none */
  readTracked(path: string, limit: number): Promise<string | undefined>;
  /** Contexts that were named for this run: their plugins may be run. */
  readonly chosenContexts: Set<string>;
  /** The logins that people stored. */
  readonly secrets: SecretStore;
  /** What is left of the time for requests, in ms. */
  remainingMs(): number;
  waitMs(ms: number): Promise<void>;
  /** What is due is done now, whatever it takes: `renew`. */
  readonly eager: boolean;
  /** A person asked for it: what failed a while ago, in another process, is worth another try. */
  readonly byHand: boolean;
}

/** What a session is for. */
interface SessionOptions {
  /** When its requests must have ended, counted from the start of the process … */
  readonly untilMs?: number;
  /** … or from now. */
  readonly withinMs?: number;
  readonly eager?: boolean;
  readonly byHand?: boolean;
  /** Nobody waits, and the next try is an hour away: a server may take as long to be reached as to answer. */
  readonly patient?: boolean;
  /** Where a pod's service account lies, if not where the kubelet puts it. */
  readonly podDirectory?: string | undefined;
  /** What another session of this run knows of servers that are away. */
  readonly reachability?: ReachabilityStore;
}

/** @returns a session with nothing read yet; without a time, one that makes no request */
export function createSession(here: Place, options: SessionOptions = {}): Session {
  const { eager = false, byHand = false, patient = false, withinMs, podDirectory } = options;
  const deadlineMs = withinMs === undefined ? (options.untilMs ?? 0) : performance.now() + withinMs;
  const nowMs = Date.now;
  const cache = cacheDirectory(here);
  const sinceMs = byHand ? performance.timeOrigin : 0;
  const reachability = options.reachability ?? createReachability(cache, here.uid, nowMs, sinceMs);
  const waitMs = (ms: number): Promise<void> => pause(ms);
  const sources = createSources(nowMs, waitMs);
  const readTracked = async (path: string, limit: number): Promise<string | undefined> => {
    await sources.settle(path);
    return readRegularFile(path, limit);
  };
  const environment = environmentSettings(here.env);
  const remainingMs = () => deadlineMs - performance.now();
  const identities = once(() =>
    readIdentities({
      readRegularFile: readTracked,
      exists: (path) => {
        sources.track(path);
        return existsSync(path);
      },
      kubeconfigPaths: kubeconfigPaths(here),
      env: here.env,
      ...(podDirectory === undefined ? {} : { podDirectory: resolve(podDirectory) }),
    }),
  );
  const config = once(() => readConfig(configFile(here), readTracked));
  const certificates: Session['certificates'] = new Map();
  const connectionOf = async (identity: Identity) => {
    const connection = await (await identities()).connectionOf(identity);
    const clientCertificate = certificates.get(identity);
    return clientCertificate === undefined ? connection : { ...connection, clientCertificate };
  };
  const access = createClusterAccess({
    nowMs,
    remainingMs,
    env: here.env,
    reachability: patient ? { ...reachability, connectLimitMs: () => UNHURRIED_REQUEST_MS } : reachability,
    connectionOf,
    waitMs,
    ...(eager ? { longestRequestMs: UNHURRIED_REQUEST_MS } : {}),
    systemRoots: once(() => systemRoots(here)),
    noteRequest: logRequest,
    authoritiesOf: async (host) =>
      (await import('../engines/lookup/engine-trust.ts')).engineAuthorities(host, here),
  });
  return {
    here,
    cache,
    state: stateDirectory(here),
    access,
    reachability,
    nowMs,
    config,
    environment,
    sources,
    identities,
    connectionOf,
    certificates,
    readTracked,
    chosenContexts: new Set(),
    secrets: secretStore(here, config, remainingMs),
    remainingMs,
    waitMs,
    eager,
    byHand,
    readSettings: async (host) => {
      const given = environment.registries.get(host);
      if (given === undefined) return settingsOf(host, await config());
      const [fault] = environment.problems;
      return { settings: given, problem: fault === undefined ? undefined : broken(fault) };
    },
  };
}

/** The logins that people typed. Docker's own tokens are none of hosts: nobody but docker has a use for them. */
export function secretStore(
  here: Place,
  config: () => Promise<ConfigFile>,
  remainingMs: () => number,
): SecretStore {
  const store = createSecretStore({
    state: stateDirectory(here),
    stateLasts: stateLasts(here),
    uid: here.uid,
    keychain: async () => (await import('../keychain/open-keychain.ts')).openKeychain(here),
    place: async () => secretPlaceIn(await config(), environmentSettings(here.env).secrets),
    configFile: configFile(here),
    now: moment,
    remainingMs,
  });
  return { ...store, list: () => store.list().filter(({ host }) => !isDockerToken(host)) };
}
