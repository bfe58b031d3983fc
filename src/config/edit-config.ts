import { type Document, isAlias, isMap, isScalar, type Pair, parseDocument, YAMLMap } from 'yaml';
import { AppError } from '../hosts/reason.ts';
import { bindHost } from '../registry/bind-host.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { normaliseServerUrl } from '../registry/server-url.ts';
import { describeProblem, type RegistryEntry } from './config.ts';
import { registryKeys } from './config-keys.ts';
import { type ParsedConfig, parseConfig } from './parse-config.ts';

/**
 * The keys that say which identity a host gets; a new binding replaces all of them. A token file that stayed would
 * hand one cluster's token to another.
 */
const bindingKeys = ['server', 'user', 'context', 'anonymous', 'tokenFile'] as const;
/** What is minted for a host; a new binding on the same cluster changes these only if it says so. */
const mintingKeys = ['serviceAccount', 'selfRenew'] as const;

/**
 * The text of our config with `host` (as `normaliseRegistryHost` writes it) bound to `entry`: `server`,
 * `user`, `context`, `anonymous` and `tokenFile` become what `entry` says, or go; what is minted for the host stays
 * where the cluster is the same, and goes with another one. Comments, the order of keys and all other entries stay; a
 * text that already says so comes back as it is. `text` is empty for a new file.
 * Throws an AppError with `path`, line and column if the file, or this host's entry in it, has a fault.
 */
export function bindRegistry(text: string, host: string, entry: RegistryEntry, path: string): string {
  const before = parseConfig(text, path);
  refuseFaults(before, host, path);
  const current = before.config.registries.get(host);
  const stays = staysOnCluster(host, current, entry);
  const written = [...bindingKeys, ...mintingKeys.filter((key) => !stays || entry[key] !== undefined)];
  const isSame = written.every((key) => current?.[key] === entry[key]);
  if (current !== undefined && isSame) return text;

  const doc: Document = parseDocument(text, { uniqueKeys: false });
  const root = isMap(doc.contents) ? doc.contents : emptyMapWithCommentsOf(doc.contents);
  doc.contents = root;
  const registries = childMap(root, (key) => key === 'registries', 'registries', path);
  const target = childMap(registries, (key) => normaliseRegistryHost(key) === host, host, path);
  for (const key of written) {
    const value = entry[key];
    if (value !== undefined) target.set(key, value);
  }
  for (const key of written) {
    if (entry[key] === undefined) deleteButKeepComments(target, key);
  }
  if (!stays) deleteButKeepComments(target, 'tokenLifetime');

  const lf = doc.toString({ lineWidth: 0, indent: indentOf(text) });
  const after = /\r\n/.test(text) ? lf.replaceAll('\n', '\r\n') : lf;
  refuseSideEffects(before, parseConfig(after, path), host, path);
  return after;
}

/**
 * Whether a host that is bound to `entry` anew stays on its cluster, and keeps what is minted there for it.
 * @param current what the config says of the host so far
 */
export function staysOnCluster(
  host: string,
  current: RegistryEntry | undefined,
  entry: RegistryEntry,
): boolean {
  const before = bindHost(host, { ...current, anonymous: undefined });
  const server = before.kind === 'bound' ? before.server : undefined;
  if (server === undefined) return current?.context === undefined || current.context === entry.context;
  return server === normaliseServerUrl(entry.server ?? '');
}

function refuseFaults(parsed: ParsedConfig, host: string, path: string): void {
  if (!parsed.unreadable && !parsed.brokenHosts.has(host)) return;
  const problem = parsed.problems.find((p) => parsed.unreadable || p.host === host);
  const message = problem === undefined ? `${path} can't be understood` : describeProblem(problem);
  throw new AppError({
    code: 'CONFIG_BROKEN',
    message,
    fix: { do: `Mend that line of ${path}, then run this again.` },
  });
}

/** An anchor lets two hosts share one mapping: writing to one would silently rebind the other. */
function refuseSideEffects(before: ParsedConfig, after: ParsedConfig, host: string, path: string): void {
  refuseFaults(after, host, path);
  for (const [other, entry] of before.config.registries) {
    if (other === host) continue;
    const now = after.config.registries.get(other);
    const keys = Object.keys(registryKeys) as (keyof RegistryEntry)[];
    if (now !== undefined && keys.every((key) => now[key] === entry[key])) continue;
    throw new AppError({
      code: 'CONFIG_SHARED_ENTRY',
      message: `${path}: ${host} shares its entry with ${other} by a YAML anchor`,
      fix: { do: `Write the two entries out in ${path}, then run this again.` },
    });
  }
}

/** The mapping under the key that `matches`; made if it is missing or has no value. */
function childMap(map: YAMLMap, matches: (key: string) => boolean, name: string, path: string): YAMLMap {
  const pair = (map.items as Pair[]).find((item) => isScalar(item.key) && matches(String(item.key.value)));
  if (pair !== undefined && isMap(pair.value)) return pair.value;
  if (pair !== undefined && isAlias(pair.value)) {
    throw new AppError({
      code: 'CONFIG_SHARED_ENTRY',
      message: `${path}: ${name} is a YAML alias and can't be changed on its own`,
      fix: { do: `Write the entry out in ${path}, then run this again.` },
    });
  }
  const child = emptyMapWithCommentsOf(pair?.value);
  if (pair === undefined) map.set(name, child);
  else pair.value = child;
  return child;
}

/** Comments at a key that goes are a person's words still: they move above the entry's first key. */
function deleteButKeepComments(map: YAMLMap, name: string): void {
  const pairs = map.items as Pair<unknown, unknown>[];
  const gone = pairs.find((pair) => isScalar(pair.key) && pair.key.value === name);
  if (gone === undefined) return;
  const comments = [gone.key, gone.value].flatMap((node) =>
    isScalar(node) ? [node.commentBefore, node.comment] : [],
  );
  map.delete(name);
  const kept = comments.filter((comment) => typeof comment === 'string');
  if (kept.length > 0) map.commentBefore = [map.commentBefore, ...kept].filter(Boolean).join('\n');
}

function emptyMapWithCommentsOf(node: unknown): YAMLMap {
  const map = new YAMLMap();
  if (isScalar(node)) {
    map.commentBefore = node.commentBefore ?? null;
    map.comment = node.comment ?? null;
  }
  return map;
}

/** How far the file indents a level: the first indented line that is no comment. */
function indentOf(text: string): number {
  const indent = /^( +)[^\s#]/m.exec(text)?.[1]?.length;
  return indent === undefined ? 2 : Math.min(indent, 8);
}
