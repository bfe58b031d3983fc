/** One rule of a Role. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Whom a RoleBinding means. Service accounts have a namespace, users and groups an API group. */
export interface Subject {
  readonly kind: 'ServiceAccount' | 'User' | 'Group';
  readonly name: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

/** What a RoleBinding grants. It cannot be changed once the binding exists. */
export interface RoleRef {
  readonly apiGroup: string;
  readonly kind: 'Role' | 'ClusterRole';
  readonly name: string;
}

/** An object as the Kubernetes API takes it, with the fields that the kinds below have. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: ObjectKind;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly type?: string;
  readonly rules?: readonly PolicyRule[];
  readonly roleRef?: RoleRef;
  readonly subjects?: readonly Subject[];
  readonly users?: readonly string[];
}

export type ObjectKind = 'Namespace' | 'ServiceAccount' | 'Secret' | 'Role' | 'RoleBinding' | 'Group';

/** Name of the API group of roles and their bindings. */
export const RBAC_GROUP = 'rbac.authorization.k8s.io';

const PLACES: Readonly<Record<ObjectKind, { api: string; resource: string }>> = {
  Namespace: { api: '/api/v1', resource: 'namespaces' },
  ServiceAccount: { api: '/api/v1', resource: 'serviceaccounts' },
  Secret: { api: '/api/v1', resource: 'secrets' },
  Role: { api: `/apis/${RBAC_GROUP}/v1`, resource: 'roles' },
  RoleBinding: { api: `/apis/${RBAC_GROUP}/v1`, resource: 'rolebindings' },
  Group: { api: '/apis/user.openshift.io/v1', resource: 'groups' },
};

/** @returns the API's paths: where objects of this kind are created, and this very object */
export function objectPaths({ kind, metadata }: KubernetesObject): { collection: string; item: string } {
  const { api, resource } = PLACES[kind];
  const within = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const collection = `${api}${within}/${resource}`;
  return { collection, item: `${collection}/${encodeURIComponent(metadata.name)}` };
}

/** @returns the object in words: `RoleBinding NAME in namespace NS` */
export function nameObject({ kind, metadata }: KubernetesObject): string {
  const where = metadata.namespace === undefined ? '' : ` in namespace ${metadata.namespace}`;
  return `${kind} ${metadata.name}${where}`;
}

/** @returns the command that deletes the object */
export function deleteCommand({ kind, metadata }: KubernetesObject): string {
  const where = metadata.namespace === undefined ? '' : ` -n ${metadata.namespace}`;
  return `oc delete ${kind.toLowerCase()} ${metadata.name}${where}`;
}

/** @returns what the object is there for, in one sentence for whoever has to approve it */
export function explainObject(object: KubernetesObject): string {
  const { kind, metadata, rules, roleRef, subjects, users } = object;
  switch (kind) {
    case 'Namespace':
      return 'Where the service account lives.';
    case 'ServiceAccount':
      return 'The robot whose tokens the registry is shown.';
    case 'Secret':
      return 'Empty. Tokens bound to it die when it is deleted.';
    case 'Role':
      return `Allows ${(rules ?? []).map(explainRule).join(', and ')}.`;
    case 'RoleBinding':
      return (
        `Gives ${(subjects ?? []).map(explainSubject).join(', ')} ` +
        `the ${roleRef?.kind} ${roleRef?.name} in namespace ${metadata.namespace}.`
      );
    case 'Group':
      return `Its members: ${(users ?? []).join(', ')}.`;
  }
}

function explainRule({ verbs, resources, resourceNames }: PolicyRule): string {
  const names = resourceNames === undefined ? '' : ` of ${resourceNames.join(', ')}`;
  return `${verbs.join(', ')} ${resources.join(', ')}${names}`;
}

function explainSubject({ kind, name, namespace }: Subject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
