import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  type SchemaOptions,
  stringify,
  visit,
  YAMLMap,
  YAMLSeq,
} from 'yaml';

/** From the document's mapping down: keys of mappings and indices of lists. */
export type YamlPath = readonly (string | number)[];

/** What is to be set; undefined: it is removed. An index one past a list's end adds to it. */
export interface YamlEdit {
  readonly path: YamlPath;
  readonly value: unknown;
}

type Entry = Pair<Node, Node | null>;

/**
 * Scalars are left as words, so that each is written as it was read: `no`, `0777` and `1e3` mean one thing in YAML 1.1 (of
 * kubectl) and another in 1.2, and stay what they were in both.
 */
const WORDS: SchemaOptions = {
  schema: 'failsafe',
  customTags: [
    {
      tag: 'tag:yaml.org,2002:null',
      default: true,
      test: /^(?:~|null|Null|NULL|)$/,
      identify: (value) => value === null,
      createNode: () => new Scalar(null),
      resolve: () => new Scalar(null),
      stringify: ({ source }) => source ?? '',
    },
  ],
};

/** @returns undefined: the library, which calls itself for each level of a text, had no room left for that */
export function unlessTooDeep<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @returns the document with its scalars as words */
export function readWords(text: string): Document {
  // Pretty errors take a copy of the line for each fault: of one long line that is quadratic.
  return parseDocument(text, {
    ...WORDS,
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
}

/**
 * Makes one edit. What an anchor shares with a thing that changes is written out for those who shared it.
 */
export function applyToDocument({ path, value }: YamlEdit, document: Document): void {
  const nodes: Node[] = [];
  let node = unshared(document.contents as Node | null, document);
  if (!isCollection(node)) node = emptyLike(node, path[0]);
  document.contents = node as typeof document.contents;
  for (const [index, step] of path.slice(0, -1).entries()) {
    nodes.push(node);
    const child = unshared(childOf(node, step), document);
    const next = isCollection(child) ? child : emptyLike(child, path[index + 1]);
    put(node, step, next);
    node = next;
  }
  const step = path.at(-1) ?? '';
  const old = childOf(node, step);
  release(new Set([...nodes, node]), old, document);
  if (value === undefined) remove(node as YAMLMap, step);
  else if (isScalar(old) && typeof value === 'string') setText(old, value);
  else {
    const isFirst = node.items.length === 0;
    if (isFirst && nodes.every((each) => !isCollection(each) || each.flow !== true)) node.flow = false;
    put(node, step, withComments(fresh(value), old));
  }
}

/** The pairs of a key; of several the last counts. */
function pairsOf(map: YAMLMap, key: unknown): Entry[] {
  return (map.items as Entry[]).filter((pair) => isScalar(pair.key) && pair.key.value === key);
}

function childOf(node: Node, step: string | number): Node | null {
  if (isMap(node)) return pairsOf(node, step).at(-1)?.value ?? null;
  return isSeq(node) ? ((node.items[Number(step)] as Node | undefined) ?? null) : null;
}

function put(node: Node, step: string | number, child: Node): void {
  if (isSeq(node)) node.items[Number(step)] = child;
  if (!isMap(node)) return;
  const pair = pairsOf(node, step).at(-1);
  if (pair === undefined) node.items.push(new Pair(fresh(step), child));
  else pair.value = child;
}

/** Comments of what goes are a person's words still: they move to what follows it. */
function remove(map: YAMLMap, step: string | number): void {
  const gone = pairsOf(map, step);
  const index = (map.items as Entry[]).findIndex((pair) => gone.includes(pair));
  if (index === -1) return;
  const comments: string[] = [];
  for (const pair of gone) {
    visit(pair as never, {
      Node: (_, node) =>
        void comments.push(...[node.commentBefore, node.comment].filter((each) => each != null)),
    });
  }
  map.items = (map.items as Entry[]).filter((pair) => !gone.includes(pair));
  if (comments.length === 0) return;
  const next = (map.items as Entry[])[index]?.key;
  if (next !== undefined) next.commentBefore = [...comments, next.commentBefore].filter(Boolean).join('\n');
  else if (map.items.length === 0)
    map.commentBefore = [map.commentBefore, ...comments].filter(Boolean).join('\n');
  else map.comment = [...comments, map.comment].filter(Boolean).join('\n');
}

/** Gives a scalar another text, in the quotes that it has, or in those that the text needs. */
export function setText(scalar: Scalar, value: string): void {
  const { type } = fresh(value) as Scalar;
  const isQuoted = scalar.type === Scalar.QUOTE_DOUBLE || scalar.type === Scalar.QUOTE_SINGLE;
  scalar.value = value;
  if (!isQuoted && type !== undefined) scalar.type = type;
  delete scalar.anchor;
}

/** A value as it is written so that YAML 1.1 and 1.2 read it alike. */
function fresh(value: unknown): Node {
  const text = stringify(value, null, { compat: 'yaml-1.1', lineWidth: 0 });
  return parseDocument(text, WORDS).contents as Node;
}

function emptyLike(node: Node | null, step: string | number | undefined): YAMLMap | YAMLSeq {
  return withComments(typeof step === 'number' ? new YAMLSeq() : new YAMLMap(), node);
}

function withComments<T extends Node>(node: T, like: Node | null): T {
  for (const name of ['commentBefore', 'comment', 'spaceBefore'] as const)
    if (like?.[name] !== undefined) Object.assign(node, { [name]: like[name] });
  return node;
}

/** A node that stands for nothing elsewhere: an alias becomes a copy, and merged keys become the mapping's own. */
function unshared(node: Node | null, document: Document): Node | null {
  if (isAlias(node)) return unshared(copyOf(node.resolve(document) ?? null, node), document);
  if (!isMap(node) || !(node.items as Entry[]).some(isMerge)) return node;
  const items: Entry[] = [];
  const add = (map: YAMLMap): void => {
    for (const pair of map.items as Entry[]) {
      const has = items.some(
        ({ key }) => isScalar(key) && isScalar(pair.key) && key.value === pair.key.value,
      );
      if (!isMerge(pair) && !has)
        items.push(map === node ? pair : new Pair(copyOf(pair.key), copyOf(pair.value)));
    }
    for (const { value } of (map.items as Entry[]).filter(isMerge)) {
      const sources = isSeq(value) ? (value.items as Node[]) : [value];
      for (const source of sources) {
        const target = isAlias(source) ? source.resolve(document) : source;
        if (isMap(target)) add(target);
      }
    }
  };
  add(node);
  node.items = items;
  return node;
}

/** A `<<` without quotes. */
function isMerge({ key }: Entry): boolean {
  return isScalar(key) && typeof key.value === 'symbol';
}

/** Gives every alias a copy of its own that stands for a node on the way, or for a part of what goes. */
function release(touched: Set<unknown>, old: Node | null, document: Document): void {
  if (old !== null) visit(old as never, { Node: (_, node) => void touched.add(node) });
  visit(document, {
    Alias: (_, alias) => {
      const target = alias.resolve(document);
      return touched.has(target) ? (copyOf(target ?? null, alias) ?? undefined) : undefined;
    },
  });
}

function copyOf<T extends Node | null>(node: T, like?: Node): T {
  if (node === null) return node;
  const copy = node.clone() as Node;
  visit(copy as never, {
    Node: (_, each) => {
      if (!isAlias(each)) delete each.anchor;
    },
  });
  return (like === undefined ? copy : withComments(copy, like)) as T;
}
