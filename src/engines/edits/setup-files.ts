import type { EngineFile } from '../../commands/doctor/engine-state.ts';
import type { HostSetup, OneEngine, SetupFiles } from '../../commands/setup/setup-ports.ts';
import type { RegistryEntry } from '../../config/config.ts';
import { bindRegistry, staysOnCluster } from '../../config/edit-config.ts';
import { entryAsWritten } from '../../config/entry-as-written.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { AppError } from '../../hosts/app-error.ts';
import { engineNamesOf } from '../../registry/engine-names.ts';
import { type EngineEnvironment, engineFiles } from '../config-files/engine-files.ts';
import { isThere, readEngineFile } from '../config-files/read-engine-file.ts';
import { applyEngineEdit, type PlanText } from './apply-engine-edit.ts';
import type { EditStep } from './edit-steps.ts';
import { fileEdit } from './file-edit.ts';
import { writerOf } from './keep-edit.ts';
import { planEngineEdit } from './plan-engine-edit.ts';
import { planUndo } from './plan-undo.ts';

/** The real files behind the `setup` command. `configPath`: our config.yaml. */
export function createSetupFiles(
  environment: EngineEnvironment,
  configFile: string | null,
): SetupFiles & EntryBinder {
  const ourConfig = () => configFile ?? homeUnknown(environment);
  const registries = async () => {
    const { text } = await readEngineFile(ourConfig());
    return parseConfig(text ?? '', ourConfig()).config.registries;
  };
  const entryOf = async (host: string) => (await registries()).get(host);
  return {
    configuredHosts: async () =>
      new Map(
        [...(await registries())].map(([host, { server, user, context, anonymous }]) => [
          host,
          { server, user, context, isAnonymous: anonymous === true },
        ]),
      ),
    async keptServiceAccount(host, entry) {
      const current = await entryOf(host);
      return staysOnCluster(host, current, entry) ? current?.serviceAccount : undefined;
    },
    async plan(setups, engine, anonymous = []) {
      const writer = writerOf(environment, 'record');
      const plan = planConfig(ourConfig(), setups);
      // Where the config is to stay, that it can be read is all that is asked of it.
      const edits = [await fileEdit(ourConfig(), 'config', plan, writer)];
      for (const { file, plan } of await engineEdits(environment, { setups, anonymous }, engine)) {
        edits.push(await fileEdit(file.path, file.legacy ? 'dockercfg' : 'engine', plan, writer));
      }
      return edits;
    },
    async bind(host, entry) {
      const plan = planConfig(ourConfig(), [{ host, entry }]);
      const changes = await applyEngineEdit(ourConfig(), plan, writerOf(environment, 'first-original'));
      return changes.map((change) => `${ourConfig()}: ${change}`);
    },
    planUndo: (hosts) => planUndo(writerOf(environment, 'nothing'), hosts),
  };
}

/** Binds a host in our config alone. */
interface EntryBinder {
  /** @returns what it did, in sentences. Throws an AppError. */
  bind(host: string, entry: BoundEntry): Promise<readonly string[]>;
}

type BoundEntry = RegistryEntry & { readonly server: string };

function planConfig(
  path: string,
  setups: readonly { host: string; entry: BoundEntry | undefined }[],
): PlanText {
  return (text) => {
    const changes: string[] = [];
    const steps: EditStep[] = [];
    let edited = text ?? '';
    for (const { host, entry } of setups) {
      if (entry === undefined) continue;
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
  const gone = (['anonymous', 'tokenFile', 'serviceAccount', 'tokenLifetime', 'selfRenew'] as const).filter(
    (key) => old?.[key] !== undefined && now?.[key] === undefined,
  );
  return gone.length === 0 ? '' : `, and removed what was for its old binding: ${gone.join(', ')}`;
}

async function engineEdits(
  environment: EngineEnvironment,
  { setups, anonymous }: { readonly setups: readonly HostSetup[]; readonly anonymous: readonly string[] },
  engine: OneEngine,
) {
  const files = engineFiles(environment);
  if (!files.some(({ getsHelper }) => getsHelper === 'always')) return homeUnknown(environment);
  const hosts = setups.flatMap((setup) => setup.engineNames);
  const cleared = anonymous.flatMap(engineNamesOf);
  const edits: { file: EngineFile; plan: PlanText }[] = [];
  for (const file of files) {
    const { path, legacy, getsHelper, readBy } = file;
    // Podman reads docker's config, too, but only after its own files, which name the helper.
    const isOthers = engine !== undefined && readBy.includes('docker') !== (engine === 'docker');
    if (isOthers && !file.chosen) continue;
    if (getsHelper !== 'always' && !(await isThere(path))) continue;
    const request = { path, hosts, cleared, addCredHelpers: getsHelper !== 'never', legacy };
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
