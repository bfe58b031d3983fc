import { type Document, isAlias, isMap, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { isTooIntricate, TOO_INTRICATE } from '../hosts/intricate-yaml.ts';
import { shownName } from '../hosts/quoting.ts';
import { holdsSecret } from '../hosts/reason.ts';
import type { SecretPlace } from '../hosts/secret-store.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { closestName } from './closest-name.ts';
import {
  type Config,
  type ConfigProblem,
  type RegistryEntry,
  registryKeys,
  secretsKind,
  topLevelKeys,
  type ValueKind,
} from './config.ts';

/** A config file as far as it can be understood. */
export interface ParsedConfig {
  readonly config: Config;
  readonly problems: readonly ConfigProblem[];
  /** Hosts whose entry has a fault; they are not in `config`. */
  readonly brokenHosts: ReadonlySet<string>;
  /** Nothing in the file can be relied on; `config` is empty. */
  readonly unreadable: boolean;
}

const maxCharacters = 1024 * 1024;
const maxAliasCount = 100;

/** Keys that mean nothing without another: of what is minted, its account; of pods, who may be asked about their tokens. */
const NEEDS = [
  { key: 'tokenLifetime', beside: 'serviceAccount' },
  { key: 'selfRenew', beside: 'serviceAccount' },
  { key: 'pods', value: 'annotated', beside: 'serviceAccount' },
  { key: 'pods', value: 'own-token', beside: 'server' },
] as const;

type Report = (offset: number, message: string, host?: string, key?: 'secrets') => void;
type Found = {
  registries: Map<string, RegistryEntry>;
  brokenHosts: Set<string>;
  secrets: SecretPlace | undefined;
};
type Member = { name: string; offset: number; value: unknown; valueOffset: number };

/**
 * Reads our config.yaml. `path` is only used to name the file in problems. Never throws: a fault in one
 * entry breaks that host alone, a fault in the YAML makes the whole file unreadable.
 */
export function parseConfig(text: string, path: string): ParsedConfig {
  const problems: ConfigProblem[] = [];
  const lines = new LineCounter();
  const report: Report = (offset, message, host, key) => {
    const at = lines.linePos(offset);
    const where = { path, line: Math.max(at.line, 1), column: Math.max(at.col, 1) };
    const of = { ...(host === undefined ? {} : { host }), ...(key === undefined ? {} : { key }) };
    problems.push({ ...where, message, ...of });
  };
  const into: Found = { registries: new Map(), brokenHosts: new Set(), secrets: undefined };
  const readable = readText(text, lines, report, into);
  const { registries, brokenHosts, secrets } = into;
  return readable
    ? { config: { registries, secrets }, problems, brokenHosts, unreadable: false }
    : {
        config: { registries: new Map(), secrets: undefined },
        problems,
        brokenHosts: new Set(),
        unreadable: true,
      };
}

function readText(text: string, lines: LineCounter, report: Report, into: Found): boolean {
  if (text.length > maxCharacters) {
    report(0, 'the file is larger than 1 MB');
    return false;
  }
  if (isTooIntricate(text)) {
    report(0, TOO_INTRICATE);
    return false;
  }
  const doc = parseYaml(text, lines, report);
  if (doc === undefined) return false;
  const root = resolved(doc, doc.contents);
  if (isNothing(root)) return true;
  if (!isMap(root)) {
    report(0, 'expected the key `registries` and hosts under it');
    return false;
  }
  const seen = new Set<string>();
  for (const { name, offset, value, valueOffset } of members(root, doc, report)) {
    if (name !== 'registries' && name !== 'secrets') {
      report(offset, unknownKey(name, topLevelKeys));
      continue;
    }
    if (seen.has(name)) {
      report(offset, `the key \`${name}\` is there twice`);
      return false;
    }
    seen.add(name);
    if (isNothing(value)) continue;
    if (name === 'secrets') {
      into.secrets = secretsKind.read(isScalar(value) ? value.value : undefined);
      const message = `\`secrets\` must be ${secretsKind.expected}`;
      if (into.secrets === undefined) report(valueOffset, message, undefined, 'secrets');
      continue;
    }
    if (!isMap(value)) {
      report(valueOffset, 'under `registries` there must be hosts, each with its keys');
      return false;
    }
    readRegistries(value, doc, report, into.registries, into.brokenHosts);
  }
  return true;
}

function parseYaml(text: string, lines: LineCounter, report: Report): Document | undefined {
  let doc: Document;
  try {
    doc = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  } catch (error) {
    // The composer is recursive: thousands of nested brackets run out of stack.
    if (!(error instanceof RangeError)) throw error;
    report(0, 'the YAML is nested too deeply');
    return undefined;
  }
  const first = doc.errors[0];
  if (first !== undefined) {
    report(first.pos[0], first.message);
    return undefined;
  }
  try {
    doc.toJS({ maxAliasCount, mapAsMap: true });
  } catch (error) {
    // An alias without its anchor and too many aliases are both a ReferenceError of `yaml`.
    if (!(error instanceof ReferenceError)) throw error;
    report(0, `an alias can't be resolved: ${error.message}`);
    return undefined;
  }
  return doc;
}

function readRegistries(
  map: YAMLMap,
  doc: Document,
  report: Report,
  registries: Map<string, RegistryEntry>,
  brokenHosts: Set<string>,
): void {
  const seen = new Set<string>();
  for (const member of members(map, doc, report)) {
    const host = normaliseRegistryHost(member.name);
    if (host === null || holdsSecret(member.name)) {
      report(member.offset, `${shownName(member.name)} is not a registry host; write HOST or HOST:PORT`);
      continue;
    }
    if (seen.has(host)) {
      report(member.offset, `the registry ${host} is there twice`, host);
      brokenHosts.add(host);
      continue;
    }
    seen.add(host);
    const entry = readEntry(member, host, doc, report);
    if (entry === undefined) brokenHosts.add(host);
    else registries.set(host, entry);
  }
  for (const host of brokenHosts) registries.delete(host);
}

function readEntry(member: Member, host: string, doc: Document, report: Report): RegistryEntry | undefined {
  if (isNothing(member.value)) return {};
  if (!isMap(member.value)) {
    report(member.valueOffset, `under ${host} there must be keys such as \`server\` and \`user\``, host);
    return undefined;
  }
  const kinds: Record<string, ValueKind<unknown>> = registryKeys;
  const values: Record<string, unknown> = {};
  const offsets = new Map<string, number>();
  let sound = true;
  const fault = (offset: number, message: string) => {
    sound = false;
    report(offset, message, host);
  };
  for (const { name, offset, value, valueOffset } of members(member.value, doc, fault)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      fault(offset, unknownKey(name, Object.keys(kinds)));
      continue;
    }
    if (Object.hasOwn(values, name)) fault(offset, `the key \`${name}\` of ${host} is there twice`);
    // The value stays out of the message: it may be a URL with a password in it.
    const read = kind.read(isScalar(value) ? value.value : undefined);
    if (read === undefined) fault(valueOffset, `\`${name}\` of ${host} must be ${kind.expected}`);
    else values[name] = read;
    offsets.set(name, offset);
  }
  for (const { key, beside, ...of } of NEEDS) {
    const offset = offsets.get(key);
    if (offset === undefined || offsets.has(beside) || ('value' in of && values[key] !== of.value)) continue;
    const name = 'value' in of ? `${key}: ${of.value}` : key;
    fault(offset, `\`${name}\` of ${host} needs \`${beside}\` beside it`);
  }
  return sound ? (values as RegistryEntry) : undefined;
}

function* members(map: YAMLMap, doc: Document, report: Report): Generator<Member> {
  for (const pair of map.items) {
    const key = resolved(doc, pair.key);
    const offset = startOf(pair.key) ?? startOf(map) ?? 0;
    if (!isScalar(key)) {
      report(offset, 'a key must be text; put a name with brackets in quotes');
      continue;
    }
    const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
    const value = resolved(doc, pair.value);
    yield { name, offset, value, valueOffset: startOf(pair.value) ?? offset };
  }
}

function resolved(doc: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(doc) : node;
}

function startOf(node: unknown): number | undefined {
  const range = (node as { range?: [number, number, number] | null } | null)?.range;
  return range?.[0];
}

function isNothing(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

function unknownKey(name: string, known: readonly string[]): string {
  const meant = closestName(name, known);
  const help = meant === undefined ? `known: ${known.join(', ')}` : `did you mean \`${meant}\`?`;
  return `unknown key ${shownName(name)}; ${help}`;
}
