import { isDeepStrictEqual } from 'node:util';
import { editYamlText } from './edit-yaml-text.ts';
import { isFields } from './parse-kubeconfig.ts';
import { contentOf, eolOf, parseYaml } from './yaml-text.ts';

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

/**
 * Gives a user entry a token, and takes every other proof from it; whom it impersonates and its extensions stay.
 * @param text a kubeconfig that `parseKubeconfig` can read
 * @param user the entry's name; of several the first counts
 * @returns the new text; undefined if there is no such entry, or it can't be changed without another
 */
export function replaceToken(text: string, user: string, token: string): string | undefined {
  const index = indexOf(text, 'users', user);
  if (index === -1) return undefined;
  const fields = entriesOf(text, 'users')[index]?.user;
  if (fields === undefined || fields === null) return editYamlText(text, ['users', index, 'user'], { token });
  if (!isFields(fields)) return undefined;
  const path = ['users', index, 'user'] as const;
  let edited: string | undefined = text;
  for (const proof of OTHER_PROOFS) {
    if (edited !== undefined && Object.hasOwn(fields, proof)) {
      edited = editYamlText(edited, [...path, proof], undefined);
    }
  }
  if (edited !== undefined && fields.token !== token)
    edited = editYamlText(edited, [...path, 'token'], token);
  if (edited !== undefined) return edited;
  // What goes may be all that kubectl would have read otherwise, written anew.
  const kept = withoutProofs(fields);
  if (!isDeepStrictEqual(kept, withoutProofs(entriesOf(text, 'users', '1.1')[index]?.user))) return undefined;
  return editYamlText(text, path, { ...kept, token });
}

function withoutProofs(fields: unknown): Record<string, unknown> {
  const entries = isFields(fields) ? Object.entries(fields) : [];
  return Object.fromEntries(
    entries.filter(([name]) => name !== 'token' && !OTHER_PROOFS.some((proof) => proof === name)),
  );
}

/**
 * Adds an entry at the end of its list, in the order of keys that kubectl writes.
 * @param text a kubeconfig that `parseKubeconfig` can read; it may be empty
 * @returns the new text; undefined if there is no place for it
 */
export function addEntry(
  text: string,
  list: List,
  name: string,
  content: Record<string, unknown>,
): string | undefined {
  const key = CONTENT_KEYS[list];
  const entry = list === 'users' ? { name, [key]: content } : { [key]: content, name };
  const whole = withHead(text);
  const found = rootOf(whole, '1.2')[list];
  if (found === undefined || found === null) return editYamlText(whole, [list], [entry]);
  return Array.isArray(found) ? editYamlText(whole, [list, found.length], entry) : undefined;
}

/**
 * Has a cluster's API server verified by this authority, whatever the entry said of that before.
 * @param ca PEM
 * @returns undefined if the entry can't be changed alone
 */
export function replaceAuthority(text: string, cluster: string, ca: string): string | undefined {
  const index = indexOf(text, 'clusters', cluster);
  const fields = entriesOf(text, 'clusters')[index]?.cluster;
  if (!isFields(fields)) return undefined;
  const path = ['clusters', index, 'cluster'] as const;
  let edited: string | undefined = text;
  for (const other of ['certificate-authority', 'insecure-skip-tls-verify']) {
    if (edited !== undefined && Object.hasOwn(fields, other)) {
      edited = editYamlText(edited, [...path, other], undefined);
    }
  }
  const data = Buffer.from(ca).toString('base64');
  if (edited === undefined || fields['certificate-authority-data'] === data) return edited;
  return editYamlText(edited, [...path, 'certificate-authority-data'], data);
}

/** @returns the new text; undefined if there is no place for it */
export function setCurrentContext(text: string, name: string): string | undefined {
  return editYamlText(withHead(text), ['current-context'], name);
}

/** A file of nothing, or of comments, begins as every kubeconfig does. */
function withHead(text: string): string {
  if (contentOf(parseYaml(text)) !== null) return text;
  const eol = eolOf(text);
  const before = text.replace('\ufeff', '') === '' || text.endsWith('\n') ? '' : eol;
  return `${text}${before}apiVersion: v1${eol}kind: Config${eol}`;
}

function rootOf(text: string, version: '1.1' | '1.2'): Record<string, unknown> {
  const root = contentOf(parseYaml(text, version));
  return isFields(root) ? root : {};
}

function entriesOf(
  text: string,
  list: List,
  version: '1.1' | '1.2' = '1.2',
): (Record<string, unknown> | undefined)[] {
  const entries = rootOf(text, version)[list];
  return Array.isArray(entries) ? entries.map((entry) => (isFields(entry) ? entry : undefined)) : [];
}

function indexOf(text: string, list: List, name: string): number {
  return entriesOf(text, list).findIndex((entry) => entry?.name === name);
}
