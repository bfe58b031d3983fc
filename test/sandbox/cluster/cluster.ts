import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import {
  type AccessDecision,
  type AccessRequest,
  decideAccess,
  effectiveRules,
  type StoredBinding,
} from './access.ts';
import type { Rule } from './cluster-roles.ts';
import { type Credentials, createCredentials } from './credentials.ts';
import type { Identity } from './identity.ts';
import { createImageStore, type ImageStore } from './image-store.ts';
import type { Mint } from './mint.ts';
import {
  type ClusterRole,
  type Group,
  type Namespace,
  newMeta,
  type Role,
  type Secret,
  type ServiceAccount,
  type User,
} from './objects.ts';
import { seedCluster } from './seed-cluster.ts';
import type { AccountSecrets } from './service-accounts.ts';

/** `qci` is an OpenShift cluster beside OpenShift CI's proxy of quay.io instead of an integrated registry. */
export type ClusterMode = 'openshift' | 'qci' | 'external-oidc' | 'okd-3.11';

export interface ClusterOptions {
  readonly clock: Clock;
  readonly mode: ClusterMode;
  readonly users: readonly string[];
  readonly selfSubjectReviews: boolean;
  readonly validationCacheSeconds: number;
  readonly accountTokenCacheSeconds?: number;
  readonly accountSecrets?: AccountSecrets;
}

/**
 * The state that API server, OAuth server and registry share. Tests may change what is not `readonly` and the
 * maps, which are keyed `namespace/name`, or by name where there is no namespace.
 */
export interface Cluster {
  readonly mode: ClusterMode;
  readonly clock: Clock;
  readonly selfSubjectReviews: boolean;
  readonly accountSecrets: AccountSecrets;
  readonly users: Map<string, User>;
  readonly groups: Map<string, Group>;
  readonly namespaces: Map<string, Namespace>;
  readonly serviceAccounts: Map<string, ServiceAccount>;
  readonly secrets: Map<string, Secret>;
  readonly roles: Map<string, Role>;
  readonly clusterRoles: Map<string, ClusterRole>;
  readonly bindings: Map<string, StoredBinding>;
  readonly images: ImageStore;
  readonly credentials: Credentials;
  /** Every token that TokenRequest handed out, in order. */
  readonly mints: Mint[];
  /** TokenRequest shortens longer lives to this and warns; undefined: it grants what is asked. */
  tokenRequestMaximumSeconds: number | undefined;
  /** oauth-apiserver is down: tokens not seen lately are refused, its API groups answer 503. */
  validationDown: boolean;
  /** The registry's internal name, the same in every cluster of a version. */
  readonly internalRegistryHostname: string;
  /** What the cluster tells as the registry's public host; undefined: it has none. */
  publicRegistryHostname: string | undefined;
  /** The OAuth server's URL, its issuer name; known once its listener has a port. */
  oauthUrl: string;
  /** What each namespace's `kube-root-ca.crt` holds: the authorities of the API and of the routes, in PEM. */
  rootCaPem: string;
  nextVersion(): string;
  /** The User object of that name, created if missing. */
  openUser(name: string): User;
  /** The namespace of that name, created if missing. */
  openNamespace(name: string): Namespace;
  decide(identity: Identity, request: AccessRequest): AccessDecision;
  /** What RBAC lets somebody do in a namespace, or everywhere. */
  rulesIn(identity: Identity, namespace: string | undefined): readonly Rule[];
}

/** A cluster with the namespaces, images, accounts and grants of `seed-cluster.ts`. */
export function createCluster(options: ClusterOptions): Cluster {
  const { clock, mode } = options;
  const old = mode === 'okd-3.11';
  let version = 200;
  const nextVersion = () => String(++version);
  const open = (objects: Map<string, User>, name: string) => {
    const object = objects.get(name) ?? newMeta({ clock, nextVersion }, name);
    objects.set(name, object);
    return object;
  };

  const cluster: Cluster = {
    mode,
    clock,
    selfSubjectReviews: options.selfSubjectReviews,
    accountSecrets: options.accountSecrets ?? defaultAccountSecrets(mode),
    users: new Map(),
    groups: new Map(),
    namespaces: new Map(),
    serviceAccounts: new Map(),
    secrets: new Map(),
    roles: new Map(),
    clusterRoles: new Map(),
    bindings: new Map(),
    images: createImageStore(clock, nextVersion),
    credentials: createCredentials({
      clock,
      userTokens: mode === 'external-oidc' ? 'oidc' : old ? 'opaque' : 'oauth',
      validationCacheSeconds: options.validationCacheSeconds,
      accountTokenCacheSeconds: options.accountTokenCacheSeconds ?? 0,
      validationDown: () => cluster.validationDown,
      userIdentity: (name) => userIdentity(cluster, cluster.openUser(name)),
      serviceAccount: (namespace, name) => cluster.serviceAccounts.get(`${namespace}/${name}`),
      secret: (namespace, name) => cluster.secrets.get(`${namespace}/${name}`),
    }),
    mints: [],
    tokenRequestMaximumSeconds: undefined,
    validationDown: false,
    internalRegistryHostname: old
      ? 'docker-registry.default.svc:5000'
      : 'image-registry.openshift-image-registry.svc:5000',
    publicRegistryHostname: undefined,
    oauthUrl: '',
    rootCaPem: '',
    nextVersion,
    openUser: (name) => open(cluster.users, name),
    openNamespace: (name) => open(cluster.namespaces, name),
    decide: (identity, request) => decideAccess(cluster, identity, request),
    rulesIn: (identity, namespace) => effectiveRules(cluster, identity, namespace),
  };
  seedCluster(cluster, options);
  return cluster;
}

/** As the versions that the modes stand for have them. */
function defaultAccountSecrets(mode: ClusterMode): AccountSecrets {
  if (mode === 'okd-3.11') return 'token-and-dockercfg';
  return mode === 'openshift' ? 'dockercfg' : 'none';
}

/** kube:admin is no User object: its groups and uid come from the bootstrap secret. */
function userIdentity({ groups }: Cluster, user: User): Identity {
  if (user.name === 'kube:admin') {
    const uid = createHash('sha512').update(user.uid).digest('base64url');
    return { name: user.name, uid, groups: ['system:cluster-admins', 'system:authenticated'] };
  }
  const memberOf = [...groups.values()].filter((group) => group.users.includes(user.name));
  return {
    name: user.name,
    uid: user.uid,
    groups: [...memberOf.map((group) => group.name), 'system:authenticated:oauth', 'system:authenticated'],
  };
}
