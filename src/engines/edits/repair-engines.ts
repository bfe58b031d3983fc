import { shownName } from '../../hosts/quoting.ts';
import { AppError, describeError } from '../../hosts/reason.ts';
import type { TypedCredential } from '../../hosts/store-and-erase.ts';
import { engineNamesOf, keyWithoutUser, OUR_HELPER } from '../../registry/engine-names.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import { isThere, readEngineFile } from '../config-files/engine-file-on-disk.ts';
import { type EngineEnvironment, engineFiles } from '../config-files/engine-files.ts';
import {
  fieldsCalled,
  isBlank,
  type Member,
  membersOf,
  namedHelpersIn,
  parseJsonObject,
} from '../config-files/json-fields.ts';
import {
  type EntryLogin,
  type FileLogin,
  loginAsMeant,
  loginInEntry,
} from '../config-files/login-in-entry.ts';
import type { EngineFile } from '../engine-state.ts';
import { applyEngineEdit, writerOf } from './apply-engine-edit.ts';
import { planEngineEdit, shadowsHost } from './plan-engine-edit.ts';

/** What came of a repair, in sentences. */
export interface Repair {
  readonly did: readonly string[];
  /** What still shadows the helper, or could not be looked at, and what to do. */
  readonly left: readonly string[];
}

/**
 * Takes entries out of the engines' files that came to shadow the helper since `setup` (`podman login` makes them):
 * out of docker's config for hosts that it still names the helper for itself, out of podman's files for hosts that one
 * of all that podman reads does. A host that no file names the helper for keeps its logins. No login is lost: one that is good for something
 * is handed to the helper's own store, as `podman login` does where the helper is in its file, or stays.
 * @param hosts as `normaliseRegistryHost` writes them
 */
export async function repairEngines(
  environment: EngineEnvironment,
  hosts: readonly string[],
  isNeedless: IsNeedless,
  keep: Keep,
): Promise<Repair> {
  const did: string[] = [];
  const left: string[] = [];
  const attempt = async <T>(file: EngineFile, action: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await action();
    } catch (error) {
      // One file's fault keeps no other from being repaired; a file that nobody reads here is no reason.
      if (!(error instanceof AppError)) throw error;
      if (file.current) left.push(describeError(error));
      return undefined;
    }
  };
  const named = new Map<EngineFile, ReadonlyMap<string, string>>();
  for (const file of engineFiles(environment)) {
    const its = await attempt(file, () => namedIn(file, hosts));
    if (its !== undefined) named.set(file, its);
  }
  const podmans = [...named].flatMap(([file, its]) => (file.readBy.includes('podman') ? oursOf(its) : []));
  const writer = writerOf(environment, 'nothing');
  for (const [file, its] of named) {
    const names = file.isDockers ? oursOf(its) : [...new Set(podmans)];
    // Where another helper was named since, that is meant.
    const served = names.filter((name) => (its.get(name) ?? OUR_HELPER) === OUR_HELPER);
    if (served.length === 0) continue;
    await attempt(file, async () => {
      const { path, legacy } = file;
      const taken = await takeOverShadows(file, served, isNeedless, keep);
      left.push(...taken.left);
      const request = { path, hosts: served, addCredHelpers: false, legacy, mayRemove: taken.mayRemove };
      const changes = await applyEngineEdit(path, (text) => planEngineEdit(text, request), writer);
      did.push(...[...changes, ...taken.kept].map((sentence) => `${path}: ${sentence}`));
    });
  }
  return { did, left };
}

/**
 * The helpers that a file names for hosts, by their names as engines ask for them.
 * @returns undefined: there is no such file
 */
export async function namedIn(
  { path, legacy }: EngineFile,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, string> | undefined> {
  const text = (await isThere(path)) ? (await readEngineFile(path)).text : null;
  if (text === null) return undefined;
  // An empty file names no helper; whatever else is wrong with it is told.
  if (isBlank(text)) return new Map();
  const root = parseJsonObject(text, path);
  if (legacy) return new Map();
  const names = new Set(hosts.flatMap(engineNamesOf));
  // Of a key that is there twice, the last one counts.
  return new Map(
    namedHelpersIn(root, text, path).flatMap(({ key, helper }) =>
      names.has(key.toLowerCase()) ? [[key, helper]] : [],
    ),
  );
}

/** @returns the names that this helper is named for */
function oursOf(named: ReadonlyMap<string, string>): readonly string[] {
  return [...named].flatMap(([name, helper]) => (helper === OUR_HELPER ? [name] : []));
}

/** Whether nothing is lost with a login: a token of the person's own contexts, one that is known here, or a dead one. */
type IsNeedless = (login: FileLogin) => Promise<boolean>;
/** Keeps a login as the protocol's `store` does. @throws AppError: then nothing was kept */
type Keep = (login: TypedCredential) => Promise<void>;

/** What may go from a file, and what becomes of it. */
interface TakenOver {
  /** Whether an entry may go: it was looked at just so, and there is no need of it any more. */
  mayRemove(key: string, json: string): boolean;
  /** The logins that are kept by the helper now, and those that have to stay, in sentences. */
  readonly kept: readonly string[];
  readonly left: readonly string[];
}

/**
 * Sees to the logins of a file that shadow the helper: what is good for something is handed to the helper's store.
 * @param names the hosts that the helper is asked for, as engines ask
 * @throws AppError if the file can't be read
 */
async function takeOverShadows(
  { path, legacy }: Pick<EngineFile, 'path' | 'legacy'>,
  names: readonly string[],
  isNeedless: IsNeedless,
  keep: Keep,
): Promise<TakenOver> {
  const text = (await readEngineFile(path)).text ?? '';
  const going = new Set<string>();
  const [kept, left]: [string[], string[]] = [[], []];
  for (const { name, value } of isBlank(text) ? [] : entriesIn(text, path, legacy)) {
    const host = names.find((host) => shadowsHost(name, host));
    const login = loginInEntry(value);
    // An empty entry, as docker leaves it beside a helper, overrides nothing.
    if (host === undefined || login === undefined) continue;
    const json = text.slice(value.offset, value.offset + value.length);
    const shown = shownName(keyWithoutUser(name));
    try {
      if (await handOver(name, host, login, isNeedless, keep))
        kept.push(`the helper keeps the login ${shown} from now on`);
      going.add(`${name}\n${json}`);
    } catch (error) {
      // It can't be kept: then it stays where it is, and that is told.
      if (!(error instanceof AppError)) throw error;
      left.push(
        `${path} holds the login ${shown}, which overrides the helper, and stays: ${describeError(error)}`,
      );
    }
  }
  return { mayRemove: (key, json) => going.has(`${key}\n${json}`), kept, left };
}

function entriesIn(text: string, path: string, legacy: boolean): readonly Member[] {
  const root = parseJsonObject(text, path);
  if (legacy) return membersOf(root);
  return fieldsCalled(root, 'auths').flatMap(({ value }) =>
    value.type === 'object' ? membersOf(value) : [],
  );
}

/**
 * @returns whether it was handed over; false: nothing is lost with it
 * @throws AppError if it can't be
 */
async function handOver(
  key: string,
  name: string,
  login: EntryLogin | 'broken',
  isNeedless: IsNeedless,
  keep: Keep,
): Promise<boolean> {
  const host = normaliseRegistryHost(name);
  if (login === 'broken' || login.secret === '' || host === null) return false;
  const { username, secret } = loginAsMeant(login);
  if (await isNeedless({ host, username, secret })) return false;
  if (username === '' || isNamespaced(key))
    throw new AppError({
      code: 'not-keepable',
      message: username === '' ? 'it is no user’s password' : `it is for a part of ${host} alone`,
      fix: { do: `If it is of no use any more, take the entry out of the file.` },
    });
  await keep({ host, serverUrl: name, username, secret });
  return true;
}

/** podman alone knows logins for a part of a registry, and asks no helper for them. */
function isNamespaced(key: string): boolean {
  return !/^https?:\/\//.test(key) && key.includes('/');
}
