import type { HostSetup, PlannedFile, SetupFiles } from '../cli/setup.ts';
import type { RegistryEntry } from '../config/config.ts';
import { bindRegistry, staysOnCluster } from '../config/edit-config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { AppError } from '../credential/app-error.ts';
import { applyEngineEdit, type PlanText, previewEngineEdit } from './apply-engine-edit.ts';
import { type EngineEnvironment, engineFiles } from './engine-files.ts';
import { isHelperOnPath } from './helper-on-path.ts';
import { planEngineEdit } from './plan-engine-edit.ts';
import { readEngineFile } from './read-engine-file.ts';

/** The real files behind the `setup` command. `configPath`: our config.yaml. */
export function createSetupFiles(
  engineEnvironment: EngineEnvironment,
  configFile: string | null,
): SetupFiles & EntryBinder {
  const ourConfig = () => configFile ?? homeUnknown(engineEnvironment);
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
    async plan(setups) {
      const configPath = ourConfig();
      const edits = [{ path: configPath, plan: planConfig(configPath, setups) }];
      edits.push(...(await engineEdits(engineEnvironment, setups)));
      const planned: PlannedFile[] = [];
      for (const { path, plan } of edits) {
        const changes = await previewEngineEdit(path, plan, engineEnvironment);
        planned.push({ path, changes, apply: () => applyEngineEdit(path, plan, engineEnvironment) });
      }
      return planned;
    },
    async bind(host, entry) {
      const plan = planConfig(ourConfig(), [{ host, entry }]);
      const changes = await applyEngineEdit(ourConfig(), plan, engineEnvironment);
      return changes.map((change) => `${ourConfig()}: ${change}`);
    },
    isHelperOnPath: () => isHelperOnPath(engineEnvironment),
  };
}

/** Binds a host in our config alone. */
interface EntryBinder {
  /** @returns what it did, in sentences. Throws an AppError. */
  bind(host: string, entry: BoundEntry): Promise<readonly string[]>;
}

type BoundEntry = RegistryEntry & { readonly server: string };

function planConfig(path: string, setups: readonly { host: string; entry: BoundEntry }[]): PlanText {
  return (text) => {
    const changes: string[] = [];
    let edited = text ?? '';
    for (const { host, entry } of setups) {
      const next = bindRegistry(edited, host, entry, path);
      if (next !== edited) changes.push(`bound ${host} to ${entry.server}${withoutOld(host, edited, next)}`);
      edited = next;
    }
    return changes.length === 0 ? { text, changes } : { text: edited, changes };
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

async function engineEdits(environment: EngineEnvironment, setups: readonly HostSetup[]) {
  const files = engineFiles(environment);
  if (!files.some(({ getsHelper }) => getsHelper === 'always')) return homeUnknown(environment);
  const hosts = setups.flatMap((setup) => setup.engineNames);
  const edits = new Map<string, PlanText>();
  for (const { path, legacy, getsHelper } of files) {
    if (getsHelper !== 'always' && !(await isThere(path))) continue;
    const request = { path, hosts, addCredHelpers: getsHelper !== 'never', legacy };
    edits.set(path, (text) => planEngineEdit(text, request));
  }
  return Array.from(edits, ([path, plan]) => ({ path, plan }));
}

function homeUnknown({ platform }: EngineEnvironment): never {
  throw new AppError({
    code: 'HOME_UNKNOWN',
    message: `${platform === 'win32' ? 'USERPROFILE' : 'HOME'} is not set, so the files of docker and podman can't be found`,
    hint: 'Set it to your home directory, then run this again.',
  });
}

/**
 * Whether an engine's file exists and may be looked at.
 * @throws AppError naming the file, where that can't be told
 */
export async function isThere(path: string): Promise<boolean> {
  try {
    return (await readEngineFile(path)).text !== null;
  } catch (error) {
    // Without XDG_RUNTIME_DIR the primary file is below /run/containers, which may be root's alone; then
    // this user's podman can't have a login there either.
    const denied =
      error instanceof AppError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EACCES';
    if (denied && path.startsWith('/run/containers/')) return false;
    throw error;
  }
}
