import type { OneEngine, SetupFiles } from '../../engines/edits/setup-files.ts';
import type { AppError } from '../../hosts/reason.ts';
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
