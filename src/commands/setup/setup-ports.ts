import type { AppError } from '../../hosts/app-error.ts';
import type { Printer } from '../run-as-command.ts';
import type { Terminal } from '../terminal.ts';
import type { FindRegistriesPorts } from './find-registries.ts';

/** What a context of the kubeconfig stands for; `insecure`: it skips TLS verification. */
export interface SetupBinding {
  readonly server: string;
  readonly user: string;
  readonly context: string;
  readonly insecure: boolean;
}

/** What to write down for a host. */
export interface HostSetup {
  readonly host: string;
  /** The host as engines may ask for it. */
  readonly engineNames: readonly string[];
  /** What our config is to say of it; undefined: what it says stays. */
  readonly entry: { readonly server: string; readonly user: string; readonly context?: string } | undefined;
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

/** Whose config is to be set up; undefined: both. */
export type OneEngine = 'docker' | 'podman' | undefined;

/** A planned edit of one file. */
export interface PlannedFile {
  readonly path: string;
  /** What will change, in sentences; none: the file is right already. */
  readonly changes: readonly string[];
  /** The lines that change, as `diff -u` shows them, without any secret. */
  readonly diff: readonly string[];
  /** Makes the edit. @returns what it did, in sentences. Throws an AppError. */
  apply(): Promise<readonly string[]>;
  /** Whether `apply` removed the file; without it, it never does. */
  isRemoved?(): boolean;
}

/** A planned undoing of what was done to one file. */
export interface PlannedUndo extends PlannedFile {
  /** What stays, since others changed it, in sentences. */
  readonly left: readonly string[];
  /** Why nothing of this file can be taken back. */
  readonly fault?: AppError;
}

/** The files that `setup` reads and writes. */
export interface SetupFiles {
  /** The registry hosts that our config speaks of. Throws an AppError. */
  configuredHosts(): Promise<ReadonlyMap<string, ConfiguredHost>>;
  /** `NAMESPACE/NAME` of the account that tokens are still minted for once the host is bound to `entry`, if any. */
  keptServiceAccount(host: string, entry: NonNullable<HostSetup['entry']>): Promise<string | undefined>;
  /**
   * Plans the edits of our config and of the engines' files; writes nothing. Throws an AppError.
   * @param anonymous hosts that no login is to stay for
   */
  plan(
    setups: readonly HostSetup[],
    engine?: OneEngine,
    anonymous?: readonly string[],
  ): Promise<readonly PlannedFile[]>;
  /** Plans that what setup did is taken back, for these hosts or all; writes nothing. Throws an AppError. */
  planUndo(hosts: readonly string[] | undefined): Promise<readonly PlannedUndo[]>;
}

/** What came of a real request to a registry, as an engine makes it. */
export type Proof =
  | { readonly kind: 'accepted'; readonly username: string }
  /** No credential is answered: `reason` is a sentence on why, and what mends it. */
  | { readonly kind: 'anonymous'; readonly reason: string }
  /** `failing`: it answers, and says nothing of the login. */
  | { readonly kind: 'refused' | 'failing' | 'unreachable' };

/** An engine that would not ask this helper for a registry. */
export interface AstrayEngine {
  readonly engine: string;
  readonly registry: string;
  /** What it does instead, as a sentence without its full stop. */
  readonly why: string;
}

/** The timer that renews in the background. */
export interface SetupTimer {
  /** Whether it is there; undefined: this machine has none that could be installed. */
  isInstalled(): Promise<boolean | undefined>;
  /** Installs it, as `renew --install-timer` does, and notes that setup did. @returns whether it runs; why not was said */
  install(): Promise<boolean>;
  /** Whether setup installed it. */
  isOwn(): Promise<boolean>;
  /** Removes it, as `renew --remove-timer` does. */
  remove(): Promise<void>;
}

export interface SetupPorts extends Printer, Omit<FindRegistriesPorts, 'progress' | 'configuredHosts'> {
  readonly terminal: Terminal;
  readonly files: SetupFiles;
  readonly timer: SetupTimer;
  /** Why engines that are started from here would not find this helper; undefined: they do. */
  whyHelperUnfound(): Promise<AppError | undefined>;
  /** Throws an AppError when no context fits, or several do. */
  resolveBinding(host: string, contextName?: string): Promise<SetupBinding>;
  /** Lifts whatever signed the host out. */
  signIn(host: string): Promise<void>;
  /** Forgets what was answered for the host. */
  forgetAnswer(host: string): Promise<void>;
  /** Asks the registry as an engine does. */
  prove(host: string): Promise<Proof>;
  /**
   * Which engines of this machine would not ask this helper, as all of their files are now.
   * @param registries as engines ask for them
   */
  enginesAstray(registries: readonly string[], engine: OneEngine): Promise<readonly AstrayEngine[]>;
}
