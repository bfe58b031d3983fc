import { createHash } from 'node:crypto';
import { shellQuoted } from '../../hosts/quoting.ts';
import type { Fix } from '../../hosts/reason.ts';
import { type KubernetesObject, type PolicyRule, RBAC_GROUP, type Subject } from './kubernetes-object.ts';
import { manifestYaml } from './manifest-yaml.ts';

/** Marks what this program made: `oc get all,roles,rolebindings -l app.kubernetes.io/managed-by=…`. */
export const OUR_LABELS = { 'app.kubernetes.io/managed-by': 'docker-credential-openshift' } as const;

export interface TokenRequestRoleOptions {
  /** The service account. */
  readonly namespace: string;
  readonly name: string;
  /** Who requests its tokens, as the cluster names users: `alice`, `system:serviceaccount:NS:NAME`. */
  readonly subject: string;
  /** Machines whose Secret (`machineSecretName`) the subject may read; default none. */
  readonly machines?: readonly string[];
}

/** @returns the name of the Secret that the tokens minted on a machine are bound to */
export function machineSecretName(machine: string): string {
  return `docker-credential-openshift-${machine}`;
}

/** @returns the cluster's user name of a service account */
export function serviceAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
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
  yaml: string;
} {
  const { namespace, name, subject, machines = [] } = options;
  const roleName = `docker-credential-openshift-token.${name}`;
  const role: KubernetesObject = {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'Role',
    metadata: { name: roleName, namespace, labels: OUR_LABELS },
    rules: rules(name, machines),
  };
  const roleBinding: KubernetesObject = {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'RoleBinding',
    metadata: {
      name: `${roleName}.${bindingSuffix(options)}`,
      namespace,
      labels: OUR_LABELS,
    },
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: roleName },
    subjects: [subjectOf(subject)],
  };
  return { role, roleBinding, yaml: manifestYaml([role, roleBinding]) };
}

/**
 * What to say when TokenRequest answers 403: who lacks which right, and the command with which an admin of the
 * namespace grants it, whichever of the two objects is there already. `message` has no full stop, `fix` is one line.
 */
export function missingRightManifest(options: TokenRequestRoleOptions): {
  message: string;
  fix: Fix;
  yaml: string;
} {
  const { namespace, name, subject } = options;
  const { role, roleBinding, yaml } = tokenRequestRole(options);
  const whom = subjectOf(subject);
  const to =
    whom.namespace === undefined
      ? `--user=${shellQuoted(subject)}`
      : `--serviceaccount=${whom.namespace}:${whom.name}`;
  const message =
    `${subject} may not request tokens for the service account ${namespace}/${name}: an admin of namespace ` +
    `${namespace} has to apply Role ${role.metadata.name} (create serviceaccounts/token of ${name}) and ` +
    `RoleBinding ${roleBinding.metadata.name}`;
  const run =
    `oc create role ${role.metadata.name} --verb=create --resource=serviceaccounts/token ` +
    `--resource-name=${name} -n ${namespace}; oc create rolebinding ${roleBinding.metadata.name} ` +
    `--role=${role.metadata.name} ${to} -n ${namespace}`;
  return { message, fix: { run }, yaml };
}

function rules(name: string, machines: readonly string[]): PolicyRule[] {
  const token: PolicyRule = {
    apiGroups: [''],
    resources: ['serviceaccounts/token'],
    resourceNames: [name],
    verbs: ['create'],
  };
  if (machines.length === 0) return [token];
  const resourceNames = [...new Set(machines)].sort().map(machineSecretName);
  return [token, { apiGroups: [''], resources: ['secrets'], resourceNames, verbs: ['get'] }];
}

/** One binding for each who mints. Users' names may hold what a path cannot, so they go in as a digest. */
function bindingSuffix({ namespace, name, subject }: TokenRequestRoleOptions): string {
  if (subject === serviceAccountUser(namespace, name)) return 'self';
  return createHash('sha256').update(subject).digest('hex').slice(0, 12);
}

function subjectOf(user: string): Subject {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined
    ? { kind: 'User', apiGroup: RBAC_GROUP, name: user }
    : { kind: 'ServiceAccount', namespace, name };
}
