import type { IMAGE_ROLES } from './declaration.ts';
import { type KubernetesObject, RBAC_GROUP, type Subject } from './kubernetes-object.ts';
import { machineSecretName, OUR_LABELS, serviceAccountUser, tokenRequestRole } from './token-request-role.ts';

export type ImageRole = (typeof IMAGE_ROLES)[number];

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

/**
 * The ClusterRoles for the group. OpenShift CI's `pull-secret-namespace-manager` exists on app.ci alone
 * (openshift/release, clusters/app.ci/registry-access/).
 */
const ADMIN_ROLES: Readonly<Record<Admins['style'], readonly string[]>> = {
  'namespace-admin': ['admin'],
  'openshift-ci': ['view', 'pull-secret-namespace-manager'],
};

/** The objects that make a service account, in the order in which they can be applied. The same options give the same. */
export function serviceAccountObjects(options: ServiceAccountOptions): KubernetesObject[] {
  const { namespace, name, admins } = options;
  const account: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace, labels: OUR_LABELS },
  };
  return [
    ...(admins?.style === 'openshift-ci' ? [namespaceObject(namespace)] : []),
    account,
    ...[...new Set(options.imageNamespaces)].sort().map((images) => imageBinding(images, options)),
    ...(options.selfRenew ? renewalObjects(options) : []),
    ...(admins === undefined ? [] : adminObjects(namespace, admins)),
  ];
}

function namespaceObject(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** Without the role in its name: another role for the same images is a conflict to be seen, not a second grant. */
function imageBinding(images: string, { namespace, name, role }: ServiceAccountOptions): KubernetesObject {
  return binding(
    images,
    `docker-credential-openshift.${namespace}.${name}`,
    { kind: 'ServiceAccount', namespace, name },
    role,
  );
}

function renewalObjects({ namespace, name, machines }: ServiceAccountOptions): KubernetesObject[] {
  const subject = serviceAccountUser(namespace, name);
  const { role, roleBinding } = tokenRequestRole({ namespace, name, subject, machines });
  return [...[...new Set(machines)].sort().map((machine) => secret(namespace, machine)), role, roleBinding];
}

function secret(namespace: string, machine: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: machineSecretName(machine),
      namespace,
      labels: OUR_LABELS,
      annotations: { 'kubernetes.io/description': `Delete it to revoke the tokens minted on ${machine}.` },
    },
    type: 'Opaque',
  };
}

function adminObjects(namespace: string, { group, members, style }: Admins): KubernetesObject[] {
  const subject: Subject = { kind: 'Group', apiGroup: RBAC_GROUP, name: group };
  const bindings = ADMIN_ROLES[style].map((role) =>
    binding(namespace, `docker-credential-openshift-admins.${group}.${role}`, subject, role),
  );
  if (members.length === 0) return bindings;
  const groupObject: KubernetesObject = {
    apiVersion: 'user.openshift.io/v1',
    kind: 'Group',
    metadata: { name: group },
    users: [...new Set(members)].sort(),
  };
  return [groupObject, ...bindings];
}

function binding(namespace: string, name: string, subject: Subject, clusterRole: string): KubernetesObject {
  return {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace, labels: OUR_LABELS },
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: clusterRole },
    subjects: [subject],
  };
}
