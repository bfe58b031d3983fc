import type { StoredBinding } from './access.ts';
import { CLUSTER_ROLES, SHARED_RESOURCE_VIEWER } from './cluster-roles.ts';
import { clusterBindings, NAMESPACE_BINDINGS } from './default-bindings.ts';
import type { ImageStore } from './image-store.ts';
import { type ClusterRole, newMeta, objectKey, type Role } from './objects.ts';
import { putSampleImage } from './sample-image.ts';
import { type AccountState, openServiceAccount } from './service-accounts.ts';

const NAMESPACES = [
  'alice-ns',
  'bob-ns',
  'default',
  'guest-ns',
  'ocp',
  'openshift',
  'public-ns',
  'openshift-image-registry',
];
const IMAGES = ['alice-ns/private', 'bob-ns/secret', 'guest-ns/open', 'openshift/tools', 'public-ns/public'];
const SERVICE_ACCOUNTS = [
  ['alice-ns', 'puller'],
  ['bob-ns', 'robot'],
] as const;

interface EmptyCluster extends AccountState {
  readonly selfSubjectReviews: boolean;
  readonly roles: Map<string, Role>;
  readonly clusterRoles: Map<string, ClusterRole>;
  readonly bindings: Map<string, StoredBinding>;
  readonly images: ImageStore;
  openUser(name: string): unknown;
  openNamespace(name: string): unknown;
}

/** Fills a new cluster with what every sandbox starts from. */
export function seedCluster(cluster: EmptyCluster, { users }: { readonly users: readonly string[] }): void {
  for (const name of NAMESPACES) cluster.openNamespace(name);
  for (const name of users) cluster.openUser(name);
  for (const [name, rules] of CLUSTER_ROLES) {
    cluster.clusterRoles.set(name, { ...newMeta(cluster, name), rules });
  }
  const role = { ...newMeta(cluster, 'shared-resource-viewer', 'openshift'), rules: SHARED_RESOURCE_VIEWER };
  cluster.roles.set(objectKey(role), role);
  for (const binding of [...clusterBindings(cluster.selfSubjectReviews), ...NAMESPACE_BINDINGS]) {
    cluster.bindings.set(objectKey(binding), { ...newMeta(cluster, binding.name), ...binding });
  }
  for (const [namespace, name] of SERVICE_ACCOUNTS) openServiceAccount(cluster, namespace, name);
  for (const repository of IMAGES) {
    putSampleImage(cluster.images, repository, 'latest', `${repository}\n`);
  }
}
