import type { OneEngine, SetupFiles } from '../../engines/edits/setup-files.ts';
import type { Identities, Identity } from '../../hosts/identity.ts';
import type { AppError, Fix, Reason } from '../../hosts/reason.ts';
import type { Printer, Terminal } from '../../process/terminal.ts';

/** What a login stands for; `context`: undefined: the environment gives it; `insecure`: it skips TLS verification. */
export interface SetupBinding {
  readonly server: string;
  readonly user: string;
  readonly context: string | undefined;
  readonly insecure: boolean;
}

/** A registry host, and the login that it gets. */
export interface FoundLogin {
  readonly host: string;
  readonly binding: SetupBinding;
}

/** What a cluster says its registry's hosts are; or why it says nothing: the end of a sentence, and what fixes it. */
export type ClusterWord =
  | { readonly hosts: readonly string[] }
  /** `refusedLogin`: another login of the same cluster may fare better. */
  | { readonly fault: string; readonly fix?: Fix | undefined; readonly refusedLogin: boolean };

/** The logins of the kubeconfig, and their clusters. */
export interface Clusters {
  readIdentities(): Promise<Identities>;
  /** Asks the identity's cluster for its registry's hosts; within its deadline, and never throws. */
  askCluster(identity: Identity): Promise<ClusterWord>;
}

/** What came of a real request to a registry, as an engine makes it. */
export type Proof =
  /** `image`: `NAMESPACE/NAME:TAG` of one to try. */
  | { readonly kind: 'accepted'; readonly username: string; readonly image?: string | undefined }
  /** No credential is answered: why; empty: it is linked to no cluster. */
  | { readonly kind: 'anonymous'; readonly reasons: readonly Reason[] }
  /** `failing`: it answers, and says nothing of the login. */
  | { readonly kind: 'refused' | 'failing' | 'unreachable' };

/** An engine that pulls nothing private from a registry: it would not ask this helper, or does not trust the certificate. */
export interface AstrayEngine {
  readonly registry: string;
  /** What the engine does instead, as a sentence without its full stop. */
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

export interface SetupPorts extends Printer, Clusters {
  readonly terminal: Terminal;
  readonly files: SetupFiles;
  readonly timer: SetupTimer;
  /** Why engines that are started from here would not find this helper; undefined: they do. */
  whyHelperUnfound(): Promise<AppError | undefined>;
  /** Whether logins that are typed have nowhere to be kept: there is no keychain, and nobody chose private files. */
  lacksSecretPlace(): Promise<boolean>;
  /** The hosts that the environment links to its login. */
  readonly environmentHosts: readonly string[];
  /** Which login the host is to be linked to. @throws AppError when no context fits, or several do */
  findLoginFor(host: string, contextName?: string): Promise<SetupBinding>;
  /** Lifts whatever signed the host out. */
  signIn(host: string): Promise<void>;
  /** Forgets what was answered for the host. */
  forgetAnswer(host: string): Promise<void>;
  /** Removes all that this helper can make anew, and no stored login and no sign-out. */
  removeCached(): Promise<void>;
  /** Asks the registry as an engine does. */
  prove(host: string): Promise<Proof>;
  /**
   * Which engines of this machine would not ask this helper, as all of their files are now.
   * @param registries as engines ask for them
   */
  enginesAstray(registries: readonly string[], engine: OneEngine): Promise<readonly AstrayEngine[]>;
  /** The same for those that do not trust its certificate; the registry is there. */
  enginesUntrusting(registry: string, engine: OneEngine): Promise<readonly AstrayEngine[]>;
}
