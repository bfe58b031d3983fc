import type { Rule } from '../cluster/cluster-roles.ts';

/** A PolicyRule of the RBAC API. */
interface PolicyRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export function policyRule(rule: Rule): PolicyRule {
  const { verbs, groups, resources, names, paths } = rule;
  return {
    verbs,
    ...(groups === undefined ? {} : { apiGroups: groups }),
    ...(resources === undefined ? {} : { resources }),
    ...(names === undefined ? {} : { resourceNames: names }),
    ...(paths === undefined ? {} : { nonResourceURLs: paths }),
  };
}

/** Reads `rules`; an empty list of names or paths is none. */
export function readPolicyRules(value: unknown): Rule[] {
  return ((value ?? []) as readonly PolicyRule[]).map((rule) => ({
    verbs: rule.verbs ?? [],
    groups: rule.apiGroups ?? [],
    resources: rule.resources ?? [],
    ...(rule.resourceNames === undefined || rule.resourceNames.length === 0
      ? {}
      : { names: rule.resourceNames }),
  }));
}
