import type { Place } from '../../files/directories.ts';
import { DOCKER_HUB, hostInKey, OUR_HELPER } from '../../registry/engine-names.ts';
import type { EngineState } from '../engine-state.ts';
import { applyEngineEdit, type PlanText, previewEngineEdit, writerOf } from './apply-engine-edit.ts';
import { planEngineEdit } from './plan-engine-edit.ts';

/**
 * What `--fix` does about one of the engines' files: the helper's own hosts get it, and no stored login of theirs stays,
 * nor one of those that are kept anonymous. The first changes nothing, the second does it.
 */
export function fileRepairs(state: () => Promise<EngineState>, here: Place) {
  const planOf = async (
    { file: path }: FileRepair,
    { ours, anonymous }: RepairedHosts,
  ): Promise<PlanText> => {
    const { files } = await state();
    const file = files.find((one) => one.path === path);
    const logins = file?.logins ?? [];
    const isNamed =
      file?.getsHelper === 'always' || (file?.getsHelper === 'if-there' && file.state === 'read');
    const legacy = file?.legacy === true;
    const hosts = spellings(ours, logins);
    const cleared = spellings(anonymous, logins);
    const namedElsewhere = file?.getsHelper === 'else' ? hosts.filter((host) => isNamedFor(host, files)) : [];
    const request = { path, hosts, cleared, addCredHelpers: isNamed, namedElsewhere, legacy };
    return (text) => planEngineEdit(text, request);
  };
  const told = (path: string, changes: readonly string[]) => changes.map((change) => `${path}: ${change}`);
  const writer = writerOf(here, 'record');
  return {
    previewRepair: async (repair: FileRepair, hosts: RepairedHosts) =>
      told(repair.file, (await previewEngineEdit(repair.file, await planOf(repair, hosts), writer)).changes),
    applyRepair: async (repair: FileRepair, hosts: RepairedHosts) =>
      told(repair.file, await applyEngineEdit(repair.file, await planOf(repair, hosts), writer)),
  };
}

/** A file that is to be put right. */
export interface FileRepair {
  readonly file: string;
}

/** Hosts, normalised, by whose they are: the helper's own, and those that are kept anonymous. */
export interface RepairedHosts {
  readonly ours: readonly string[];
  readonly anonymous: readonly string[];
}

/** Whether a file that all engines read names the helper for a host. */
function isNamedFor(host: string, files: EngineState['files']): boolean {
  return files.some(
    ({ getsHelper, readNowBy, helpers }) =>
      getsHelper === 'always' &&
      readNowBy.includes('podman') &&
      helpers.findLast(({ key }) => key === host)?.helper === OUR_HELPER,
  );
}

/** The hosts, and the other spellings that logins are stored under: engines compare letter by letter. */
function spellings(
  hosts: readonly string[],
  logins: EngineState['files'][number]['logins'],
): readonly string[] {
  const spelled = logins
    .filter(({ host }) => host !== undefined && hosts.includes(host))
    .map(({ key }) => hostInKey(key));
  // Docker Hub is no cluster's, and each engine has another key for it.
  return [...new Set([...hosts, ...spelled])].filter((host) => host !== DOCKER_HUB);
}
