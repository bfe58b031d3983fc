import type { Rule } from './cluster-roles.ts';

/**
 * The part of `wanted` that `held` does not cover, by Kubernetes' rule against escalation: who grants something must
 * hold it. One rule for each resource, its verbs together.
 */
export function missingRules(held: readonly Rule[], wanted: readonly Rule[]): Rule[] {
  const missing = new Map<string, { atom: Rule; verbs: string[] }>();
  for (const atom of wanted.flatMap(atomsOf)) {
    if (held.some((rule) => coversAtom(rule, atom))) continue;
    const key = JSON.stringify({ ...atom, verbs: [] });
    const entry = missing.get(key) ?? { atom, verbs: [] };
    missing.set(key, { atom, verbs: [...entry.verbs, ...atom.verbs] });
  }
  return [...missing.values()].map(({ atom, verbs }) => ({ ...atom, verbs: [...new Set(verbs)] }));
}

/** Rules of one verb, one group, one resource and at most one name, or of one path. */
function atomsOf(rule: Rule): Rule[] {
  const names = rule.names === undefined ? [{}] : rule.names.map((name) => ({ names: [name] }));
  const targets: Omit<Rule, 'verbs'>[] = [
    ...(rule.paths ?? []).map((path) => ({ paths: [path] })),
    ...(rule.groups ?? []).flatMap((group) =>
      (rule.resources ?? []).flatMap((resource) =>
        names.map((name) => ({ groups: [group], resources: [resource], ...name })),
      ),
    ),
  ];
  return rule.verbs.flatMap((verb) => targets.map((target) => ({ verbs: [verb], ...target })));
}

function coversAtom(rule: Rule, atom: Rule): boolean {
  if (!hasAll(rule.verbs, atom.verbs)) return false;
  if (atom.paths !== undefined) return (atom.paths ?? []).every((path) => coversPath(rule.paths ?? [], path));
  const named = rule.names === undefined || (atom.names !== undefined && hasAll(rule.names, atom.names));
  const [resource = ''] = atom.resources ?? [];
  const subresource = resource.includes('/') ? [`*/${resource.slice(resource.indexOf('/') + 1)}`] : [];
  const resources = rule.resources ?? [];
  return (
    named &&
    hasAll(rule.groups ?? [], atom.groups ?? []) &&
    (hasAll(resources, [resource]) || (subresource.length > 0 && hasAll(resources, subresource)))
  );
}

function coversPath(held: readonly string[], path: string): boolean {
  return held.some((own) => own === path || (own.endsWith('*') && path.startsWith(own.slice(0, -1))));
}

function hasAll(list: readonly string[], items: readonly string[]): boolean {
  return list.includes('*') || items.every((item) => list.includes(item));
}

/** A rule as Kubernetes' `CompactString` words it in refusals. */
export function compactRule(rule: Rule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', rule.groups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.paths],
    ['ResourceNames', rule.names],
    ['Verbs', rule.verbs],
  ];
  const worded = parts.filter(([, list]) => list !== undefined && list.length > 0);
  return `{${worded.map(([name, list]) => `${name}:${goQuoted(list ?? [])}`).join(', ')}}`;
}

/** What `%q` prints for a list of strings. */
export function goQuoted(list: readonly string[]): string {
  return `[${list.map((item) => JSON.stringify(item)).join(' ')}]`;
}
