import type { Rule } from './cluster-roles.ts';
import type { Identity } from './identity.ts';
import type { ClusterRole, ObjectMeta, Role } from './objects.ts';
import { scopeRules } from './scopes.ts';

/** What a request wants to do. Either a resource or, with `path`, something outside the API groups. */
export interface AccessRequest {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly path?: string;
}

export type Subject =
  | { readonly kind: 'User' | 'Group'; readonly name: string }
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string };

/** A grant: in one namespace (RoleBinding) or, without it, everywhere (ClusterRoleBinding). */
export interface Binding {
  readonly name: string;
  readonly namespace?: string;
  readonly role: string;
  readonly roleKind?: 'Role' | 'ClusterRole';
  readonly subjects: readonly Subject[];
}

/** A binding as the cluster keeps it. */
export type StoredBinding = Binding & ObjectMeta;

/** All that RBAC decides by. */
export interface Grants {
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly clusterRoles: ReadonlyMap<string, ClusterRole>;
}

export interface AccessDecision {
  readonly allowed: boolean;
  /** Why allowed, or which scopes forbid; absent if no grant was found. */
  readonly reason?: string;
}

/** Decides as OpenShift does: the token's scopes first, then RBAC. The reasons are worded as by the servers. */
export function decideAccess(grants: Grants, identity: Identity, request: AccessRequest): AccessDecision {
  if (
    identity.scopes !== undefined &&
    !scopeRules(grants.clusterRoles, identity.scopes, request).some((r) => covers(r, request))
  ) {
    return { allowed: false, reason: `scopes [${identity.scopes.join(' ')}] prevent this action` };
  }
  for (const { binding, subject } of bindingsOf(grants, identity, request.namespace)) {
    if (rulesOf(grants, binding).some((rule) => covers(rule, request))) {
      return { allowed: true, reason: describe(binding, subject) };
    }
  }
  return { allowed: false };
}

/** Every rule that holds for somebody in a namespace, whatever the scopes of a token. */
export function effectiveRules(
  grants: Grants,
  identity: Identity,
  namespace: string | undefined,
): readonly Rule[] {
  return bindingsOf(grants, identity, namespace).flatMap(({ binding }) => rulesOf(grants, binding));
}

/** Those that name the identity, cluster-wide ones first. */
function bindingsOf({ bindings }: Grants, identity: Identity, namespace: string | undefined) {
  const all = [...bindings.values()];
  return [
    ...all.filter((binding) => binding.namespace === undefined),
    ...all.filter((b) => b.namespace !== undefined && b.namespace === namespace),
  ].flatMap((binding) => {
    const subject = binding.subjects.find((candidate) => isSubject(candidate, identity));
    return subject === undefined ? [] : [{ binding, subject }];
  });
}

/** A grant of a role that does not exist grants nothing. */
function rulesOf({ roles, clusterRoles }: Grants, { role, roleKind, namespace }: Binding): readonly Rule[] {
  if (roleKind === 'Role') return roles.get(`${namespace}/${role}`)?.rules ?? [];
  return clusterRoles.get(role)?.rules ?? [];
}

/** Whether a rule covers a request; namespaces are the binding's affair. */
function covers(rule: Rule, request: AccessRequest): boolean {
  if (!has(rule.verbs, request.verb)) return false;
  if (request.path !== undefined) {
    const { path } = request;
    return (rule.paths ?? []).some((p) => p === path || (p.endsWith('*') && path.startsWith(p.slice(0, -1))));
  }
  const sub = request.subresource ?? '';
  const resource = sub === '' ? (request.resource ?? '') : `${request.resource}/${sub}`;
  const resources = rule.resources ?? [];
  if (!has(rule.groups ?? [], request.group ?? '')) return false;
  if (!has(resources, resource) && !(sub !== '' && resources.includes(`*/${sub}`))) return false;
  return rule.names === undefined || rule.names.includes(request.name ?? '');
}

function has(list: readonly string[], item: string): boolean {
  return list.includes('*') || list.includes(item);
}

function isSubject(subject: Subject, identity: Identity): boolean {
  if (subject.kind === 'ServiceAccount') {
    return identity.name === `system:serviceaccount:${subject.namespace}:${subject.name}`;
  }
  return subject.kind === 'Group' ? identity.groups.includes(subject.name) : identity.name === subject.name;
}

function describe(binding: Binding, subject: Subject): string {
  const kind = binding.namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  const name = binding.namespace === undefined ? binding.name : `${binding.name}/${binding.namespace}`;
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace}` : subject.name;
  const role = `${binding.roleKind ?? 'ClusterRole'} "${binding.role}"`;
  return `RBAC: allowed by ${kind} "${name}" of ${role} to ${subject.kind} "${who}"`;
}
