import type { LoginReply, ManifestReply } from '../../cluster/ask-registry.ts';
import type { Contact } from '../../cluster/contact.ts';
import type { ImageRights } from '../../cluster/image-rights.ts';
import { describeProblem } from '../../config/config.ts';
import type { ConfigFile } from '../../config/read-settings.ts';
import type { FileRepair, RepairedHosts } from '../../engines/edits/file-repairs.ts';
import type { EngineState } from '../../engines/engine-state.ts';
import type { Engine } from '../../engines/engines.ts';
import type { EngineVersion, FoundProgram, ToldVersion } from '../../engines/program-versions.ts';
import type { OwnDirectory } from '../../files/own-directories.ts';
import type { EnvironmentSettings } from '../../hosts/environment-settings.ts';
import type { Reason } from '../../hosts/reason.ts';
import type { KeychainHealth, SecretPlace, StoredLogin as TypedLogin } from '../../hosts/secret-store.ts';
import type { Binding } from '../../registry/bind-host.ts';
import type { ImageReference } from '../../registry/image-reference.ts';
import type { TimerState } from '../timer/scheduler.ts';
import type { SentLogin } from './lookup.ts';
import type { ClusterContact, JudgedTrust, KubeconfigReading, Login, RefusedLogin } from './network-state.ts';

/** What can be read of this machine, and asked of clusters and registries: the functions that the app gives. */
export interface Machine extends ImageRights {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How this program was started: the helper alone, or Node and its entry. */
  readonly self: readonly string[];
  nowMs(): number;
  /** Whether there is such a file or directory. */
  exists(path: string): boolean;
  /** All programs of a name, in the order of the PATH. */
  findProgram(name: string): readonly FoundProgram[];
  helperVersion(path: string): Promise<ToldVersion>;
  /** Whether engines start this program by a native front beside it. */
  readonly hasFront: boolean;
  /** What is wrong with the front; undefined: nothing, or there is none. */
  frontFault(): Promise<Reason | undefined>;
  engineVersion(engine: Engine): Promise<EngineVersion>;
  engineState(): Promise<EngineState>;

  /** @throws AppError where the file can't be read */
  readConfig(): Promise<ConfigReading>;
  /** Where a host belongs, as its resolution says; undefined: what the config says of it can't be relied on. */
  bindingOf(host: string): Promise<Binding | undefined>;
  ownDirectories(): Promise<readonly OwnDirectory[]>;
  /** What people typed, by host; asks no keychain. */
  storedLogins(): readonly Pick<TypedLogin, 'host' | 'username' | 'where'>[];
  /** What is stored for hosts, and does not count. */
  unusableLogins(): Promise<readonly { readonly host: string; readonly reason: Reason }[]>;
  /** Hosts of which a login that was erased is still in the keychain; none is asked. */
  leftOver(): readonly string[];
  /** Why the keychain can't be used, within a second, and without a dialogue; undefined: it answers. */
  keychainFault(): Promise<Reason | undefined>;
  /** The timer as it is now; undefined: there is none. */
  timerState(): Promise<Pick<TimerState, 'next' | 'problems'> | undefined>;
  /** Whether something here could run one. */
  canHaveTimer(): Promise<boolean>;
  /** Whether systemd keeps the user's services while nobody is logged in; undefined: that is no question here. */
  lingers(): Promise<boolean | undefined>;

  kubeconfig(): Promise<KubeconfigReading>;
  /** What an engine that asked for the host would be answered now. */
  loginOf(host: string): Promise<Login>;
  /** What is known of the current context's login, of whatever host; undefined: there is no current context. */
  currentLogin(): Promise<Login | undefined>;
  /** Whether the current context's cluster says that the host is its registry; false where it does not say so in time. */
  isClaimed(host: string): Promise<boolean>;
  /** The clusters that the hosts belong to, each asked once; and the current context's, if it is wanted. */
  contactClusters(hosts: readonly string[], withCurrent: boolean): Promise<readonly ClusterContact[]>;
  /** Asks the registry for `/v2/`, without a token; trusts what the helper itself trusts. */
  registryContact(host: string): Promise<Contact>;
  /** `named`: the registry that registries.conf leads to the host from. Undefined: the engine's files can't be known. */
  engineTrust(engine: Engine, host: string, named: string): Promise<JudgedTrust | undefined>;
  /** The authority by which the registry's certificate is verified; see `registryAuthority`. */
  registryAuthority(host: string): Promise<{ readonly pem: string } | 'system' | undefined>;
  /** What the registry says of the token that the host gets, where engines take it; undefined: it gets none. */
  registryAccepts(host: string): Promise<LoginReply | undefined>;
  /** Asks the registries about the logins that engines' files hold for these hosts, and are not known to be dead. */
  refusedLogins(hosts: readonly string[]): Promise<readonly RefusedLogin[]>;
  /** Asks the registry for the image's manifest, as the user or as nobody. */
  manifest(host: string, image: ImageReference, as: 'user' | 'anonymous'): Promise<ManifestReply>;
  /** The same with a login that lies in a file or variable, where engines send it. */
  manifestByStored(host: string, image: ImageReference, sent: SentLogin): Promise<ManifestReply>;
  /**
   * Drops what the helper remembers for a host where the registry refuses it and it is not what would be answered now.
   * @returns whose token it was; undefined: nothing of the kind was remembered
   */
  forgetRefusedAnswer(host: string): Promise<string | undefined>;

  /** What a repair is going to do, in sentences; changes nothing. @throws AppError if it can't be done */
  previewRepair(repair: FileRepair, hosts: RepairedHosts): Promise<readonly string[]>;
  /** Does it. @returns what it did, in sentences. @throws AppError if it can't be done */
  applyRepair(repair: FileRepair, hosts: RepairedHosts): Promise<readonly string[]>;
}

/** Our config, as far as it matters here. */
export interface ConfigReading {
  /** Undefined: there is no place for it, without a HOME. */
  readonly path: string | undefined;
  readonly isThere: boolean;
  /** What is wrong with the file, with line and column, and with the variables that speak for it. */
  readonly problems: readonly Reason[];
  /** The hosts that the config and the environment name, sorted; none of those that are to be anonymous. */
  readonly hosts: readonly string[];
  /** Those that are to be anonymous. */
  readonly anonymous: readonly string[];
  readonly secretPlace: SecretPlace;
}

/** Our config and the variables that stand in for it, as checks look at them. @throws AppError if the file can't be read */
export function configReading(
  { path, isThere, parsed, fault }: ConfigFile,
  given: Pick<EnvironmentSettings, 'registries' | 'problems' | 'secrets'>,
): ConfigReading {
  if (fault !== undefined) throw fault;
  const { config, problems } = parsed;
  const names = [...new Set([...config.registries.keys(), ...given.registries.keys()])].sort();
  const isAnonymous = (host: string) =>
    (given.registries.get(host) ?? config.registries.get(host))?.anonymous === true;
  const faults: Reason[] = problems.map((problem) => ({
    code: 'config-fault',
    why: describeProblem(problem),
    fix: { do: `Correct that line of ${problem.path}.` },
  }));
  const variables: Reason[] = given.problems.map((why) => ({
    code: 'variable-fault',
    why,
    fix: { do: 'Correct or unset that variable.' },
  }));
  return {
    path: path ?? undefined,
    isThere,
    problems: [...faults, ...variables],
    hosts: names.filter((host) => !isAnonymous(host)),
    anonymous: names.filter(isAnonymous),
    secretPlace: given.secrets === 'file' ? 'file' : (config.secrets ?? 'keychain'),
  };
}

/** @returns what is wrong with the keychain, as a sentence; undefined: nothing */
export function keychainFaultOf(health: KeychainHealth): Reason | undefined {
  if (health.kind === 'ok') return undefined;
  const why = health.message.charAt(0).toUpperCase() + health.message.slice(1);
  return { code: `keychain-${health.kind}`, why, fix: health.fix };
}
