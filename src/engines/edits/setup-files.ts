import type { RegistryEntry } from '../../config/config.ts';
import {
  bindRegistry,
  entryAsWritten,
  keepSecretsInFiles,
  staysOnCluster,
} from '../../config/edit-config.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { AppError } from '../../hosts/reason.ts';
import { engineNamesOf, OUR_HELPER } from '../../registry/engine-names.ts';
import { isThere, readEngineFile } from '../config-files/engine-file-on-disk.ts';
import { type EngineEnvironment, engineFiles } from '../config-files/engine-files.ts';
import type { EngineFile } from '../engine-state.ts';
import { type Engine, usesDockersConfig } from '../engines.ts';
import { applyEngineEdit, type FileEdit, fileEdit, type PlanText, writerOf } from './apply-engine-edit.ts';
import type { EditStep } from './edit-record.ts';
import { planEngineEdit } from './plan-engine-edit.ts';
import { planUndo, type UndoEdit } from './plan-undo.ts';
import { namedIn } from './repair-engines.ts';

/** What to write down for a host. */
export interface HostSetup {
  readonly host: string;
  /** The host as engines may ask for it. */
  readonly engineNames: readonly string[];
  /** What our config is to say of it; undefined: what it says stays. */
  readonly entry: { readonly server: string; readonly user: string; readonly context?: string } | undefined;
  /** Whether tokens are minted for no service account any more. */
  readonly isOwnLogin?: boolean;
}

/** What our config says of a registry host. */
export interface ConfiguredHost {
  readonly server: string | undefined;
  readonly user: string | undefined;
  /** Written by hand. */
  readonly context: string | undefined;
  /** No credential is sent there. */
  readonly isAnonymous: boolean;
}

/** Whose config is to be set up; undefined: all. */
export type OneEngine = Engine | undefined;

/** The files that `setup` reads and writes. */
export interface SetupFiles {
  /** The registry hosts that our config speaks of. Throws an AppError. */
  configuredHosts(): Promise<ReadonlyMap<string, ConfiguredHost>>;
  /** `NAMESPACE/NAME` of the account that tokens are still minted for once the host is bound to `entry`, if any. */
  keptServiceAccount(host: string, entry: NonNullable<HostSetup['entry']>): Promise<string | undefined>;
  /**
   * Plans the edits of our config and of the engines' files; writes nothing. Throws an AppError.
   * @param anonymous hosts that no login is to stay for
   * @param inFiles typed logins are to be kept in private files from now on
   */
  plan(
    setups: readonly HostSetup[],
    engine?: OneEngine,
    anonymous?: readonly string[],
    inFiles?: boolean,
  ): Promise<readonly FileEdit[]>;
  /** Plans that what setup did is taken back, for these hosts or all; writes nothing. Throws an AppError. */
  planUndo(hosts: readonly string[] | undefined): Promise<readonly UndoEdit[]>;
}

/**
 * The real files behind the `setup` command.
 * @param configFile our config.yaml
 * @param isDead whether a login that `--undo` would put back has expired or was revoked
 */
export function createSetupFiles(
  environment: EngineEnvironment,
  configFile: string | null,
  isDead?: Parameters<typeof planUndo>[2],
): SetupFiles & EntryBinder {
  const ourConfig = () => configFile ?? homeUnknown(environment);
  const registries = async () => {
    // Without a home there is none, and the environment may be all there is.
    if (configFile === null) return new Map<string, never>();
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
    async plan(setups, engine, anonymous = [], inFiles = false) {
      const writer = writerOf(environment, 'record');
      const isOurs = configFile !== null || inFiles || setups.some(({ entry }) => entry !== undefined);
      // Where the config is to stay, that it can be read is all that is asked of it.
      const edits = isOurs
        ? [await fileEdit(ourConfig(), 'config', planConfig(ourConfig(), setups, inFiles), writer)]
        : [];
      for (const { file, plan } of await engineEdits(environment, { setups, anonymous }, engine)) {
        edits.push(await fileEdit(file.path, 'engine', plan, writer));
      }
      return edits;
    },
    async bind(host, entry) {
      const plan = planConfig(ourConfig(), [{ host, entry }]);
      const changes = await applyEngineEdit(ourConfig(), plan, writerOf(environment, 'nothing'));
      const { server, serviceAccount } = entry;
      const isSame = (other: RegistryEntry) =>
        other.server === server && other.serviceAccount === serviceAccount;
      const hosts = [...(await registries())].filter(([, other]) => isSame(other)).map(([name]) => name);
      return { lines: changes.map((change) => `${ourConfig()}: ${change}`), hosts };
    },
    planUndo: (hosts) => planUndo(writerOf(environment, 'nothing'), hosts, isDead),
  };
}

/** Binds a host in our config alone. */
export interface EntryBinder {
  /**
   * @returns what it did, in sentences, and all hosts that are linked to the same service account now. Throws an
   *   AppError.
   */
  bind(
    host: string,
    entry: BoundEntry,
  ): Promise<{ readonly lines: readonly string[]; readonly hosts: readonly string[] }>;
}

type BoundEntry = RegistryEntry & { readonly server: string };

function planConfig(
  path: string,
  setups: readonly { host: string; entry: BoundEntry | undefined; isOwnLogin?: boolean }[],
  inFiles = false,
): PlanText {
  return (text) => {
    const changes: string[] = [];
    const steps: EditStep[] = [];
    const before = text ?? '';
    let edited = inFiles ? keepSecretsInFiles(before, path) : before;
    if (edited !== before) changes.push('logins that you type are kept in private files from now on');
    for (const { host, entry, isOwnLogin } of setups) {
      if (entry === undefined) continue;
      const next = bindRegistry(edited, host, entry, path, isOwnLogin);
      if (next === edited) continue;
      changes.push(`linked ${host} to ${entry.server}${withoutOld(host, edited, next)}`);
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
  const gone = (
    ['anonymous', 'tokenFile', 'serviceAccount', 'tokenLifetime', 'selfRenew', 'pods'] as const
  ).filter((key) => old?.[key] !== undefined && now?.[key] === undefined);
  return gone.length === 0 ? '' : `, and removed what was for its old link: ${gone.join(', ')}`;
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
  const isLeftAlone = ({ isDockers, chosenBy }: EngineFile) =>
    engine !== undefined && isDockers !== usesDockersConfig(engine) && chosenBy === undefined;
  const left = files.filter((file) => file.isDockers && file.current && isLeftAlone(file));
  const namedElsewhere = left.length === 0 ? hosts : await namedInAny(left, hosts);
  const edits: { file: EngineFile; plan: PlanText }[] = [];
  for (const file of files.filter((each) => !isLeftAlone(each))) {
    const { path, legacy, getsHelper } = file;
    const isElse = getsHelper === 'else';
    const isMade =
      getsHelper === 'always' || (isElse && hosts.some((host) => !namedElsewhere.includes(host)));
    if (!isMade && !(await isThere(path))) continue;
    const request = {
      path,
      hosts,
      cleared,
      addCredHelpers: getsHelper !== 'never',
      ...(isElse ? { namedElsewhere } : {}),
      legacy,
    };
    edits.push({ file, plan: (text) => planEngineEdit(text, request) });
  }
  return edits;
}

/** @returns those of the hosts, as engines ask for them, that a file names this helper for */
async function namedInAny(
  files: readonly EngineFile[],
  hosts: readonly string[],
): Promise<readonly string[]> {
  const named = await Promise.all(files.map((file) => namedIn(file, hosts)));
  return hosts.filter((host) => named.some((its) => its?.get(host) === OUR_HELPER));
}

function homeUnknown({ platform }: EngineEnvironment): never {
  throw new AppError({
    code: 'home-unknown',
    message: `${platform === 'win32' ? 'USERPROFILE' : 'HOME'} is not set, so the files of docker and podman can't be found`,
    fix: { do: 'Set it to your home directory, then run this again.' },
  });
}
