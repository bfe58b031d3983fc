import type { RegistrySettings } from '../registry/bind-host.ts';
import type { Fix, Reason } from './reason.ts';

/** A kubeconfig's exec plugin, as it is written there. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The kubeconfig's directory. */
  readonly directory: string;
  /** It can't work without a person at a terminal (`interactiveMode: Always`). */
  readonly needsPerson: boolean;
  /** It wants to be told how its cluster is reached (`provideClusterInfo`). */
  readonly wantsCluster: boolean;
  readonly installHint: string | undefined;
}

/** How a kubeconfig user, or a pod's service account, proves itself. */
export type TokenSource =
  | { readonly kind: 'token'; readonly token: ClusterToken }
  | { readonly kind: 'token-file'; readonly path: string }
  | { readonly kind: 'exec'; readonly plugin: ExecPlugin }
  /** Proves itself to the API server only: no registry takes it, but it may mint. */
  | { readonly kind: 'client-certificate' }
  /** Nothing that a registry would take; `reason` says what there is instead and what to do. */
  | { readonly kind: 'none'; readonly reason: Reason };

/** One way to an API server. */
export interface Route {
  /** The API server's URL, normalised. */
  readonly server: string;
  /** The API server's certificate is not verified (`insecure-skip-tls-verify`): its word counts for nothing. */
  readonly insecure: boolean;
  /**
   * Names how the server is reached: its CA, TLS name, proxy and whether it is verified. Equal where all of these are;
   * empty: by the system's roots and the environment's proxy.
   */
  readonly route: string;
}

/** One who can prove itself to one cluster, by the connection of its own context. */
export interface Identity extends Route {
  /** The kubeconfig's user entry; of a pod: its service account. */
  readonly user: string;
  /** The kubeconfig's context; undefined for the in-cluster identity. */
  readonly context: string | undefined;
  /** Where the cluster's namespaced things are looked up first. */
  readonly namespace: string | undefined;
  /** The in-cluster identity of a pod. */
  readonly inCluster: boolean;
  /** Somebody who was named to us with a token for one registry host (`docker login`); of no kubeconfig. */
  readonly isStored?: true;
  readonly source: TokenSource;
}

/** All identities at hand. */
export interface Identities {
  readonly all: readonly Identity[];
  /** The environment's; else the current context's; without a kubeconfig, the in-cluster one. */
  readonly current: Identity | undefined;
  /** The current context's, where the environment's comes before it. */
  readonly currentContext?: Identity | undefined;
  /** The kubeconfig's clusters that no context uses, by name: they tell how a server is reached, and who is there not. */
  readonly unusedClusters?: readonly (Route & { readonly name: string })[];
  /** What kept a kubeconfig, or a part of it, from being read: sentences that name the file. */
  readonly problems: readonly string[];
  /** Why there is no login at all where a person has one, and what fixes that: to log in does not. */
  readonly absence?: Reason | undefined;
  /** What comes before logging in where a login is missing: that, or a kubeconfig that can't be read, nor be written to. */
  readonly remedy?: Fix | undefined;
}

declare const SHOWABLE: unique symbol;

/**
 * A token that may be shown to the API server of its identity's cluster. Nothing else is ever sent there, and nothing but
 * `givenToken` and `typedToken` makes one.
 */
export type ClusterToken = string & { readonly [SHOWABLE]: true };

/** What a kubeconfig, a plugin, a token file, the environment, a kubelet or the cluster itself gave for that very cluster. */
export function givenToken(token: string): ClusterToken {
  return token as ClusterToken;
}

/** Kubernetes' names (RFC 1123): a namespace is a label, an account's name a subdomain. */
const NAMESPACE_AND_NAME =
  /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/;
/** The life that is asked for where the config says nothing: a working day. */
export const DEFAULT_LIFE_SECONDS = 8 * 3600;

/** A service account whose tokens a registry host gets. */
export interface ServiceAccountOrder {
  readonly namespace: string;
  readonly name: string;
  readonly lifeSeconds: number;
  /** Its own token may mint the next one; its life is bound to a Secret of this machine. */
  readonly selfRenew: boolean;
}

/** @returns the namespace and name in `NAMESPACE/NAME`; undefined if the text is not of this form */
export function parseServiceAccount(text: string): { namespace: string; name: string } | undefined {
  const [, namespace, name] = NAMESPACE_AND_NAME.exec(text) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** What is minted for a host, if the config says so. */
export function serviceAccountOrder(settings: RegistrySettings | undefined): ServiceAccountOrder | undefined {
  const account = parseServiceAccount(settings?.serviceAccount ?? '');
  if (account === undefined) return undefined;
  const lifeSeconds = settings?.tokenLifetime ?? DEFAULT_LIFE_SECONDS;
  return { ...account, lifeSeconds, selfRenew: settings?.selfRenew === true };
}
