import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { type EngineEnvironment, engineFiles } from './engine-files.ts';
import { membersOf, parseJsonObject } from './json-members.ts';
import { HELPER_NAME } from './plan-engine-edit.ts';
import { isThere, readEngineFile } from './read-engine-file.ts';

/** The hosts that engines' files name a helper for, by helper, and the helpers that they name for every other host. */
export interface NamedHelpers {
  /** In the form of `normaliseRegistryHost`. */
  readonly byHost: ReadonlyMap<string, readonly string[]>;
  readonly forAll: readonly string[];
}

/**
 * Reads which helpers docker's and podman's files name.
 * @throws AppError naming a file that can't be read
 */
export async function namedHelpers(environment: EngineEnvironment): Promise<NamedHelpers> {
  const byHost = new Map<string, string[]>();
  const forAll = new Set<string>();
  for (const { path, legacy } of engineFiles(environment)) {
    if (legacy || !(await isThere(path))) continue;
    const named = helpersIn((await readEngineFile(path)).text, path);
    for (const name of named.forAll) forAll.add(name);
    for (const [host, names] of named.byHost) byHost.set(host, [...(byHost.get(host) ?? []), ...names]);
  }
  return { byHost, forAll: [...forAll] };
}

/**
 * The helpers that one file names.
 * @param text what is in it; null: there is none
 * @throws AppError naming `path` if it is broken
 */
export function helpersIn(text: string | null, path: string): NamedHelpers {
  const byHost = new Map<string, string[]>();
  const forAll: string[] = [];
  if (text === null || text.trim() === '') return { byHost, forAll };
  for (const { name, value } of membersOf(parseJsonObject(text, path))) {
    // Engines match these names without regard to case (Go's encoding/json).
    const key = name.toLowerCase();
    if (key === 'credsstore' && typeof value.value === 'string') forAll.push(value.value);
    if (key !== 'credhelpers' || value.type !== 'object') continue;
    for (const entry of membersOf(value)) {
      const host = normaliseRegistryHost(entry.name);
      if (host === null || typeof entry.value.value !== 'string') continue;
      byHost.set(host, [...(byHost.get(host) ?? []), entry.value.value]);
    }
  }
  return { byHost, forAll };
}

/** @returns the helpers beside this one in which docker or podman may have put a login of the host */
export function othersThatMayHold(host: string, { byHost, forAll }: NamedHelpers): readonly string[] {
  const names = new Set([...(byHost.get(host) ?? []), ...forAll]);
  names.delete(HELPER_NAME);
  names.delete('');
  return [...names];
}

/** @returns the hosts that an engine asks this helper for */
export function hostsOfOurs({ byHost }: NamedHelpers): readonly string[] {
  return [...byHost].filter(([, names]) => names.includes(HELPER_NAME)).map(([host]) => host);
}
