import type { KubernetesObject, PolicyRule, RoleRef, Subject } from './kubernetes-object.ts';

type Existing = Readonly<Record<string, unknown>>;

/**
 * An object of the cluster with what it lacks of `wanted`: a binding's subjects, a role's rules.
 * @param existingObject the object as the API server gave it; all it has is kept
 * @returns the object to PUT; undefined if nothing is missing; `another role` if it is a binding of another role
 */
export function withWhatIsMissing(
  existingObject: object,
  wanted: KubernetesObject,
): object | 'another role' | undefined {
  const existing = existingObject as Existing;
  if (wanted.roleRef !== undefined && !isSameRole(existing.roleRef, wanted.roleRef)) return 'another role';
  const subjects = missing(wanted.subjects, listIn(existing.subjects), isSameSubject);
  const rules = missing(wanted.rules, listIn(existing.rules), covers);
  if (subjects.length === 0 && rules.length === 0) return undefined;
  return {
    ...existing,
    ...(subjects.length === 0 ? {} : { subjects: [...listIn(existing.subjects), ...subjects] }),
    ...(rules.length === 0 ? {} : { rules: [...listIn(existing.rules), ...rules] }),
  };
}

function missing<T>(
  wanted: readonly T[] | undefined,
  existing: readonly Existing[],
  matches: (existing: Existing, wanted: T) => boolean,
): T[] {
  return (wanted ?? []).filter((one) => !existing.some((other) => matches(other, one)));
}

function isSameRole(existing: unknown, { kind, name }: RoleRef): boolean {
  if (typeof existing !== 'object' || existing === null) return false;
  const found = existing as Existing;
  return found.kind === kind && found.name === name;
}

function isSameSubject(existing: Existing, { kind, name, namespace }: Subject): boolean {
  return existing.kind === kind && existing.name === name && existing.namespace === namespace;
}

/** Whether a rule allows all that the other does. No names: it is for objects of every name. */
function covers(existing: Existing, wanted: PolicyRule): boolean {
  const names = textsIn(existing.resourceNames);
  return (
    hasAll(existing.apiGroups, wanted.apiGroups) &&
    hasAll(existing.resources, wanted.resources) &&
    hasAll(existing.verbs, wanted.verbs) &&
    (names.length === 0 || (wanted.resourceNames ?? ['*']).every((name) => names.includes(name)))
  );
}

function hasAll(list: unknown, wanted: readonly string[]): boolean {
  const texts = textsIn(list);
  return texts.includes('*') || wanted.every((text) => texts.includes(text));
}

function listIn(value: unknown): readonly Existing[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
