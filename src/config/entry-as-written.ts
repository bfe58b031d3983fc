import { type Document, isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { normaliseRegistryHost } from '../registry/registry-host.ts';

/**
 * What our config says of a host, as plain JSON: values as they were written, whether or not they make sense.
 * @param host as `normaliseRegistryHost` writes it
 * @returns null if it says nothing, or can't be parsed
 */
export function entryAsWritten(text: string, host: string): unknown {
  const doc: Document = parseDocument(text, { uniqueKeys: false });
  const pair = doc.errors.length > 0 ? undefined : findEntry(doc, host)?.pair;
  return pair === undefined ? null : (nodeAsJson(pair.value, doc) ?? null);
}

/**
 * The text of our config with a host's entry as `entryAsWritten` told it once; null: without the host. Comments outside
 * of the entry, the order of keys and all other entries stay; what is empty without it goes, too.
 */
export function withEntryAsWritten(text: string, host: string, entry: unknown): string {
  const doc: Document = parseDocument(text, { uniqueKeys: false });
  const found = findEntry(doc, host);
  if (found === undefined) return text;
  const { registries, pair } = found;
  if (entry !== null) pair.value = doc.createNode(entry);
  else registries.items.splice((registries.items as Pair[]).indexOf(pair), 1);
  const root = doc.contents as YAMLMap;
  if (isBare(registries)) root.delete('registries');
  if (isBare(root) && doc.commentBefore === null && doc.comment === null) return '';
  const lf = doc.toString({ lineWidth: 0 });
  return /\r\n/.test(text) ? lf.replaceAll('\n', '\r\n') : lf;
}

function findEntry(doc: Document, host: string): { registries: YAMLMap; pair: Pair } | undefined {
  const registries = isMap(doc.contents) ? doc.contents.get('registries') : undefined;
  if (!isMap(registries)) return undefined;
  const pair = (registries.items as Pair[]).find(
    ({ key }) => isScalar(key) && normaliseRegistryHost(String(key.value)) === host,
  );
  return pair === undefined ? undefined : { registries, pair };
}

function nodeAsJson(value: unknown, doc: Document): unknown {
  const node = value as { toJS?: (doc: Document) => unknown } | null;
  return typeof node?.toJS === 'function' ? node.toJS(doc) : value;
}

function isBare(map: YAMLMap): boolean {
  return map.items.length === 0 && !map.comment && !map.commentBefore;
}
