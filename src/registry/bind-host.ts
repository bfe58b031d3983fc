import { findInCatalogue } from './catalogue.ts';
import { isClaimable, isInternalName } from './claimable-host.ts';
import { normaliseServerUrl } from './server-url.ts';

/**
 * What the pods of a node get of a registry host, where it says so at all. `own-token`: each its own token, since the
 * registry is of the node's own cluster; `annotated`: those whose service account names it, a token of the account that the
 * host's tokens are minted for; `all`: every pod what the host itself gets.
 */
export const PODS_SETTINGS = ['own-token', 'annotated', 'all'] as const;
export type PodsSetting = (typeof PODS_SETTINGS)[number];

/** What the user's own config says of a registry host. */
export interface RegistrySettings {
  readonly server?: string | undefined;
  readonly user?: string | undefined;
  readonly context?: string | undefined;
  readonly anonymous?: boolean | undefined;
  /** A file that holds the token. */
  readonly tokenFile?: string | undefined;
  /** `NAMESPACE/NAME` of the account that tokens are minted for. */
  readonly serviceAccount?: string | undefined;
  /** The life to ask for, in seconds. */
  readonly tokenLifetime?: number | undefined;
  readonly selfRenew?: boolean | undefined;
  readonly pods?: PodsSetting | undefined;
  /** The user wants whatever identity is current to answer: said by the environment of a CI job. */
  readonly current?: boolean | undefined;
}

/** Why no token can go to a host that is known. */
export type Closed =
  /** Its images moved: where to. */
  | { readonly kind: 'decommissioned'; readonly note: string }
  /** The cluster's API server was never published. */
  | { readonly kind: 'server-not-public'; readonly cluster: string }
  /** The user's config names a server that is not a URL. */
  | { readonly kind: 'server-no-url' };

/** Which cluster's tokens may go to a registry host, as far as it can be told without asking a cluster. */
export type Binding =
  /** To an API server, or to a context by name; and there to one user, if that was said. */
  | {
      readonly kind: 'bound';
      readonly server: string | undefined;
      readonly context: string | undefined;
      readonly user: string | undefined;
      /** The tokens are a service account's, minted by that user's login. */
      readonly isMinted?: true;
      /** The environment said so, and not a config. */
      readonly byEnvironment?: true;
    }
  /** To whatever identity is current. */
  | { readonly kind: 'current' }
  /** To the cluster that this process runs in. */
  | { readonly kind: 'in-cluster' }
  /** The user wants no credential sent there. */
  | { readonly kind: 'anonymous' }
  /** Known, but no token can go there. */
  | { readonly kind: 'closed'; readonly because: Closed }
  /** Only a cluster's own word can bind it. */
  | { readonly kind: 'by-claim' }
  /** A public registry: no cluster's word counts. */
  | { readonly kind: 'foreign' };

/**
 * Decides where a registry host belongs: the user's config, then the catalogue, else a cluster's own word.
 * A name that merely looks alike binds nothing.
 * @param host a normalised registry host
 * @param settings the config's entry for it
 */
export function bindHost(host: string, settings: RegistrySettings | undefined): Binding {
  if (settings?.anonymous === true) return { kind: 'anonymous' };
  if (settings !== undefined && (settings.server !== undefined || settings.context !== undefined)) {
    const server = settings.server === undefined ? undefined : normaliseServerUrl(settings.server);
    // Without a server, and maybe a context, every login would fit.
    if (server === null) return { kind: 'closed', because: { kind: 'server-no-url' } };
    const minted = settings.serviceAccount === undefined ? {} : { isMinted: true as const };
    const bound = {
      kind: 'bound',
      server,
      context: settings.context,
      user: settings.user,
      ...minted,
    } as const;
    return settings.current === true ? { ...bound, byEnvironment: true } : bound;
  }
  if (settings?.current === true) return { kind: 'current' };
  const known = findInCatalogue(host);
  if (known?.decommissioned === true) {
    return { kind: 'closed', because: { kind: 'decommissioned', note: known.note ?? '' } };
  }
  if (known?.server === null) {
    return { kind: 'closed', because: { kind: 'server-not-public', cluster: known.cluster } };
  }
  if (known !== undefined)
    return { kind: 'bound', server: known.server, context: undefined, user: settings?.user };
  if (isInternalName(host)) return { kind: 'in-cluster' };
  return isClaimable(host) ? { kind: 'by-claim' } : { kind: 'foreign' };
}
