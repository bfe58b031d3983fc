import type { StoredBinding } from '../cluster/access.ts';
import type { Rule } from '../cluster/cluster-roles.ts';
import { objectKey, type Role } from '../cluster/objects.ts';
import { isReply } from '../http/message.ts';
import type { ApiCall, ApiGroup } from './api-call.ts';
import { serveObjects } from './object-api.ts';
import { policyRule, readPolicyRules } from './policy-rules.ts';
import { refuseEscalation, refuseGrant } from './rbac-refusals.ts';
import { readRoleBinding, roleRefJson, sameRoleRef, subjectJson } from './role-binding-body.ts';
import { invalid } from './status.ts';

const GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${GROUP}/v1`;

/** `rbac.authorization.k8s.io`: roles, role bindings, and cluster roles to read. What is written here counts at once. */
export const serveRbacApi: ApiGroup = (call) => {
  const { info, cluster } = call;
  if (info.version !== 'v1') return undefined;
  switch (info.resource) {
    case 'roles':
      return serveRoles(call);
    case 'rolebindings':
      return serveRoleBindings(call);
    case 'clusterroles':
      return serveObjects(call, {
        kind: 'ClusterRole',
        apiVersion: API_VERSION,
        objects: cluster.clusterRoles,
        show: rulesJson,
      });
    default:
      return undefined;
  }
};

const rulesJson = ({ rules }: { readonly rules: readonly Rule[] }) => ({ rules: rules.map(policyRule) });

function serveRoles(call: ApiCall) {
  const { info, cluster } = call;
  const store = (role: Role) => void cluster.roles.set(objectKey(role), role);
  return serveObjects<Role>(call, {
    kind: 'Role',
    apiVersion: API_VERSION,
    objects: cluster.roles,
    show: rulesJson,
    read: (meta, { fields }) => {
      const rules = readPolicyRules(fields.rules);
      return refuseEscalation(call, meta.name, rules) ?? { ...meta, namespace: info.namespace ?? '', rules };
    },
    create: store,
    update: store,
    remove: (role) => void cluster.roles.delete(objectKey(role)),
  });
}

function serveRoleBindings(call: ApiCall) {
  const { info, cluster } = call;
  const store = (binding: StoredBinding) => void cluster.bindings.set(objectKey(binding), binding);
  return serveObjects<StoredBinding>(call, {
    kind: 'RoleBinding',
    apiVersion: API_VERSION,
    objects: new Map([...cluster.bindings].filter(([, binding]) => binding.namespace !== undefined)),
    show: (binding) => ({ subjects: binding.subjects.map(subjectJson), roleRef: roleRefJson(binding) }),
    read: (meta, body, before) => {
      const grant = readRoleBinding(meta.name, body.fields);
      if (isReply(grant)) return grant;
      if (before !== undefined && !sameRoleRef(before, grant)) {
        const { kind, name } = roleRefJson(grant);
        const value = `rbac.RoleRef{APIGroup:"${GROUP}", Kind:"${kind}", Name:"${name}"}`;
        const message = `Invalid value: ${value}: cannot change roleRef`;
        return invalid(GROUP, 'RoleBinding', meta.name, {
          field: 'roleRef',
          reason: 'FieldValueInvalid',
          message,
        });
      }
      const binding = { ...meta, ...grant, namespace: info.namespace ?? '' };
      return refuseGrant(call, binding) ?? binding;
    },
    create: store,
    update: store,
    remove: (binding) => void cluster.bindings.delete(objectKey(binding)),
  });
}
