import { FILES_AS_HELPER, OUR_HELPER } from '../hosts/helper-names.ts';
import { namesOfRegistry } from '../registry/docker-hub.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { type EngineEnvironment, engineFiles } from './config-files/engine-files.ts';
import { credsStoreIn, namedHelpersIn } from './config-files/file-fields.ts';
import { parseJsonObject } from './config-files/json-members.ts';
import { isThere, readEngineFile } from './config-files/read-engine-file.ts';
import { isBlank } from './edits/engine-draft.ts';

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
  if (text === null || isBlank(text)) return { byHost, forAll: [] };
  const root = parseJsonObject(text, path);
  for (const { key, helper } of namedHelpersIn(root, text, path)) {
    const host = normaliseRegistryHost(key);
    if (host !== null) byHost.set(host, [...(byHost.get(host) ?? []), helper]);
  }
  const store = credsStoreIn(root);
  return { byHost, forAll: store === undefined ? [] : [store] };
}

/** @returns the helpers beside this one in which docker or podman may have put a login of the host */
export function othersThatMayHold(host: string, { byHost, forAll }: NamedHelpers): readonly string[] {
  const named = namesOfRegistry(host).flatMap((name) => byHost.get(name) ?? []);
  const names = new Set([...named, ...forAll]);
  names.delete(OUR_HELPER);
  names.delete('');
  names.delete(FILES_AS_HELPER);
  return [...names];
}

/** @returns the hosts that an engine asks this helper for */
export function hostsOfOurs({ byHost }: NamedHelpers): readonly string[] {
  return [...byHost].filter(([, names]) => names.includes(OUR_HELPER)).map(([host]) => host);
}
