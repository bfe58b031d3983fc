import { type Binding, bindHost, type RegistrySettings } from '../registry/bind-host.ts';
import { clusterDisplayName } from '../registry/catalogue.ts';
import { type ClusterToken, typedToken } from './cluster-token.ts';
import type { DecidePorts } from './decide-answer.ts';
import type { Identities, Identity, Route } from './identity.ts';
import { AppError, type Reason } from './reason.ts';
import { ambiguousRoute, routeToServer } from './route-to-server.ts';
import type { StoredLogin } from './secret-store.ts';
import { logInAgain } from './token-words.ts';

/** Whose a login is that a person typed for a host. */
export type ClusterOfStored =
  /** The cluster's with this API server, which checks it: if it can be a token of it, see `typedToken`. */
  | {
      readonly kind: 'cluster';
      readonly route: Route;
      readonly identities: Identities;
      /** The host is the cluster's by its own word alone, which was proved. */
      readonly isClaimed: boolean;
    }
  /** The cluster's with this API server, which nobody can tell how to reach. */
  | { readonly kind: 'unreached'; readonly server: string; readonly reason: Reason }
  /** No cluster's, as far as is known now: its registry judges it. */
  | { readonly kind: 'none' }
  /** A cluster's that can't be told. */
  | { readonly kind: 'unknown' }
  /** Another cluster's than the host is linked to now: it is sent nowhere. */
  | { readonly kind: 'another'; readonly reason: Reason };

/**
 * What the config, the catalogue and the record say of it; no cluster is asked.
 * @param host a normalised registry host
 */
export async function boundClusterOfStored(
  host: string,
  stored: Pick<StoredLogin, 'boundTo' | 'username'>,
  settings: RegistrySettings | undefined,
  ports: Pick<DecidePorts, 'readIdentities'>,
): Promise<ClusterOfStored> {
  const binding = bindHost(host, settings);
  const isBound = binding.kind === 'bound' || binding.kind === 'current' || binding.kind === 'in-cluster';
  const { boundTo } = stored;
  if (!isBound && (binding.kind !== 'by-claim' || boundTo === undefined)) return { kind: 'none' };
  const identities = await ports.readIdentities();
  const server = isBound ? boundServer(binding, identities) : boundTo;
  if (server === undefined) return { kind: 'unknown' };
  if (server === null) return { kind: 'none' };
  if (boundTo === undefined || boundTo === server) {
    const context = binding.kind === 'bound' ? binding.context : undefined;
    const choice = routeToServer(server, identities, context);
    if ('rivals' in choice) {
      return { kind: 'unreached', server, reason: ambiguousRoute(server, choice.rivals) };
    }
    return { kind: 'cluster', route: choice.route, identities, isClaimed: !isBound };
  }
  const [before, now] = [clusterDisplayName(boundTo), clusterDisplayName(server)];
  const why = `${storedLoginInWords(host, stored)} is for ${before}, and the host is linked to ${now} now`;
  return { kind: 'another', reason: { code: 'typed-for-another', why, fix: logInAgain(host) } };
}

export interface ProofPorts
  extends Pick<
    DecidePorts,
    'readIdentities' | 'readClaim' | 'obtainToken' | 'fingerprintOf' | 'isSignedOut'
  > {
  /**
   * Whether a registry takes a cluster's token for what it is. It is reached as any host is, by the system's roots and the
   * environment's proxy: what a kubeconfig says of the cluster proves nothing about somebody else's name.
   */
  registryTakes(host: string, token: ClusterToken): Promise<boolean>;
}

/** The same, where nothing but a cluster's own word can tell: the current one is asked, or remembered. */
export async function clusterOfStored(
  host: string,
  secret: string,
  settings: RegistrySettings | undefined,
  known: ClusterOfStored,
  ports: ProofPorts,
): Promise<ClusterOfStored> {
  if (known.kind !== 'none' || bindHost(host, settings).kind !== 'by-claim') return known;
  // It may have been out of reach, or nobody logged in to it, when the login was typed.
  const identities = await ports.readIdentities();
  const { current } = identities;
  if (current === undefined || current.insecure) return known;
  if (typedToken(secret, current.server, identities) === undefined) return known;
  const { claimed, rivals } = await ports.readClaim(host, current);
  if (!claimed || rivals.length > 0 || !(await takesTokensOf(current, host, ports))) return known;
  const { server, insecure, route } = current;
  return { kind: 'cluster', route: { server, insecure, route }, identities, isClaimed: true };
}

/**
 * Whether a registry takes the current login's own token. A login that was typed for it should not go to whichever cluster
 * a person is logged in to, and that calls any host its own: only the registry of a cluster takes its tokens.
 */
async function takesTokensOf(current: Identity, host: string, ports: ProofPorts): Promise<boolean> {
  if (current.source.kind === 'none' || current.source.kind === 'client-certificate') return false;
  try {
    const { token } = await ports.obtainToken(host, current, undefined, undefined);
    if (await ports.isSignedOut(host, ports.fingerprintOf(token))) return false;
    return await ports.registryTakes(host, token);
  } catch (error) {
    // Who has no token proves nothing; a defect is told.
    if (!(error instanceof AppError)) throw error;
    return false;
  }
}

/** @returns `The login of robot stored for registry.example.com` */
export function storedLoginInWords(host: string, { username }: Pick<StoredLogin, 'username'>): string {
  return `The login of ${username} stored for ${host}`;
}

/** @returns null: to none; undefined: it can't be told */
function boundServer(
  binding: Extract<Binding, { kind: 'bound' | 'current' | 'in-cluster' }>,
  { all, current }: Identities,
): string | null | undefined {
  switch (binding.kind) {
    case 'bound':
      return binding.server ?? all.find(({ context }) => context === binding.context)?.server;
    case 'current':
      return current?.server;
    case 'in-cluster':
      return all.find(({ inCluster }) => inCluster)?.server ?? null;
  }
}
