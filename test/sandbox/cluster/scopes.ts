import type { AccessRequest } from './access.ts';
import type { Rule } from './cluster-roles.ts';
import type { ClusterRole } from './objects.ts';

const EVERYTHING: Rule[] = [
  { verbs: ['*'], groups: ['*'], resources: ['*'] },
  { verbs: ['*'], paths: ['*'] },
];
/** Open to every scope: what a client needs to find its way. */
const DISCOVERY: Rule[] = [
  { verbs: ['get'], paths: ['/version', '/version/', '/healthz', '/api', '/api/*', '/apis', '/apis/*'] },
];
const USER_SCOPES: Readonly<Record<string, readonly Rule[]>> = {
  'user:full': EVERYTHING,
  'user:info': [{ verbs: ['get'], groups: ['', 'user.openshift.io'], resources: ['users'], names: ['~'] }],
  'user:check-access': [
    { verbs: ['create'], groups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'] },
  ],
  'user:list-projects': [
    { verbs: ['list', 'watch'], groups: ['', 'project.openshift.io'], resources: ['projects'] },
  ],
  'user:list-scoped-projects': [
    { verbs: ['list', 'watch'], groups: ['', 'project.openshift.io'], resources: ['projects'] },
  ],
};

/** What a token's scopes let through for this request. `role:NAME:NAMESPACE` stands for a role's rules there. */
export function scopeRules(
  roles: ReadonlyMap<string, ClusterRole>,
  scopes: readonly string[],
  request: AccessRequest,
): readonly Rule[] {
  return [...DISCOVERY, ...scopes.flatMap((scope) => USER_SCOPES[scope] ?? roleScope(roles, scope, request))];
}

function roleScope(
  roles: ReadonlyMap<string, ClusterRole>,
  scope: string,
  request: AccessRequest,
): readonly Rule[] {
  const [, role, namespace] = /^role:(.+):([^:!]+)!?$/.exec(scope) ?? [];
  if (role === undefined) return [];
  return namespace === '*' || namespace === request.namespace ? (roles.get(role)?.rules ?? []) : [];
}
