import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type Range,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import { readWords } from '../files/yaml-nodes.ts';
import { isTooIntricate, TOO_INTRICATE } from '../hosts/intricate-yaml.ts';

/** A value as Kubernetes' components read it, with the line that it stands in. */
export type KubeValue =
  | { readonly kind: 'text' | 'number' | 'boolean' | 'null'; readonly text: string; readonly line: number }
  | { readonly kind: 'list'; readonly items: readonly KubeValue[]; readonly line: number }
  | { readonly kind: 'mapping'; readonly entries: ReadonlyMap<string, KubeValue>; readonly line: number };

/** What is wrong at a line, counted from 1. */
export interface TextFault {
  readonly line: number;
  readonly why: string;
}

/** More of them than this stand for more than anybody wrote. */
const MOST_ALIASES = 100;

/** go-yaml v2, readerc.go; and what a file that is not in UTF-8 was read as. */
const UNREADABLE = /[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffc\u{10000}-\u{10ffff}]/u;

type Entry = Pair<Node, Node | null>;

/**
 * Reads a file as kubelet's strict decoder does (apimachinery's serializer with EnableStrict, over sigs.k8s.io/yaml and its
 * go-yaml v2): what starts with `{` is JSON, everything else YAML 1.1, of which the first document counts; a key that stands
 * twice, merged ones too, is an error.
 * @returns the value as far as it can be read, and what is wrong with the text; without faults the value is whole
 */
export function readKubeText(text: string): {
  readonly value: KubeValue;
  readonly faults: readonly TextFault[];
} {
  const nothing: KubeValue = { kind: 'null', text: '', line: 1 };
  if (isTooIntricate(text)) return { value: nothing, faults: [{ line: 1, why: TOO_INTRICATE }] };
  const bare = text.replace(/^\ufeff/, '');
  const whyNotJson = /^\s*\{/.test(text) ? jsonFault(text) : undefined;
  if (whyNotJson !== undefined) return { value: nothing, faults: [whyNotJson] };
  const unreadable = bare.search(UNREADABLE);
  if (!/^\s*\{/.test(text) && unreadable !== -1) {
    return {
      value: nothing,
      faults: [{ line: lineAt(bare)(unreadable), why: 'a character stands there that YAML does not allow' }],
    };
  }
  const document = readWords(bare);
  // A second document is not read.
  const broken = document.errors.filter(({ code }) => code !== 'MULTIPLE_DOCS');
  if (broken.length > 0) {
    const lines = lineAt(bare);
    const faults = broken.map(({ message, pos: [start] }) => ({ line: lines(start), why: message }));
    return { value: nothing, faults };
  }
  const tab = lineOfTab(document, bare);
  if (tab !== undefined)
    return { value: nothing, faults: [{ line: tab, why: 'a tab stands where only blanks may' }] };
  return readNodes(document.contents as Node | null, bare);
}

/**
 * go-yaml takes no tab where something may begin: before the first text of a line, and after a dash that begins an item.
 * Within quotes, brackets and blocks of text it does; YAML 1.2 is less strict.
 */
function lineOfTab(document: Document, text: string): number | undefined {
  const lenient: (readonly [start: number, end: number])[] = [];
  visit(document, {
    Node: (_, node) => {
      const { range, type, flow } = node as { range?: Range | null; type?: string; flow?: boolean };
      if (range != null && (flow === true || (type !== undefined && type !== 'PLAIN')))
        lenient.push([range[0], range[1]]);
    },
  });
  const end = document.range?.[2] ?? text.length;
  // Both come in the order of the text.
  let [next, reaches] = [0, 0];
  for (const match of text.matchAll(/^(?: |- )*-?(\t)/gm)) {
    const at = match.index + match[0].length - 1;
    for (let range = lenient[next]; range !== undefined && range[0] < at; range = lenient[++next])
      reaches = Math.max(reaches, range[1]);
    if (at < end && at >= reaches) return lineAt(text)(at);
  }
  return undefined;
}

/** @returns from a place in a text to its line, counted from 1 */
function lineAt(text: string): (offset: number) => number {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return (offset) => lines.linePos(offset).line;
}

function jsonFault(text: string): TextFault | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { line: 1, why: 'it starts with { and so is read as JSON, which it is not' };
  }
}

function readNodes(
  contents: Node | null,
  text: string,
): { readonly value: KubeValue; readonly faults: readonly TextFault[] } {
  const faults: TextFault[] = [];
  const anchors = new Map<string, Node>();
  const within = new Set<Node>();
  let aliases = 0;
  const lines = lineAt(text);
  const lineOf = (node: Node | null | undefined): number => lines(node?.range?.[0] ?? 0);
  const fault = (node: Node | null | undefined, why: string): KubeValue => {
    faults.push({ line: lineOf(node), why });
    return { kind: 'null', text: '', line: lineOf(node) };
  };
  const read = (node: Node | null, after?: Node): KubeValue => {
    if (node === null) return { kind: 'null', text: '', line: lineOf(after) };
    if (isAlias(node)) {
      aliases += 1;
      const target = anchors.get(node.source);
      if (target === undefined)
        return fault(node, `*${node.source} stands for nothing: a text that starts with * needs quotes`);
      if (within.has(target)) return fault(node, `*${node.source} contains itself`);
      if (aliases > MOST_ALIASES) return fault(node, 'there are too many aliases');
      return read(target);
    }
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) anchors.set(anchor, node);
    if (isScalar(node)) return { ...scalarOf(node), line: lineOf(node) };
    within.add(node);
    const value = isMap(node)
      ? readMapping(node)
      : ({
          kind: 'list',
          items: isSeq(node) ? (node.items as Node[]).map((item) => read(item, node)) : [],
          line: lineOf(node),
        } as const);
    within.delete(node);
    return value;
  };
  const readMapping = (map: YAMLMap): KubeValue => {
    const entries = new Map<string, KubeValue>();
    const set = (key: string, value: KubeValue, at: Node | null): void => {
      if (entries.has(key)) fault(at, `the key ${key} stands there twice`);
      else entries.set(key, value);
    };
    for (const { key, value } of map.items as Entry[]) {
      if (isScalar(key) && typeof key.value === 'symbol') {
        for (const source of isSeq(value) ? (value.items as Node[]) : [value]) {
          const merged = read(source, key);
          if (merged.kind !== 'mapping') fault(key, '<< takes a mapping, or a list of mappings');
          else for (const [name, each] of merged.entries) set(name, each, key);
        }
        continue;
      }
      const name = read(key, map);
      if (name.kind === 'list' || name.kind === 'mapping' || name.kind === 'null')
        fault(key, 'a key is no text');
      else set(name.text, read(value, key), key);
    }
    return { kind: 'mapping', entries, line: lineOf(map) };
  };
  return { value: read(contents), faults };
}

type ScalarKind = Extract<KubeValue, { text: string }>['kind'];

/** go-yaml v2, resolve.go: what is a boolean, a number or nothing without quotes. */
const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const ENDLESS = /^(?:\.nan|\.NaN|\.NAN|[-+]?\.(?:inf|Inf|INF))$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const INTEGER = /^[-+]?(?:0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|\d+)$/;

function scalarOf(scalar: Scalar): { readonly kind: ScalarKind; readonly text: string } {
  const text = scalar.value === null ? (scalar.source ?? '') : String(scalar.value);
  const tag = scalar.tag?.replace(/^tag:yaml\.org,2002:/, '');
  // Where the text is not of the kind of its tag, that is an error there; here no field takes the kind.
  if (tag === 'int' || tag === 'float' || tag === 'timestamp' || tag === 'null')
    return { kind: 'number', text };
  if (tag === 'bool')
    return { kind: TRUE.has(text) || FALSE.has(text) ? 'boolean' : 'number', text: String(TRUE.has(text)) };
  if (tag !== undefined || scalar.type !== 'PLAIN') return { kind: 'text', text };
  if (TRUE.has(text)) return { kind: 'boolean', text: 'true' };
  if (FALSE.has(text)) return { kind: 'boolean', text: 'false' };
  if (NULL.has(text)) return { kind: 'null', text: '' };
  const digits = /^[-+.\d]/.test(text) ? text.replaceAll('_', '') : '';
  return { kind: ENDLESS.test(text) || FLOAT.test(digits) || INTEGER.test(digits) ? 'number' : 'text', text };
}
