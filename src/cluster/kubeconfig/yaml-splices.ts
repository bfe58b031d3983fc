import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import {
  aliasesInto,
  blockOf,
  columnOf,
  endOf,
  endOfPair,
  eolOf,
  jsonOf,
  lineAfter,
  nodesAlong,
  pairOf,
  type Splice,
  scalarOf,
  startOf,
  type YamlPath,
} from './yaml-text.ts';

/**
 * The smallest splices that may set, add or remove what is at `path`. Whether they do is for the caller to see: YAML
 * can be written in more ways than are known here.
 * @param value undefined: it is to be removed
 * @returns each a try of its own, best first
 */
export function smallSplices(text: string, document: Document, path: YamlPath, value: unknown): Splice[] {
  const nodes = nodesAlong(document.contents, path);
  const step = path.at(-1);
  if (step === undefined) return [];
  const isThere = nodes.length > path.length;
  const holder = nodes[path.length - 1];
  if (holder === undefined) return nodes.length === 0 ? wholeText(text, path, value) : [];
  if (value === undefined) return isMap(holder) ? removal(text, holder, step) : [];
  const parent = nodes[path.length - 2];
  if (isThere) return replacement(text, holder, step, nodes.at(-1) as Node, value);
  return [
    ...instead(text, parent, path.at(-2), holder, isSeq(holder) ? [value] : { [step]: value }),
    ...addition(text, holder, step, value),
  ];
}

/** A file of comments, or of nothing. */
function wholeText(text: string, path: YamlPath, value: unknown): Splice[] {
  if (path.length !== 1 || typeof path[0] !== 'string') return [];
  const eol = eolOf(text);
  const before = text === '' || text.endsWith('\n') ? '' : eol;
  return [
    { start: text.length, end: text.length, text: before + blockOf({ [path[0]]: value }, 0, eol) + eol },
  ];
}

function replacement(
  text: string,
  holder: Node,
  step: string | number,
  node: Node,
  value: unknown,
): Splice[] {
  const pretty = instead(text, holder, step, node, value);
  return [...pretty, inPlace(text, node, typeof value === 'string' ? scalarOf(value, node) : jsonOf(value))];
}

/** What replaces a node by JSON: every other place that shares a part of it by an alias gets its own copy. */
export function written(text: string, document: Document, node: Node, value: unknown): Splice[] {
  const shared = aliasesInto(node, document).map(({ alias, target }) =>
    inPlace(text, alias, jsonOf(target.toJS(document, { maxAliasCount: 100 }))),
  );
  return [inPlace(text, node, jsonOf(value)), ...shared];
}

function inPlace(text: string, node: Node, put: string): Splice {
  const [start, end] = [startOf(node), endOf(node)];
  // Only behind a key in quotes, as in JSON, may a value stand without a space.
  const needsSpace = start === end || /^[^"{[]/.test(put);
  const before = start === 0 || !needsSpace || /[\s[{,]/.test(text[start - 1] ?? '') ? '' : ' ';
  // A block scalar ends with its line.
  const after = end > start && text[end - 1] === '\n' ? eolOf(text) : text[end] === '#' ? ' ' : '';
  return { start, end, text: before + put + after };
}

/** In a block mapping, what is empty makes room for lines of its own. */
function instead(
  text: string,
  parent: Node | undefined,
  key: string | number | undefined,
  node: Node,
  value: unknown,
): Splice[] {
  const isEmpty = isCollection(node) ? node.items.length === 0 : isScalar(node) && node.value === null;
  if (!isEmpty || !isMap(parent) || parent.flow === true || key === undefined) return [];
  if (typeof value !== 'object') return [];
  const pair = pairOf(parent, key);
  const colon = text.indexOf(':', pair?.key.range?.[1] ?? 0) + 1;
  const eol = eolOf(text);
  const column = columnOf(text, startOf(parent)) + (Array.isArray(value) ? 0 : 2);
  return [{ start: colon, end: endOf(node), text: eol + blockOf(value, column, eol) }];
}

function addition(text: string, holder: Node, step: string | number, value: unknown): Splice[] {
  if (!isCollection(holder) || (isMap(holder) && pairOf(holder, step) !== undefined)) return [];
  const isList = isSeq(holder);
  if (holder.flow !== true) {
    const eol = eolOf(text);
    const at = lineAfter(text, endOf(holder));
    const before = at > 0 && text[at - 1] !== '\n' ? eol : '';
    const lines = blockOf(isList ? [value] : { [step]: value }, columnOf(text, startOf(holder)), eol);
    return [{ start: at, end: at, text: before + lines + (before === '' ? eol : '') }];
  }
  const last = holder.items.at(-1);
  const key = isList ? '' : `${jsonOf(String(step))}: `;
  if (last === undefined) {
    const at = startOf(holder) + 1;
    return [{ start: at, end: at, text: key + jsonOf(value) }];
  }
  const first = isList ? (last as Node) : (last as Pair<Node>).key;
  const gap = /\s*$/.exec(text.slice(startOf(holder) + 1, startOf(first)))?.[0] ?? '';
  const at = isList ? endOf(last as Node) : endOfPair(last as Pair<Node, Node | null>);
  const json = gap.includes('\n')
    ? jsonOf(value, 2).replaceAll('\n', eolOf(text) + gap.slice(gap.lastIndexOf('\n') + 1))
    : jsonOf(value);
  return [{ start: at, end: at, text: `,${gap}${key}${json}` }];
}

function removal(text: string, map: YAMLMap, step: string | number): Splice[] {
  const pairs = map.items as Pair<Node, Node | null>[];
  const pair = pairOf(map, step);
  if (pair === undefined) return [];
  const [start, end] = [startOf(pair.key), endOfPair(pair)];
  if (map.flow !== true)
    return [{ start: start - columnOf(text, start), end: lineAfter(text, end), text: '' }];
  const index = pairs.indexOf(pair);
  const [before, after] = [pairs[index - 1], pairs[index + 1]];
  if (after !== undefined) return [{ start, end: startOf(after.key), text: '' }];
  return [{ start: before === undefined ? start : endOfPair(before), end, text: '' }];
}
