import { clusterDisplayName } from '../registry/catalogue.ts';
import type { Identities, Identity, Route } from './identity.ts';
import { isPlainName } from './login-command.ts';
import { nameInSentence, shellQuoted } from './quoting.ts';
import { errorOf, type Reason } from './reason.ts';

/** A route, and how a person finds the entry that it is of. */
interface NamedRoute extends Route {
  readonly entry: string;
  /** The context to choose, where it is a context's. */
  readonly context?: string | undefined;
}

/** Two entries that differ, and of which none comes first. */
type Rivals = readonly [NamedRoute, NamedRoute];

/** The way to a server, or two that it can't be told of which is meant. */
export type RouteChoice = { readonly route: Route } | { readonly rivals: Rivals };

/**
 * How a server is reached for whoever has no context of their own: a login that was typed, a token file, a person who is
 * about to log in.
 * @param context the context that the config names for it, if it does
 * @returns that context's connection; else the current context's, if it is of that server; else the one of the entries for
 *   it, verified ones first; without any entry: by the system's roots and the environment's proxy
 */
export function routeToServer(server: string, identities: Identities, context?: string): RouteChoice {
  const { all, current, currentContext, unusedClusters = [] } = identities;
  const named = all.find((identity) => context !== undefined && identity.context === context);
  const chosen = [named, current, currentContext].find((identity) => identity?.server === server);
  if (chosen !== undefined) return { route: routeOf(chosen) };
  const ways = [
    ...all.filter((identity) => identity.server === server).map(ofContext),
    ...unusedClusters
      .filter((cluster) => cluster.server === server)
      .map((cluster) => ({ ...cluster, entry: `cluster ${nameInSentence(cluster.name)}` })),
  ];
  const found = onlyRoute(ways);
  if (found === undefined) return { route: { server, insecure: false, route: '' } };
  return 'rivals' in found ? found : { route: routeOf(found) };
}

/**
 * Which of several logins of one user to one server is meant, where none is current: they are one if they are reached alike.
 */
export function onlyReached(
  first: Identity,
  others: readonly Identity[],
): { readonly identity: Identity } | { readonly rivals: Rivals } {
  const ways = [first, ...others].map((identity) => ({ ...ofContext(identity), identity }));
  return onlyRoute(ways) ?? { identity: first };
}

/** @returns the first of those that are verified, if they do not differ; else of all; undefined: there is none */
function onlyRoute<R extends NamedRoute>(ways: readonly R[]): R | { readonly rivals: Rivals } | undefined {
  const verified = ways.filter(({ insecure }) => !insecure);
  const [first, ...others] = verified.length > 0 ? verified : ways;
  const other = others.find(({ route }) => route !== first?.route);
  if (first === undefined || other === undefined) return first;
  return { rivals: [first, other] };
}

function ofContext({ server, insecure, route, context, inCluster }: Identity): NamedRoute {
  const entry =
    context === undefined
      ? inCluster
        ? "the pod's own"
        : "the environment's own"
      : `context ${nameInSentence(context)}`;
  return { server, insecure, route, entry, context };
}

function routeOf({ server, insecure, route }: Route): Route {
  return { server, insecure, route };
}

/** Why nobody can tell how a server is to be reached, and what decides it. */
export function ambiguousRoute(server: string, [one, other]: Rivals): Reason {
  const context = one.context ?? other.context;
  return {
    code: 'ambiguous-route',
    why:
      `Two entries of your kubeconfig reach ${clusterDisplayName(server)} in different ways, ${one.entry} and ${other.entry} ` +
      '(certificate authority, proxy or TLS name), and neither is current',
    fix:
      context === undefined || !isPlainName(context)
        ? { do: 'Take one of the two out of it.' }
        : { run: `oc config use-context ${shellQuoted(context)}` },
  };
}

/** The same, where there has to be one. @throws AppError naming two entries that differ */
export function theRouteTo(server: string, identities: Identities, context?: string): Route {
  const choice = routeToServer(server, identities, context);
  if ('rivals' in choice) throw errorOf(ambiguousRoute(server, choice.rivals));
  return choice.route;
}
