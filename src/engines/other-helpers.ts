import { AppError } from '../hosts/reason.ts';
import type { HelperEnd, RunHelper } from '../process/run-program.ts';
import {
  FILES_AS_HELPER,
  isKeyOf,
  namesOfRegistry,
  OUR_HELPER,
  programOf,
} from '../registry/engine-names.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { isThere, readEngineFile } from './config-files/engine-file-on-disk.ts';
import { type EngineEnvironment, engineFiles } from './config-files/engine-files.ts';
import { credsStoreIn, isBlank, namedHelpersIn, parseJsonObject } from './config-files/json-fields.ts';

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

/**
 * Erases what another helper keeps for a host, in whatever spelling (`https://HOST/v1/`): an engine that asks that one
 * would go on with it.
 * A helper that is not there has nothing for any engine of this environment.
 * @param name as an engine's file names it
 * @param say told what was done, a sentence for each login
 * @throws AppError if it can't be told what it has, or it keeps it
 */
export async function eraseElsewhere(
  host: string,
  name: string,
  run: RunHelper,
  say: (sentence: string) => void,
): Promise<void> {
  const program = programOf(name);
  // It becomes the name of a program: nothing may lead elsewhere.
  if (!/^\w[\w.-]*$/.test(name)) return;
  const listed = await run(program, 'list', 'unused');
  if (listed.kind === 'missing') return;
  const keys = listed.kind === 'ended' && listed.status === 0 ? keysIn(listed.stdout) : undefined;
  if (keys === undefined) throw stays(host, program, listed, 'list');
  for (const key of keys) {
    if (!isKeyOf(key, host)) continue;
    const erased = await run(program, 'erase', key);
    if (erased.kind !== 'ended' || erased.status !== 0) throw stays(host, program, erased, 'erase');
    say(`${program}: removed the stored login ${JSON.stringify(key)}`);
  }
}

function keysIn(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Some helpers say `null` for none (Go's nil map).
    if (value === null) return [];
    return typeof value === 'object' ? Object.keys(value).map(serverIn) : undefined;
  } catch {
    // Not the protocol's answer: what it keeps can't be known.
    return undefined;
  }
}

/** docker-credential-secretservice 0.9.3 to 0.9.13 lists its items by their labels. */
function serverIn(key: string): string {
  const label = 'Registry credentials for ';
  return key.startsWith(label) ? key.slice(label.length) : key;
}

function stays(host: string, program: string, end: HelperEnd, verb: string): AppError {
  const fault = end.kind === 'late' ? 'it did not answer in time' : `its \`${verb}\` failed`;
  return new AppError({
    code: 'other-helper-failed',
    message: `${program} may still keep a login for ${host}: ${fault}`,
    fix: {
      do: `See what it says by itself: ${verb === 'list' ? `${program} list` : `echo ${host} | ${program} erase`}`,
    },
  });
}
