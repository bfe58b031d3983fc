import type { HostSetup, SetupFiles } from '../cli/setup.ts';
import type { RegistryEntry } from '../config/config.ts';
import { bindRegistry, staysOnCluster } from '../config/edit-config.ts';
import { entryAsWritten } from '../config/entry-as-written.ts';
import { parseConfig } from '../config/parse-config.ts';
import { AppError } from '../credential/app-error.ts';
import { applyEngineEdit, type PlanText } from './apply-engine-edit.ts';
import type { EditStep } from './edit-steps.ts';
import { type Engine, type EngineEnvironment, type EngineFile, engineFiles } from './engine-files.ts';
import { type FileEdit, fileEdit } from './file-edit.ts';
import { isHelperOnPath } from './helper-on-path.ts';
import { writerOf } from './keep-edit.ts';
import { planEngineEdit } from './plan-engine-edit.ts';
import { planUndo, type UndoEdit } from './plan-undo.ts';
import { isThere, readEngineFile } from './read-engine-file.ts';

/** The real files behind the `setup` command. `configPath`: our config.yaml. */
export function createSetupFiles(
  environment: EngineEnvironment,
  configFile: string | null,
): Omit<SetupFiles, 'plan'> & EngineSetup {
  const ourConfig = () => configFile ?? homeUnknown(environment);
  const entryOf = async (host: string) => {
    const { text } = await readEngineFile(ourConfig());
    return parseConfig(text ?? '', ourConfig()).config.registries.get(host);
  };
  return {
    configuredContext: async (host) => (await entryOf(host))?.context,
    async keptServiceAccount(host, entry) {
      const current = await entryOf(host);
      return staysOnCluster(host, current, entry) ? current?.serviceAccount : undefined;
    },
    async plan(setups, engine) {
      const writer = writerOf(environment, 'record');
      const plan = planConfig(ourConfig(), setups);
      const edits = [await fileEdit(ourConfig(), 'config', plan, writer)];
      for (const { file, plan } of await engineEdits(environment, setups, engine)) {
        edits.push(await fileEdit(file.path, file.legacy ? 'dockercfg' : 'engine', plan, writer));
      }
      return edits;
    },
    async bind(host, entry) {
      const plan = planConfig(ourConfig(), [{ host, entry }]);
      const changes = await applyEngineEdit(ourConfig(), plan, writerOf(environment, 'backup'));
      return changes.map((change) => `${ourConfig()}: ${change}`);
    },
    planUndo: (hosts) => planUndo(writerOf(environment, 'nothing'), hosts),
    isHelperOnPath: () => isHelperOnPath(environment),
  };
}

/** What there is for `setup` besides what it asks for. */
interface EngineSetup {
  /**
   * Plans the edits of our config and of every file that engines read.
   * @param engine leave the files alone that only the other one reads
   * @throws every AppError that can be foreseen
   */
  plan(setups: readonly HostSetup[], engine?: Engine): Promise<readonly FileEdit[]>;
  /** Binds a host in our config alone. @returns what it did, in sentences. Throws an AppError. */
  bind(host: string, entry: BoundEntry): Promise<readonly string[]>;
  /** Plans that what `plan`'s edits did is taken back, for these hosts or all. Throws an AppError. */
  planUndo(hosts?: readonly string[]): Promise<readonly UndoEdit[]>;
}

type BoundEntry = RegistryEntry & { readonly server: string };

function planConfig(path: string, setups: readonly { host: string; entry: BoundEntry }[]): PlanText {
  return (text) => {
    const changes: string[] = [];
    const steps: EditStep[] = [];
    let edited = text ?? '';
    for (const { host, entry } of setups) {
      const next = bindRegistry(edited, host, entry, path);
      if (next === edited) continue;
      changes.push(`bound ${host} to ${entry.server}${withoutOld(host, edited, next)}`);
      const [previous, written] = [entryAsWritten(edited, host), entryAsWritten(next, host)];
      steps.push({ kind: 'binding', host, previous, written });
      edited = next;
    }
    return changes.length === 0 ? { text, changes } : { text: edited, changes, steps };
  };
}

/** What went with a host's old binding, as the end of a sentence; keys that a person wrote do not go unsaid. */
function withoutOld(host: string, before: string, after: string): string {
  const old = parseConfig(before, '').config.registries.get(host);
  const now = parseConfig(after, '').config.registries.get(host);
  const gone = (['tokenFile', 'serviceAccount', 'tokenLifetime', 'selfRenew'] as const).filter(
    (key) => old?.[key] !== undefined && now?.[key] === undefined,
  );
  return gone.length === 0 ? '' : `, and removed what was for its old binding: ${gone.join(', ')}`;
}

async function engineEdits(
  environment: EngineEnvironment,
  setups: readonly HostSetup[],
  engine: Engine | undefined,
) {
  const files = engineFiles(environment);
  if (!files.some(({ getsHelper }) => getsHelper === 'always')) return homeUnknown(environment);
  const hosts = setups.flatMap((setup) => setup.engineNames);
  const edits: { file: EngineFile; plan: PlanText }[] = [];
  for (const file of files) {
    const { path, legacy, getsHelper, readBy } = file;
    // Podman reads docker's config, too, but only after its own files, which name the helper.
    const isOthers = engine !== undefined && readBy.includes('docker') !== (engine === 'docker');
    if (isOthers && !file.chosen) continue;
    if (getsHelper !== 'always' && !(await isThere(path))) continue;
    const request = { path, hosts, addCredHelpers: getsHelper !== 'never', legacy };
    edits.push({ file, plan: (text) => planEngineEdit(text, request) });
  }
  return edits;
}

function homeUnknown({ platform }: EngineEnvironment): never {
  throw new AppError({
    code: 'HOME_UNKNOWN',
    message: `${platform === 'win32' ? 'USERPROFILE' : 'HOME'} is not set, so the files of docker and podman can't be found`,
    hint: 'Set it to your home directory, then run this again.',
  });
}
