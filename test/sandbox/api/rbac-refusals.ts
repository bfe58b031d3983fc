import type { Binding } from '../cluster/access.ts';
import type { Rule } from '../cluster/cluster-roles.ts';
import { compactRule, goQuoted, missingRules } from '../cluster/escalation.ts';
import type { Reply } from '../http/message.ts';
import type { ApiCall } from './api-call.ts';
import { forbiddenObject, notFound } from './status.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** 403 unless the caller holds what a role is to allow, or may `escalate` it. */
export function refuseEscalation(call: ApiCall, roleName: string, rules: readonly Rule[]): Reply | undefined {
  return mayAnyway(call, 'escalate', 'roles', roleName) ? undefined : refuseRules(call, roleName, rules);
}

/**
 * 403 unless the caller holds all that the role of a binding allows, or may `bind` it; 404 for a role that is not
 * there, as Kubernetes has it.
 */
export function refuseGrant(
  call: ApiCall,
  binding: Binding & { readonly namespace: string },
): Reply | undefined {
  const { cluster } = call;
  const { role, namespace } = binding;
  const resource = binding.roleKind === 'Role' ? 'roles' : 'clusterroles';
  if (mayAnyway(call, 'bind', resource, role)) return undefined;
  const found =
    resource === 'roles' ? cluster.roles.get(`${namespace}/${role}`) : cluster.clusterRoles.get(role);
  if (found === undefined) return notFound({ verb: 'get', group: GROUP, resource, name: role });
  return refuseRules(call, binding.name, found.rules);
}

function mayAnyway({ cluster, identity, info }: ApiCall, verb: string, resource: string, name: string) {
  const where = info.namespace === undefined ? {} : { namespace: info.namespace };
  return cluster.decide(identity, { verb, group: GROUP, resource, name, ...where }).allowed;
}

function refuseRules(
  { cluster, identity, info }: ApiCall,
  name: string,
  rules: readonly Rule[],
): Reply | undefined {
  const missing = missingRules(cluster.rulesIn(identity, info.namespace), rules);
  if (missing.length === 0) return undefined;
  const who = `user ${JSON.stringify(identity.name)} (groups=${goQuoted(identity.groups)})`;
  const lines = missing.map(compactRule).sort().join('\n');
  return forbiddenObject(
    { ...info, name },
    `${who} is attempting to grant RBAC permissions not currently held:\n${lines}`,
  );
}
