import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { type AccessDecision, type AccessRequest, type Binding, decideAccess } from './access.ts';
import { type Credentials, createCredentials } from './credentials.ts';
import { clusterBindings, NAMESPACE_BINDINGS } from './default-bindings.ts';
import type { Identity } from './identity.ts';
import { createImageStore, type ImageStore } from './image-store.ts';
import { putSampleImage } from './sample-image.ts';
import type { ServiceAccount } from './service-account-tokens.ts';

/** `qci` is an OpenShift cluster beside OpenShift CI's proxy of quay.io instead of an integrated registry. */
export type ClusterMode = 'openshift' | 'qci' | 'external-oidc' | 'okd-3.11';

/** A User object. */
export interface User {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdMs: number;
}

export interface Namespace {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdMs: number;
}

export interface ClusterOptions {
  readonly clock: Clock;
  readonly mode: ClusterMode;
  readonly users: readonly string[];
  readonly selfSubjectReviews: boolean;
  readonly validationCacheSeconds: number;
}

/** The state that API server, OAuth server and registry share. Tests may change what is not `readonly`. */
export interface Cluster {
  readonly mode: ClusterMode;
  readonly clock: Clock;
  readonly selfSubjectReviews: boolean;
  readonly users: Map<string, User>;
  readonly namespaces: Map<string, Namespace>;
  /** Keyed `namespace/name`. */
  readonly serviceAccounts: Map<string, ServiceAccount>;
  readonly bindings: Binding[];
  readonly images: ImageStore;
  readonly credentials: Credentials;
  /** oauth-apiserver is down: tokens not seen lately are refused, its API groups answer 503. */
  validationDown: boolean;
  /** The registry's internal name, the same in every cluster of a version. */
  readonly internalRegistryHostname: string;
  /** What the cluster tells as the registry's public host; undefined: it has none. */
  publicRegistryHostname: string | undefined;
  /** The OAuth server's URL, its issuer name; known once its listener has a port. */
  oauthUrl: string;
  nextVersion(): string;
  /** The User object of that name, created if missing. */
  openUser(name: string): User;
  decide(identity: Identity, request: AccessRequest): AccessDecision;
}

const NAMESPACES = ['alice-ns', 'bob-ns', 'default', 'guest-ns', 'ocp', 'openshift', 'public-ns'];
const IMAGES = ['alice-ns/private', 'bob-ns/secret', 'guest-ns/open', 'openshift/tools', 'public-ns/public'];

/** A cluster with the namespaces, images, accounts and grants that `default-bindings.ts` describes. */
export function createCluster(options: ClusterOptions): Cluster {
  const { clock, mode } = options;
  const old = mode === 'okd-3.11';
  let version = 200;
  const nextVersion = () => String(++version);
  const users = new Map<string, User>();
  const serviceAccounts = new Map<string, ServiceAccount>();
  const bindings = [...clusterBindings(options.selfSubjectReviews), ...NAMESPACE_BINDINGS];
  const object = (name: string) => ({
    name,
    uid: randomUUID(),
    resourceVersion: nextVersion(),
    createdMs: clock.nowMs(),
  });

  const cluster: Cluster = {
    mode,
    clock,
    selfSubjectReviews: options.selfSubjectReviews,
    users,
    namespaces: new Map(
      [...NAMESPACES, 'openshift-image-registry'].map((name) => [name, object(name)] as const),
    ),
    serviceAccounts,
    bindings,
    images: createImageStore(clock, nextVersion),
    credentials: createCredentials({
      clock,
      userTokens: mode === 'external-oidc' ? 'oidc' : old ? 'opaque' : 'oauth',
      validationCacheSeconds: options.validationCacheSeconds,
      validationDown: () => cluster.validationDown,
      userIdentity: (name) => userIdentity(cluster.openUser(name)),
      serviceAccount: (namespace, name) => serviceAccounts.get(`${namespace}/${name}`),
    }),
    validationDown: false,
    internalRegistryHostname: old
      ? 'docker-registry.default.svc:5000'
      : 'image-registry.openshift-image-registry.svc:5000',
    publicRegistryHostname: undefined,
    oauthUrl: '',
    nextVersion,
    openUser(name) {
      const user = users.get(name) ?? object(name);
      users.set(name, user);
      return user;
    },
    decide: (identity, request) => decideAccess(bindings, identity, request),
  };
  for (const name of options.users) cluster.openUser(name);
  for (const [namespace, name] of [
    ['alice-ns', 'puller'],
    ['bob-ns', 'robot'],
  ] as const) {
    serviceAccounts.set(`${namespace}/${name}`, { namespace, name, uid: randomUUID() });
  }
  for (const repository of IMAGES) {
    putSampleImage(cluster.images, repository, 'latest', `${repository}\n`);
  }
  return cluster;
}

/** kube:admin is no User object: its groups and uid come from the bootstrap secret. */
function userIdentity(user: User): Identity {
  if (user.name === 'kube:admin') {
    const uid = createHash('sha512').update(user.uid).digest('base64url');
    return { name: user.name, uid, groups: ['system:cluster-admins', 'system:authenticated'] };
  }
  return {
    name: user.name,
    uid: user.uid,
    groups: ['system:authenticated:oauth', 'system:authenticated'],
  };
}
