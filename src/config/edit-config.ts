import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import { openYaml } from '../files/edit-yaml.ts';
import { AppError } from '../hosts/reason.ts';
import { resolveHost } from '../hosts/resolve-host.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { normaliseServerUrl } from '../registry/server-url.ts';
import { describeProblem, type RegistryEntry } from './config.ts';
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
 * where the cluster is the same, and goes with another one, or for a login of one's own; what pods get goes. Comments, the
 * order of keys and all other entries stay; a text that already says so comes back as it is. `text` is empty for a new file.
 * Throws an AppError with `path`, line and column if the file, or this host's entry in it, has a fault.
 */
export function bindRegistry(
  text: string,
  host: string,
  entry: RegistryEntry,
  path: string,
  isOwnLogin = false,
): string {
  const before = parseConfig(text, path);
  refuseFaults(before, host, path);
  const current = before.config.registries.get(host);
  const stays = !isOwnLogin && staysOnCluster(host, current, entry);
  const written = [...bindingKeys, ...mintingKeys.filter((key) => !stays || entry[key] !== undefined)];
  const isSame = written.every((key) => current?.[key] === entry[key]);
  if (current !== undefined && isSame) return text;

  const name = spellingOf(host, registriesIn(text)) ?? host;
  const place = (key: string) => ['registries', name, key];
  const values = written.map((key) => ({ path: place(key), value: entry[key] }));
  // Whoever answers now was not meant to answer for pods.
  const gone = [...(stays ? [] : ['tokenLifetime']), 'pods'].map((key) => ({
    path: place(key),
    value: undefined,
  }));
  const isSet = ({ value }: { readonly value: unknown }): boolean => value !== undefined;
  const after = openYaml(text)?.edit([
    ...values.filter(isSet),
    ...values.filter((edit) => !isSet(edit)),
    ...gone,
  ]);
  if (after === undefined) throw tangled(host, path);
  refuseFaults(parseConfig(after, path), host, path);
  return after;
}

/**
 * The text of our config with typed secrets kept in private files, which nobody chose yet.
 * @throws AppError with `path`, line and column if the file has a fault
 */
export function keepSecretsInFiles(text: string, path: string): string {
  const { config, problems } = parseConfig(text, path);
  if (config.secrets !== undefined) return text;
  const [problem] = problems;
  const after = openYaml(text)?.edit([{ path: ['secrets'], value: 'file' }]);
  if (problem === undefined && after !== undefined) return after;
  const why = problem === undefined ? `${path} can't be changed` : describeProblem(problem);
  throw new AppError({ code: 'config-broken', message: why });
}

/**
 * What our config says of a host, as plain JSON: values as they were written, whether or not they make sense.
 * @param host as `normaliseRegistryHost` writes it
 * @returns null if it says nothing, or can't be parsed
 */
export function entryAsWritten(text: string, host: string): unknown {
  const registries = registriesIn(text);
  return registries[spellingOf(host, registries) ?? ''] ?? null;
}

/**
 * The text of our config with a host's entry as `entryAsWritten` told it once; null: without the host. Comments, the order
 * of keys and all other entries stay; what is empty without it goes, too.
 * @returns undefined: the entry can't be changed without another
 */
export function withEntryAsWritten(text: string, host: string, entry: unknown): string | undefined {
  const registries = registriesIn(text);
  const name = spellingOf(host, registries);
  if (name === undefined) return text;
  const isLast = entry === null && Object.keys(registries).length === 1;
  const after = openYaml(text)?.edit([
    { path: isLast ? ['registries'] : ['registries', name], value: entry ?? undefined },
  ]);
  return after?.replace(/^\{\}\s*$/m, '');
}

function registriesIn(text: string): Readonly<Record<string, unknown>> {
  const root = contentOf(text);
  const registries: unknown = isMapping(root) ? root.registries : undefined;
  return isMapping(registries) ? registries : {};
}

/** @returns undefined: it can't be parsed, or means nothing */
function contentOf(text: string): unknown {
  try {
    // Silent: it would warn of a key that is no text on stderr, and quote it.
    const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent', prettyErrors: false });
    return document.errors.length > 0 ? undefined : document.toJS();
  } catch (error) {
    // An alias without its anchor, or more of them than anybody wrote; brackets that are nested too deeply.
    if (error instanceof ReferenceError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How a text spells a host that it has an entry for. */
function spellingOf(host: string, registries: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(registries).find((name) => normaliseRegistryHost(name) === host);
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
  const settings = { ...current, anonymous: undefined };
  const { binding } = resolveHost(host, { nowMs: 0, settings: { settings } });
  const server = binding?.kind === 'bound' ? binding.server : undefined;
  if (server === undefined) return current?.context === undefined || current.context === entry.context;
  return server === normaliseServerUrl(entry.server ?? '');
}

function refuseFaults(parsed: ParsedConfig, host: string, path: string): void {
  if (!parsed.unreadable && !parsed.brokenHosts.has(host)) return;
  const problem = parsed.problems.find((p) => parsed.unreadable || p.host === host);
  const message = problem === undefined ? `${path} can't be understood` : describeProblem(problem);
  throw new AppError({
    code: 'config-broken',
    message,
    fix: { do: `Correct that line of ${path}, then run this again.` },
  });
}

function tangled(host: string, path: string): AppError {
  return new AppError({
    code: 'config-tangled',
    message: `${path}: the entry of ${host} can't be changed without another`,
    fix: { do: `Write the entry out in ${path}, without YAML anchors and aliases, then run this again.` },
  });
}

/** @returns whether two texts of our config say the same, to this program and to whoever reads the comments */
export function saysTheSame(one: string, other: string): boolean {
  const [first, second] = [saying(one), saying(other)];
  return (
    first !== undefined &&
    isDeepStrictEqual(first, second) &&
    isDeepStrictEqual(comments(one), comments(other))
  );
}

/** @returns undefined: what it says can't be told */
function saying(text: string): unknown {
  const value = contentOf(text);
  if (value === undefined) return undefined;
  if (!isMapping(value)) return {};
  const { registries, ...rest } = value;
  const isEmpty = !registries || Object.keys(registries).length === 0;
  return isEmpty ? rest : { registries, ...rest };
}

/** What looks like one is enough: where it is none, more is compared than need be. */
function comments(text: string): string[] {
  return Array.from(text.matchAll(/(?:^|\s)#(.*)$/gm), ([, words = '']) => words.trim());
}
