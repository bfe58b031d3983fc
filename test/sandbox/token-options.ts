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
