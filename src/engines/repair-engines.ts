import { findNodeAtLocation } from 'jsonc-parser';
import { applyEngineEdit } from './apply-engine-edit.ts';
import { type EngineEnvironment, engineFiles } from './engine-files.ts';
import { parseJsonObject } from './json-members.ts';
import { writerOf } from './keep-edit.ts';
import { HELPER_NAME, planEngineEdit } from './plan-engine-edit.ts';
import { isThere, readEngineFile } from './read-engine-file.ts';

/**
 * Takes entries out of the engines' files that came to shadow the helper since `setup` (`podman login` makes them),
 * for hosts that the files still name the helper for.
 * @returns what it did, in sentences
 * @throws AppError naming a file that can't be edited; what was done before it stays done
 */
export async function repairEngines(
  environment: EngineEnvironment,
  hosts: readonly string[],
): Promise<readonly string[]> {
  const files = engineFiles(environment);
  const served = await servedHosts(
    files.filter(({ legacy }) => !legacy).map(({ path }) => path),
    hosts,
  );
  if (served.length === 0) return [];
  const said: string[] = [];
  for (const { path, legacy } of files) {
    if (!(await isThere(path))) continue;
    const request = { path, hosts: served, addCredHelpers: false, legacy };
    const writer = writerOf(environment, 'backup');
    const changes = await applyEngineEdit(path, (text) => planEngineEdit(text, request), writer);
    said.push(...changes.map((change) => `${path}: ${change}`));
  }
  return said;
}

/** The hosts that one of the files names this helper for. */
async function servedHosts(paths: readonly string[], hosts: readonly string[]): Promise<string[]> {
  const served = new Set<string>();
  for (const path of paths) {
    const text = (await isThere(path)) ? (await readEngineFile(path)).text : null;
    // An empty file names no helper; whatever else is wrong with it stops the repair.
    if (text === null || text.trim() === '') continue;
    const root = parseJsonObject(text, path);
    for (const host of hosts) {
      if (findNodeAtLocation(root, ['credHelpers', host])?.value === HELPER_NAME) served.add(host);
    }
  }
  return [...served];
}
