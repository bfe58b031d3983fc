import {
  type Alias,
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  visit,
  type YAMLMap,
} from 'yaml';

/** From the document's mapping down: keys of mappings and indices of lists. */
export type YamlPath = readonly (string | number)[];
/** A part of a text, and what is to stand there. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Parsed as kubeconfigs are read (parse-kubeconfig.ts).
 * @param version 1.1 is what kubectl reads: a `no` without quotes is false there, and a word in 1.2
 */
export function parseYaml(text: string, version: '1.1' | '1.2' = '1.2'): Document.Parsed {
  const document = parseDocument(text, { version, merge: true, uniqueKeys: false, logLevel: 'silent' });
  if (version === '1.1') {
    // The library takes an `e27` for a number without digits; kubectl reads a word.
    visit(document, {
      Scalar: (_, scalar) => {
        if (Number.isNaN(scalar.value) && /^e\d+$/i.test(scalar.source ?? '')) scalar.value = scalar.source;
      },
    });
  }
  return document;
}

/**
 * A document's content, each part with its own copy of what aliases share.
 * @throws ReferenceError where aliases do not resolve, or resolve to too much
 */
export function contentOf(document: Document): unknown {
  return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 100 }) ?? null));
}

/** @returns the pair of a key; of several the last, which is the one that counts */
export function pairOf(map: YAMLMap, key: string | number): Pair<Node, Node | null> | undefined {
  const pairs = map.items as Pair<Node, Node | null>[];
  return pairs.findLast((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** @returns the nodes along a path, the document's own first, as far as they are written out there */
export function nodesAlong(root: Node | null, path: YamlPath): Node[] {
  const nodes: Node[] = root === null ? [] : [root];
  for (const step of path) {
    const last = nodes.at(-1);
    let next: unknown;
    if (isMap(last)) next = pairOf(last, step)?.value;
    else if (isSeq(last) && typeof step === 'number') next = last.items[step];
    if (next === undefined || next === null) break;
    nodes.push(next as Node);
  }
  return nodes;
}

/** Where a node's text begins, without its anchor and tag. */
export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** Where a node's text ends, without the comments behind it. */
export function endOf(node: Node): number {
  const end = node.range?.[1] ?? 0;
  if (!isCollection(node) || node.flow === true || node.items.length === 0) return end;
  const last = node.items.at(-1);
  return isSeq(node) ? endOf(last as Node) : endOfPair(last as Pair<Node, Node | null>);
}

/** Where a pair's text ends, without the comments behind it. */
export function endOfPair({ key, value }: Pair<Node, Node | null>): number {
  return endOf(value ?? key);
}

/** How far a place is from the beginning of its line. */
export function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Where the line after a place begins; the end of the text if there is none. */
export function lineAfter(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

/** How a text ends its lines. */
export function eolOf(text: string): string {
  return /\r\n/.test(text) ? '\r\n' : '\n';
}

/** JSON, which is YAML too; what Go's YAML parser takes in no quotes is escaped. */
export function jsonOf(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Lines as kubectl writes them, which YAML 1.1 (of kubectl) and 1.2 read alike; without the last line's end. */
export function blockOf(value: unknown, column: number, eol: string): string {
  const lines = stringify(value, null, { compat: 'yaml-1.1', lineWidth: 0, indentSeq: false, indent: 2 });
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => ' '.repeat(column) + line)
    .join(eol);
}

/** A text for a scalar, in the quotes that it has if they are fit for it. */
export function scalarOf(value: string, like: Node): string {
  const type = isScalar(like) ? like.type : undefined;
  // Nothing that YAML 1.1 or 1.2 takes for a number, a boolean or a date.
  const isPlain = /^[A-Za-z][\w~./+-]{7,}$/.test(value);
  if (isPlain && type !== 'QUOTE_DOUBLE' && type !== 'QUOTE_SINGLE') return value;
  if (type === 'QUOTE_SINGLE' && /^[ -~]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return jsonOf(value);
}

/** @returns the aliases outside of a node that stand for it or for a part of it, with what they stand for */
export function aliasesInto(node: Node, document: Document): { alias: Alias; target: Node }[] {
  const inside = new Set<unknown>();
  visit(node as never, { Node: (_, each) => void inside.add(each) });
  const found: { alias: Alias; target: Node }[] = [];
  visit(document, {
    Alias: (_, alias) => {
      const target = inside.has(alias) ? undefined : alias.resolve(document);
      if (target !== undefined && inside.has(target)) found.push({ alias, target: target as Node });
    },
  });
  return found;
}

/** The text with all splices made; they may come in any order, but must not overlap. */
export function splice(text: string, splices: readonly Splice[]): string {
  const ordered = [...splices].sort((a, b) => b.start - a.start);
  return ordered.reduce(
    (done, { start, end, text: put }) => done.slice(0, start) + put + done.slice(end),
    text,
  );
}
