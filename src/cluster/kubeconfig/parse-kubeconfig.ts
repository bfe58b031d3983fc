import { delimiter, join } from 'node:path';
import { LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { unlessTooDeep } from '../../files/yaml-nodes.ts';
import { isTooIntricate, TOO_INTRICATE } from '../../hosts/intricate-yaml.ts';
import { readPlainYaml } from './read-plain-yaml.ts';

const READING = { merge: true, uniqueKeys: false, logLevel: 'silent', prettyErrors: false } as const;

/** One kubeconfig file's content, as it is written there. */
export interface KubeconfigFile {
  readonly clusters: ReadonlyMap<string, Fields>;
  readonly users: ReadonlyMap<string, Fields>;
  readonly contexts: ReadonlyMap<string, Fields>;
  readonly currentContext: string | undefined;
}

/** The fields of a cluster, a user or a context. Nothing is known of their types. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a kubeconfig's text. Entries without a name are left out, and so is what is not a mapping: one bad entry does
 * not spoil the others.
 * @param text YAML or JSON
 * @returns the content, or `fault`: what is wrong and where, without a word of the text, which holds tokens
 */
export function parseKubeconfig(text: string): KubeconfigFile | { readonly fault: string } {
  const read = readRoot(text);
  if ('fault' in read) return read;
  let { root } = read;
  if (root === null || root === undefined) root = {};
  if (!isFields(root)) return { fault: 'it is not a mapping' };
  const current = root['current-context'];
  return {
    clusters: named(root.clusters, 'cluster'),
    users: named(root.users, 'user'),
    contexts: named(root.contexts, 'context'),
    currentContext: typeof current === 'string' && current !== '' ? current : undefined,
  };
}

function readRoot(text: string): { root: unknown } | { fault: string } {
  const plain = readPlainYaml(text);
  if (plain !== undefined) return { root: plain };
  if (isTooIntricate(text)) return { fault: TOO_INTRICATE };
  return unlessTooDeep(() => readByLibrary(text)) ?? { fault: 'it is nested too deeply' };
}

function readByLibrary(text: string): { root: unknown } | { fault: string } {
  const lineCounter = new LineCounter();
  // Pretty errors would quote tokens, and take a copy of the line for each fault: of one long line that is quadratic.
  const document = parseDocument(text, { ...READING, lineCounter });
  const [error] = document.errors;
  if (error !== undefined) return { fault: faultOf(error, lineCounter) };
  try {
    return { root: document.toJS({ maxAliasCount: 100 }) };
  } catch {
    // An alias that does not resolve, more of them than any kubeconfig has, or a `<<` that merges no mapping.
    return { fault: 'its YAML aliases do not resolve' };
  }
}

/** The parser's messages quote the text around a fault; its code and place do not. */
function faultOf(error: YAMLParseError, lines: LineCounter): string {
  const { line, col } = lines.linePos(error.pos[0]);
  return `line ${line}, column ${col}: ${error.code.toLowerCase().replaceAll('_', ' ')}`;
}

function named(list: unknown, key: string): Map<string, Fields> {
  const entries = new Map<string, Fields>();
  for (const item of Array.isArray(list) ? list : []) {
    if (!isFields(item)) continue;
    const { name, [key]: fields } = item;
    if (typeof name === 'string' && name !== '' && !entries.has(name))
      entries.set(name, isFields(fields) ? fields : {});
  }
  return entries;
}

/** Whether it is a mapping. */
export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns the field's text; undefined if it is absent, empty or of another type */
export function textField(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

interface Place {
  readonly platform: NodeJS.Platform;
  readonly env: Record<string, string | undefined>;
}

/**
 * The kubeconfig files that count, first wins, as kubectl finds them (client-go, clientcmd/loader.go):
 * those of `KUBECONFIG`, each once; without it, `~/.kube/config`.
 */
export function kubeconfigPaths({ platform, env }: Place): string[] {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return [...new Set(listed)];
  const home = platform === 'win32' ? (env.HOME ?? env.USERPROFILE) : env.HOME;
  return home === undefined || home === '' ? [] : [join(home, '.kube', 'config')];
}
