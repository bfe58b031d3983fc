import { type EditableYaml, openYaml } from '../../files/edit-yaml.ts';
import type { YamlEdit } from '../../files/yaml-nodes.ts';
import { isFields } from './parse-kubeconfig.ts';

/** What a kubeconfig calls its lists, and what an entry of each calls its content. */
const CONTENT_KEYS = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;
type List = keyof typeof CONTENT_KEYS;

/**
 * Every other way that a user entry may have of proving itself (client-go, clientcmd/api/v1 `AuthInfo`). Each would win
 * over the token, or make kubectl refuse the two of them: `oc login` removes them all.
 */
export const OTHER_PROOFS = [
  'tokenFile',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'username',
  'password',
  'auth-provider',
  'exec',
] as const;

/** What is to be changed in a kubeconfig. Of several entries of one name the first counts. */
export type KubeconfigChange =
  /** A user entry gets a token, and loses every other proof; whom it impersonates and its extensions stay. */
  | { readonly kind: 'token'; readonly user: string; readonly token: string }
  /** A cluster's API server is verified by this authority (PEM), whatever the entry said of that before. */
  | { readonly kind: 'authority'; readonly cluster: string; readonly ca: string }
  /** An entry at the end of its list, in the order of keys that kubectl writes. */
  | {
      readonly kind: 'entry';
      readonly list: List;
      readonly name: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'current-context'; readonly name: string };

/**
 * Changes a kubeconfig, and nothing in it that is not to change: see `openYaml`.
 * @param text one that `parseKubeconfig` can read; it may be empty, and begins as every kubeconfig does then
 * @param changes each of another thing
 * @returns the new text; undefined if there is no such entry, no place for a new one, or one that can't be changed alone
 */
export function editKubeconfig(text: string, changes: readonly KubeconfigChange[]): string | undefined {
  const yaml = openYaml(text);
  if (yaml === undefined) return undefined;
  const isNew = Object.keys(yaml.words).length === 0;
  const edits: YamlEdit[] = isNew
    ? [
        { path: ['apiVersion'], value: 'v1' },
        { path: ['kind'], value: 'Config' },
      ]
    : [];
  for (const change of changes) {
    const more = editsOf(change, yaml.words);
    if (more === undefined) return undefined;
    edits.push(...more);
  }
  const isChanged = changes.length > 0 && edits.length > 0;
  return isChanged ? yaml.edit(edits) : text;
}

function editsOf(change: KubeconfigChange, words: EditableYaml['words']): readonly YamlEdit[] | undefined {
  switch (change.kind) {
    case 'token':
      return fieldEdits(words, 'users', change.user, { token: change.token }, OTHER_PROOFS);
    case 'authority': {
      const data = { 'certificate-authority-data': Buffer.from(change.ca).toString('base64') };
      const gone = ['certificate-authority', 'insecure-skip-tls-verify'];
      return fieldEdits(words, 'clusters', change.cluster, data, gone);
    }
    case 'entry': {
      const { list, name, fields } = change;
      const content = { [CONTENT_KEYS[list]]: fields };
      const entries = words[list] ?? [];
      if (!Array.isArray(entries)) return undefined;
      const value = list === 'users' ? { name, ...content } : { ...content, name };
      return [{ path: [list, entries.length], value }];
    }
    case 'current-context':
      if (words['current-context'] === change.name) return [];
      return [{ path: ['current-context'], value: change.name }];
  }
}

function fieldEdits(
  words: EditableYaml['words'],
  list: List,
  name: string,
  values: Readonly<Record<string, string>>,
  gone: readonly string[],
): readonly YamlEdit[] | undefined {
  const entries: readonly unknown[] = Array.isArray(words[list]) ? words[list] : [];
  const index = entries.findIndex((entry) => isFields(entry) && entry.name === name);
  const entry = entries[index];
  const key = CONTENT_KEYS[list];
  const fields = isFields(entry) ? (entry[key] ?? {}) : undefined;
  if (!isFields(fields)) return undefined;
  const path = [list, index, key];
  return [
    ...gone
      .filter((field) => Object.hasOwn(fields, field))
      .map((field) => ({ path: [...path, field], value: undefined })),
    ...Object.entries(values)
      .filter(([field, value]) => fields[field] !== value)
      .map(([field, value]) => ({ path: [...path, field], value })),
  ];
}
