/** Names that are no person's. */
const NOBODY =
  /^(?:root|admin|administrator|kubeadmin|developer|default|user|users|system|nobody|serviceaccount|unused)$|^system:/i;

/**
 * Takes names of users and the home directory out of a text.
 * @param names as they are written somewhere: `alice`, `alice/api-example-com:6443`
 * @returns the text with `user-1`, `user-2` … and `~` in their place; the same name is the same number everywhere
 */
export function redactNames(text: string, names: readonly string[], home: string | undefined): string {
  const atHome = home === undefined || home === '' || home === '/' ? text : replaced(text, home, '~');
  const people = [...new Set(names.flatMap(partsOf))].filter((name) => name.length > 1 && !NOBODY.test(name));
  const numbered = people.map((name, index) => [name, `user-${index + 1}`] as const);
  // The longest first: one name may be a part of another.
  const sorted = numbered.toSorted(([a], [b]) => b.length - a.length);
  return sorted.reduce((done, [name, number]) => replaced(done, name, number), atHome);
}

/** `oc login` names the kubeconfig's user NAME/CLUSTER, and its context NAMESPACE/CLUSTER/NAME. */
function partsOf(name: string): string[] {
  const parts = name.split('/');
  if (parts.length === 3) return [parts[2] ?? ''];
  return [parts[0] ?? ''];
}

function replaced(text: string, name: string, by: string): string {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replaceAll(new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'g'), by);
}
