import type { Connection } from '../../cluster/connection.ts';
import { routeToServer } from '../../hosts/route-to-server.ts';
import { identityAtHand } from '../../hosts/store-and-erase.ts';
import { within } from '../../process/within.ts';
import type { Binding } from '../../registry/bind-host.ts';
import { resolve } from '../../session/facts.ts';
import type { Session } from '../../session/session.ts';

/** The cluster that a host belongs to, as far as it can be told without asking one. */
export interface ClusterPlace {
  readonly server: string | undefined;
  readonly context: string | undefined;
  readonly insecure: boolean;
  readonly connection: Connection | undefined;
  /** It is more than the cluster that would be asked whether the host is its own. */
  readonly isLinked: boolean;
  /** By its own word alone. */
  readonly isByClaim: boolean;
}

/** @returns the cluster that a host belongs to, and how it is reached */
export async function clusterOf(host: string, session: Session): Promise<ClusterPlace> {
  const { identities, connectionOf } = await session.identities();
  const gathered = await resolve(host, session, { mayAsk: false, typed: null, signedOut: false });
  // Only the current context's cluster is asked whether an unknown host is its own.
  const identity = identityAtHand(gathered);
  if (identity !== undefined) {
    const { server, context, insecure } = identity;
    const { own, binding } = gathered.resolution;
    const [isLinked, isByClaim] = [own !== undefined, binding?.kind === 'by-claim'];
    return { server, context, insecure, connection: await connectionOf(identity), isLinked, isByClaim };
  }
  const { binding } = gathered.resolution;
  const server = binding?.kind === 'bound' ? binding.server : undefined;
  const unreached = {
    server,
    context: undefined,
    insecure: false,
    connection: undefined,
    isLinked: true,
    isByClaim: false,
  };
  if (server === undefined) return { ...unreached, isLinked: false };
  const choice = routeToServer(server, identities, binding?.kind === 'bound' ? binding.context : undefined);
  if ('rivals' in choice) return unreached;
  const connection = await connectionOf(choice.route);
  return { ...unreached, insecure: connection.insecure, connection };
}

/** @returns where a host belongs, by its resolution; undefined: what the config says of it can't be relied on */
export async function bindingOf(host: string, session: Session): Promise<Binding | undefined> {
  const { resolution } = await resolve(host, session, { mayAsk: false, typed: null, signedOut: false });
  return resolution.binding;
}

/** All checks wait for this. */
const CLAIM_MS = 1500;

/** @returns whether the current context's cluster calls a host its registry; false where it does not say so in time */
export async function isClaimed(host: string, session: Session): Promise<boolean> {
  const asked = resolve(host, session, { mayAsk: true, typed: null, signedOut: false });
  const gathered = await within(CLAIM_MS, asked, undefined);
  return gathered?.resolution.own !== undefined;
}

/** @returns how the clusters of these hosts are reached, each once; the current context's, too, if it is wanted */
export async function serversOf(
  places: readonly ClusterPlace[],
  withCurrent: boolean,
  session: Session,
): Promise<ReadonlyMap<string, Connection>> {
  const { identities, connectionOf } = await session.identities();
  const { current } = identities;
  const servers = new Map<string, Connection>();
  for (const { server, connection } of places) {
    if (server !== undefined && connection !== undefined) servers.set(server, connection);
  }
  if (withCurrent && current !== undefined && !servers.has(current.server)) {
    servers.set(current.server, await connectionOf(current));
  }
  return servers;
}
