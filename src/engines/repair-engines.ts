import { findNodeAtLocation } from 'jsonc-parser';
import { AppError } from '../credential/app-error.ts';
import { OUR_HELPER } from '../credential/helper-names.ts';
import { applyEngineEdit } from './apply-engine-edit.ts';
import { type EngineEnvironment, type EngineFile, engineFiles } from './engine-files.ts';
import { parseJsonObject } from './json-members.ts';
import { writerOf } from './keep-edit.ts';
import { planEngineEdit } from './plan-engine-edit.ts';
import { isThere, readEngineFile } from './read-engine-file.ts';

/**
 * Takes entries out of the engines' files that came to shadow the helper since `setup` (`podman login` makes them):
 * out of docker's config for hosts that it still names the helper for itself, out of podman's files for hosts that one
 * of these does. Whose engine was not set up for a host keeps its login.
 * @returns what it did, in sentences
 * @throws AppError naming a file that can't be edited, once all others were; a file that engines do not read in this
 *   environment is no reason
 */
export async function repairEngines(
  environment: EngineEnvironment,
  hosts: readonly string[],
): Promise<readonly string[]> {
  const faults: AppError[] = [];
  const attempt = async <T>(file: EngineFile, action: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await action();
    } catch (error) {
      // One file's fault keeps no other from being repaired; it is told in the end.
      if (!(error instanceof AppError)) throw error;
      if (file.current) faults.push(error);
      return undefined;
    }
  };
  const named = new Map<EngineFile, readonly string[]>();
  for (const file of engineFiles(environment)) {
    const its = await attempt(file, () => namedIn(file, hosts));
    if (its !== undefined) named.set(file, its);
  }
  const podmans = [...named].filter(([file]) => !isDockers(file) || file.chosen).flatMap(([, its]) => its);
  const writer = writerOf(environment, 'nothing');
  const said: string[] = [];
  for (const [file, its] of named) {
    const { path, legacy } = file;
    const served = isDockers(file) ? its : [...new Set(podmans)];
    const request = { path, hosts: served, addCredHelpers: false, legacy };
    const plan = (text: string | null) => planEngineEdit(text, request);
    const edit = () => applyEngineEdit(path, plan, writer);
    const changes = served.length === 0 ? [] : ((await attempt(file, edit)) ?? []);
    said.push(...changes.map((change) => `${path}: ${change}`));
  }
  const [first] = faults;
  if (first !== undefined) throw first;
  return said;
}

function isDockers({ readBy }: EngineFile): boolean {
  return readBy.includes('docker');
}

/**
 * The hosts that a file names this helper for.
 * @returns undefined: there is no such file
 */
async function namedIn(
  { path, legacy }: EngineFile,
  hosts: readonly string[],
): Promise<readonly string[] | undefined> {
  const text = (await isThere(path)) ? (await readEngineFile(path)).text : null;
  if (text === null) return undefined;
  // An empty file names no helper; whatever else is wrong with it is told.
  if (text.trim() === '') return [];
  const root = parseJsonObject(text, path);
  const isNamed = (host: string) => findNodeAtLocation(root, ['credHelpers', host])?.value === OUR_HELPER;
  return legacy ? [] : hosts.filter(isNamed);
}
