import { createHash } from 'node:crypto';
import { shellQuoted } from '../hosts/quoting.ts';
import type { Fix } from '../hosts/reason.ts';

/** What an account may do with images: OpenShift's own cluster roles. */
export type ImageRole = 'system:image-puller' | 'registry-viewer' | 'registry-editor';

/** An object as the Kubernetes API takes it, with the fields that the kinds below have. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: 'Namespace' | 'ServiceAccount' | 'Secret' | 'Role' | 'RoleBinding' | 'Group' | 'CronJob';
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly type?: string;
  /** Of a Secret. */
  readonly stringData?: Readonly<Record<string, string>>;
  /** Of a CronJob. */
  readonly spec?: object;
  readonly rules?: readonly PolicyRule[];
  /** What a RoleBinding grants. It cannot be changed once the binding exists. */
  readonly roleRef?: {
    readonly apiGroup: string;
    readonly kind: 'Role' | 'ClusterRole';
    readonly name: string;
  };
  readonly subjects?: readonly Subject[];
  readonly users?: readonly string[];
}

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

export interface ServiceAccountOptions {
  readonly namespace: string;
  readonly name: string;
  readonly role: ImageRole;
  /** Where its images are. */
  readonly imageNamespaces: readonly string[];
  /** Whether the account may request its own tokens. */
  readonly selfRenew: boolean;
  /** With `selfRenew`: the machines whose Secret is made, so that each can be revoked. */
  readonly machines: readonly string[];
  readonly admins?: Admins;
}

/** Who looks after the service account. */
export interface Admins {
  readonly group: string;
  /** Users of the Group; without any the group is taken to exist. */
  readonly members: readonly string[];
  /** `openshift-ci`: as openshift/release wants it for the cluster app.ci. */
  readonly style: 'namespace-admin' | 'openshift-ci';
}

/** Name of the API group of roles and their bindings. */
export const RBAC_GROUP = 'rbac.authorization.k8s.io';
/** Marks what this program made: `oc get all,roles,rolebindings -l app.kubernetes.io/managed-by=…`. */
export const LABELS = { 'app.kubernetes.io/managed-by': 'docker-credential-openshift' } as const;

/**
 * The ClusterRoles for the group. OpenShift CI's `pull-secret-namespace-manager` exists on app.ci alone
 * (openshift/release, clusters/app.ci/registry-access/).
 */
const ADMIN_ROLES: Readonly<Record<Admins['style'], readonly string[]>> = {
  'namespace-admin': ['admin'],
  'openshift-ci': ['view', 'pull-secret-namespace-manager'],
};

/** @returns the objects that make a service account, in the order in which they can be applied; the same each time */
export function serviceAccountObjects(options: ServiceAccountOptions): KubernetesObject[] {
  const { namespace, name, role, selfRenew, machines, admins } = options;
  const account: Subject = { kind: 'ServiceAccount', namespace, name };
  const objects: KubernetesObject[] = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels: LABELS } },
  ];
  if (admins?.style === 'openshift-ci')
    objects.unshift({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (const images of sorted(options.imageNamespaces)) {
    // Without the role in its name: another role for the same images is a conflict to be seen, not a second grant.
    const bindingName = `docker-credential-openshift.${namespace}.${name}`;
    objects.push(roleBinding(images, bindingName, account, 'ClusterRole', role));
  }
  if (selfRenew) {
    const subject = `system:serviceaccount:${namespace}:${name}`;
    const right = tokenRequestRole({ namespace, name, subject, machines });
    objects.push(...sorted(machines).map((machine) => machineSecret(namespace, machine)));
    objects.push(right.role, right.roleBinding);
  }
  if (admins === undefined) return objects;
  const { group, members } = admins;
  if (members.length > 0) {
    const metadata = { name: group };
    objects.push({ apiVersion: 'user.openshift.io/v1', kind: 'Group', metadata, users: sorted(members) });
  }
  for (const adminRole of ADMIN_ROLES[admins.style]) {
    const bindingName = `docker-credential-openshift-admins.${group}.${adminRole}`;
    const subject: Subject = { kind: 'Group', apiGroup: RBAC_GROUP, name: group };
    objects.push(roleBinding(namespace, bindingName, subject, 'ClusterRole', adminRole));
  }
  return objects;
}

/** @returns the name of the Secret that the tokens minted on a machine are bound to */
export function machineSecretName(machine: string): string {
  return `docker-credential-openshift-${machine}`;
}

function machineSecret(namespace: string, machine: string): KubernetesObject {
  const description = `Delete it to revoke the tokens minted on ${machine}.`;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: machineSecretName(machine),
      namespace,
      labels: LABELS,
      annotations: { 'kubernetes.io/description': description },
    },
    type: 'Opaque',
  };
}

export interface TokenRequestRoleOptions {
  /** The service account. */
  readonly namespace: string;
  readonly name: string;
  /** Who requests its tokens, as the cluster names users: `alice`, `system:serviceaccount:NS:NAME`. */
  readonly subject: string;
  /** Machines whose Secret the subject may read; default none. */
  readonly machines?: readonly string[];
}

/**
 * The least right to mint a service account's tokens: `create` on the one subresource `serviceaccounts/token`.
 *
 * On Secrets it grants `get` by name and nothing else. TokenRequest looks the Secret of `boundObjectRef` up by
 * itself (kubernetes, pkg/registry/core/serviceaccount/storage/token.go), so no right on it is needed to bind a
 * token; reading it shows that a machine was revoked. RBAC cannot limit `create` to a name, and whoever may create
 * Secrets and read one of them can have the token of *any* account of the namespace: a Secret of type
 * `kubernetes.io/service-account-token` is filled in by the cluster.
 */
export function tokenRequestRole(options: TokenRequestRoleOptions): {
  role: KubernetesObject;
  roleBinding: KubernetesObject;
} {
  const { namespace, name, subject, machines = [] } = options;
  const roleName = `docker-credential-openshift-token.${name}`;
  // One binding for each who mints. Users' names may hold what a path cannot, so they go in as a digest.
  const isSelf = subject === `system:serviceaccount:${namespace}:${name}`;
  const suffix = isSelf ? 'self' : createHash('sha256').update(subject).digest('hex').slice(0, 12);
  const secrets = sorted(machines).map(machineSecretName);
  return {
    role: {
      apiVersion: `${RBAC_GROUP}/v1`,
      kind: 'Role',
      metadata: { name: roleName, namespace, labels: LABELS },
      rules: [
        { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: [name], verbs: ['create'] },
        ...(secrets.length === 0
          ? []
          : [{ apiGroups: [''], resources: ['secrets'], resourceNames: secrets, verbs: ['get'] }]),
      ],
    },
    roleBinding: roleBinding(namespace, `${roleName}.${suffix}`, subjectOf(subject), 'Role', roleName),
  };
}

/**
 * What to say when TokenRequest answers 403: who lacks which right, and the commands with which an admin of the
 * namespace grants it, whichever of the two objects is there already.
 */
export function missingRight(options: TokenRequestRoleOptions): { message: string; fix: Fix } {
  const { namespace, name, subject } = options;
  const { role, roleBinding: binding } = tokenRequestRole(options);
  const [roleName, bindingName] = [role.metadata.name, binding.metadata.name];
  const whom = subjectOf(subject);
  const to =
    whom.namespace === undefined
      ? `--user=${shellQuoted(subject)}`
      : `--serviceaccount=${whom.namespace}:${whom.name}`;
  const message =
    `${subject} may not request tokens for the service account ${namespace}/${name}: an admin of namespace ` +
    `${namespace} has to apply Role ${roleName} (create serviceaccounts/token of ${name}) and ` +
    `RoleBinding ${bindingName}`;
  const run =
    `oc create role ${roleName} --verb=create --resource=serviceaccounts/token --resource-name=${name} ` +
    `-n ${namespace}; oc create rolebinding ${bindingName} --role=${roleName} ${to} -n ${namespace}`;
  return { message, fix: { run } };
}

/** A RoleBinding of one subject. */
export function roleBinding(
  namespace: string,
  name: string,
  subject: Subject,
  kind: 'Role' | 'ClusterRole',
  role: string,
): KubernetesObject {
  return {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace, labels: LABELS },
    roleRef: { apiGroup: RBAC_GROUP, kind, name: role },
    subjects: [subject],
  };
}

function subjectOf(user: string): Subject {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined
    ? { kind: 'User', apiGroup: RBAC_GROUP, name: user }
    : { kind: 'ServiceAccount', namespace, name };
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

/** @returns the object in words: `RoleBinding NAME in namespace NS` */
export function nameObject({ kind, metadata }: KubernetesObject): string {
  const where = metadata.namespace === undefined ? '' : ` in namespace ${metadata.namespace}`;
  return `${kind} ${metadata.name}${where}`;
}
