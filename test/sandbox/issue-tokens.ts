import type { Cluster } from './cluster/cluster.ts';
import { addTokenSecret, openServiceAccount } from './cluster/service-accounts.ts';

/** An OAuth token as `oc login` gets it; every part may be left out but the user. */
export interface IssueOAuthTokenOptions {
  /** Created if the cluster does not know the name. `kube:admin` is the bootstrap administrator. */
  readonly user: string;
  /** Default: 86400, a cluster's own default. 0: never ends. */
  readonly lifeSeconds?: number;
  /** Default: `user:full`. */
  readonly scopes?: readonly string[];
  readonly inactivityTimeoutSeconds?: number;
  /** Moves the creation into the past; the token may be dead from the start. */
  readonly createdSecondsAgo?: number;
  /** Default: `openshift-challenging-client`. */
  readonly clientName?: string;
  /** Default: the page that challenged clients are sent to. */
  readonly redirectUri?: string;
}

export interface IssueServiceAccountTokenOptions {
  readonly namespace: string;
  /** Created if the cluster does not know it. */
  readonly name: string;
  /** Default: 3600. `null`: a legacy token without an end. */
  readonly lifeSeconds?: number | null;
  /** Default: the API server's own. */
  readonly audiences?: readonly string[];
}

export interface IssueOidcTokenOptions {
  readonly user: string;
  readonly groups?: readonly string[];
  /** Default: 3600. */
  readonly lifeSeconds?: number;
}

/** Issues an OAuth token and returns its value. */
export function issueOAuthToken(cluster: Cluster, options: IssueOAuthTokenOptions): string {
  const user = cluster.openUser(options.user);
  return cluster.credentials.issueOAuthToken({
    userName: user.name,
    userUid: user.uid,
    lifeSeconds: options.lifeSeconds ?? 86_400,
    scopes: options.scopes ?? ['user:full'],
    inactivityTimeoutSeconds: options.inactivityTimeoutSeconds,
    createdSecondsAgo: options.createdSecondsAgo ?? 0,
    clientName: options.clientName ?? 'openshift-challenging-client',
    redirectUri: options.redirectUri,
    resourceVersion: cluster.nextVersion(),
  }).value;
}

/** Issues a bound token, or a legacy one in a secret of its own. */
export function issueServiceAccountToken(cluster: Cluster, options: IssueServiceAccountTokenOptions): string {
  const { namespace, name, lifeSeconds = 3600, audiences } = options;
  cluster.openNamespace(namespace);
  const account = openServiceAccount(cluster, namespace, name);
  if (lifeSeconds === null) {
    return Buffer.from(addTokenSecret(cluster, account).data.token ?? '', 'base64').toString();
  }
  const restricted = audiences === undefined ? {} : { audiences };
  return cluster.credentials.issueBoundToken({ account, lifeSeconds, ...restricted });
}
