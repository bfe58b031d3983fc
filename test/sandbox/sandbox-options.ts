import type { Clock } from './clock.ts';
import type { ClusterMode } from './cluster/cluster.ts';
import type { AccountSecrets } from './cluster/service-accounts.ts';
import type { IdentityProviderOptions } from './oauth/identity-providers.ts';
import type { OAuthClientOptions } from './oauth/oauth-clients.ts';

/** What a sandbox is to be; everything has a default. */
export interface SandboxOptions {
  /** Default: openshift. */
  readonly mode?: ClusterMode;
  readonly clock?: Clock;
  /** Default: alice and bob. Others come into being with their first token. */
  readonly users?: readonly string[];
  /** More names that the certificates are valid for, besides localhost, 127.0.0.1, ::1 and the addresses. */
  readonly registryHostNames?: readonly string[];
  /** What the cluster tells as its public registry host; default the listener's; `null`: not exposed. */
  readonly publicHostname?: string | null;
  /** Where to listen; default 127.0.0.1 and any free port. */
  readonly apiAddress?: string;
  readonly apiPort?: number;
  readonly oauthAddress?: string;
  readonly oauthPort?: number;
  readonly registryAddress?: string;
  readonly registryPort?: number;
  /** Whether SelfSubjectReview is served; default: as the mode's real clusters do (4.14 and later: yes). */
  readonly selfSubjectReviews?: boolean;
  /** How long a dead OAuth token is still accepted after a validation. Default 0; real servers: 120. */
  readonly validationCacheSeconds?: number;
  /** How long a service account's token is accepted after its last look-up. Default 0; real servers: 10. */
  readonly accountTokenCacheSeconds?: number;
  /** Which secrets service accounts come with; default: as in the mode's real clusters, `openshift` before 4.16. */
  readonly accountSecrets?: AccountSecrets;
  /** TokenRequest grants no more than this; can be changed later at `cluster`. */
  readonly tokenRequestMaximumSeconds?: number;
  /** Where people log in; default: `htpasswd`, with the password `NAME-password` for each of `users`. */
  readonly identityProviders?: readonly IdentityProviderOptions[];
  /** Adds the bootstrap administrator's provider: user `kubeadmin`, password `kubeadmin-password`. */
  readonly kubeAdmin?: boolean;
  /** OAuth clients besides the built-in ones, or changes to those: token life, approval. */
  readonly oauthClients?: readonly OAuthClientOptions[];
  /** How long a login lasts; default 86400, as a cluster's own default. 0: never ends. */
  readonly tokenLifeSeconds?: number;
  /** Gives registry and OAuth server an authority of their own, as ingress and API have on real clusters. */
  readonly separateIngressAuthority?: boolean;
}
