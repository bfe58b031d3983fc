import { OUR_HELPER } from '../../hosts/helper-names.ts';
import { AppError, describeError } from '../../hosts/reason.ts';
import { engineNamesOf } from '../../registry/engine-names.ts';
import { type EngineEnvironment, engineFiles } from '../config-files/engine-files.ts';
import { namedHelpersIn } from '../config-files/file-fields.ts';
import { parseJsonObject } from '../config-files/json-members.ts';
import { isThere, readEngineFile } from '../config-files/read-engine-file.ts';
import type { EngineFile } from '../engine-state.ts';
import { applyEngineEdit, writerOf } from './apply-engine-edit.ts';
import { isBlank } from './engine-draft.ts';
import { planEngineEdit } from './plan-engine-edit.ts';
import { type ShadowPorts, takeOverShadows } from './take-over-shadows.ts';

/** What came of a repair, in sentences. */
export interface Repair {
  readonly did: readonly string[];
  /** What still shadows the helper, or could not be looked at, and what to do. */
  readonly left: readonly string[];
}

/**
 * Takes entries out of the engines' files that came to shadow the helper since `setup` (`podman login` makes them):
 * out of docker's config for hosts that it still names the helper for itself, out of podman's files for hosts that one
 * of these does. Whose engine was not set up for a host keeps its login. No login is lost: one that is good for something
 * is handed to the helper's own store, as `podman login` does where the helper is in its file, or stays.
 * @param hosts as `normaliseRegistryHost` writes them
 */
export async function repairEngines(
  environment: EngineEnvironment,
  hosts: readonly string[],
  ports: ShadowPorts,
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
  const named = new Map<EngineFile, readonly string[]>();
  for (const file of engineFiles(environment)) {
    const its = await attempt(file, () => namedIn(file, hosts));
    if (its !== undefined) named.set(file, its);
  }
  const podmans = [...named]
    .filter(([file]) => !file.isDockers || file.chosenBy !== undefined)
    .flatMap(([, its]) => its);
  const writer = writerOf(environment, 'nothing');
  for (const [file, its] of named) {
    const served = file.isDockers ? its : [...new Set(podmans)];
    if (served.length === 0) continue;
    await attempt(file, async () => {
      const { path, legacy } = file;
      const taken = await takeOverShadows(file, served, ports);
      left.push(...taken.left);
      const request = { path, hosts: served, addCredHelpers: false, legacy, mayRemove: taken.mayRemove };
      const changes = await applyEngineEdit(path, (text) => planEngineEdit(text, request), writer);
      did.push(...[...changes, ...taken.kept].map((sentence) => `${path}: ${sentence}`));
    });
  }
  return { did, left };
}

/**
 * The names that a file names this helper for, as engines ask for the hosts.
 * @returns undefined: there is no such file
 */
async function namedIn(
  { path, legacy }: EngineFile,
  hosts: readonly string[],
): Promise<readonly string[] | undefined> {
  const text = (await isThere(path)) ? (await readEngineFile(path)).text : null;
  if (text === null) return undefined;
  // An empty file names no helper; whatever else is wrong with it is told.
  if (isBlank(text)) return [];
  const root = parseJsonObject(text, path);
  if (legacy) return [];
  // Of a key that is there twice, the last one counts.
  const helpers = new Map(namedHelpersIn(root, text, path).map(({ key, helper }) => [key, helper]));
  return hosts.flatMap(engineNamesOf).filter((name) => helpers.get(name) === OUR_HELPER);
}
