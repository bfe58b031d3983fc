import type { WhySpared } from '../../cluster/kubeconfig/login-entries.ts';
import type { Inspection } from '../../hosts/check-token.ts';
import type { Gathered } from '../../hosts/gather-facts.ts';
import type { ClusterToken, Identities, Identity } from '../../hosts/identity.ts';
import type { Obtained } from '../../hosts/keep-token.ts';
import { AppError, type Reason } from '../../hosts/reason.ts';
import type { Printer } from '../../process/terminal.ts';
import type { RevokeOutcome } from '../logout/revocable-logins.ts';
import type { RenewOutcome } from '../renew/renew-outcome.ts';
import type { LoginArguments } from './arguments.ts';

/** Where a login goes. */
export interface LoginTarget {
  /** The API server's URL, normalised. */
  readonly server: string;
  /** The identity whose token is renewed; undefined: the kubeconfig has none there yet. */
  readonly identity: Identity | undefined;
  /** The registry host that was named. */
  readonly host: string | undefined;
  /** What the person should hear of how their word was taken. */
  readonly note: string | undefined;
}

/** Who logged in. */
export interface LoggedIn {
  readonly user: string;
  /** Ms since the epoch; null: it never ends; undefined: nobody tells. */
  readonly expiresAtMs: number | null | undefined;
}

/** A login that was just made, as the kubeconfig holds it. */
export interface MadeLogin {
  /** The API server's URL, normalised. */
  readonly server: string;
  /** The user entry that holds its token. */
  readonly userEntry: string;
  /** How the cluster calls the person. */
  readonly user: string;
  readonly context: string | undefined;
}

/** What became of the kubeconfig. */
export interface KeptLogin {
  readonly context: string;
  /** The user entry that holds the token. */
  readonly user: string;
  /** Why the user entry of the named context did not get it; undefined if it did, or none was named. */
  readonly spared: WhySpared | undefined;
  readonly written: readonly string[];
  /** What was changed besides the token: sentences. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** The token that was replaced, if nothing else needs it. */
  readonly oldToken: string | undefined;
  /** The user entry held this very token before. */
  readonly isSameToken: boolean;
  /** Another user entry that holds the token that was replaced, which is why it must go on. */
  readonly oldTokenUsedBy: string | undefined;
}

/** What came of ending the token that a login replaced. */
export type OldTokenOutcome =
  | RevokeOutcome
  /** There was none. */
  | { readonly kind: 'none' }
  /** Another user entry holds it, too. */
  | { readonly kind: 'shared'; readonly by: string }
  /** It is the one that the person gave. */
  | { readonly kind: 'same' }
  /** It is not an OAuth token that its owner can end: one of OKD 3.11, or another issuer's. */
  | { readonly kind: 'irrevocable' };

/** An authorisation that was asked for. */
export interface BrowserAuthorization {
  /** What a browser is to visit; holds no secret. */
  readonly url: string;
  readonly state: string;
  /** Where a person finds a token to copy. */
  readonly tokenPage: string;
  /** @returns the token for the code in an answer. @throws AppError; `login-denied`: the person said no; `no-code` */
  exchange(answer: URLSearchParams): Promise<string>;
}

/** A page, complete with the headers that keep it what it is. */
export interface RenderedPage {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a browser's answer is judged by. */
export interface CallbackHandlers {
  onCallback(query: URLSearchParams): Promise<{ page: RenderedPage; isOurs: boolean }>;
  refusalPage(): RenderedPage;
}

/** Who answers for a host; or why nobody does, if that is any of its business; undefined: no cluster's token may go there. */
export type Answering = { readonly identity: Identity } | { readonly reason: Reason | null } | undefined;

/** The registry hosts of this machine. */
export interface RegistryHosts {
  /** All that the program may be asked for. */
  known(): Promise<readonly string[]>;
  /** What is wrong with the config: the hosts that it names may be missing for it. */
  problems(): Promise<readonly Reason[]>;
  /** Those that a person signed out of. */
  signedOut(): readonly string[];
  /** Whether a login that was typed for the host comes before any other there. */
  hasTyped(host: string): boolean;
  /** Whether the current context is on that API server: no other cluster is asked about a host. */
  isCurrent(server: string): Promise<boolean>;
  /** @param mayAsk false: only what clusters said before counts */
  whoAnswers(host: string, mayAsk: boolean): Promise<Answering>;
  /** Lifts what signed a host out, and forgets what it was answered with. */
  signIn(host: string): Promise<void>;
  /** A cluster that was away is asked again: who logged in to it has just seen that it is there. */
  forgetAbsences(): Promise<void>;
}

/** One cluster, as a login deals with it. */
export interface LoginCluster {
  /** Its certificate is not verified: the kubeconfig says so. */
  readonly isUnverified: boolean;
  /** How a browser logs in there. @throws AppError if it can't */
  authorize(redirectUri: string): Promise<BrowserAuthorization>;
  /** @returns the token. @throws AppError `login-failed`, `no-password-login`, or what went wrong */
  logInByPassword(username: string, password: string): Promise<string>;
  /** Looks whether passwords or browsers may log in there at all. @throws AppError */
  checkOAuth(): Promise<void>;
  /**
   * Asks the cluster whose token it is; `opensImages`: false for a scope that opens none.
   * @throws AppError `token-refused`, or why it could not be asked
   */
  verify(token: string): Promise<LoggedIn & { readonly opensImages: boolean }>;
  /** Writes a token into the kubeconfig. @throws AppError naming the file; nothing is written then */
  keep(token: string, user: string): Promise<KeptLogin>;
  /**
   * Ends the tokens that were got by browser or password and not kept, those too that are only on their way.
   * @returns false if one goes on
   */
  discardUnkept(): Promise<boolean>;
  /** Ends the token that was replaced, by the new one. @throws AppError if the cluster can't be asked */
  revoke(oldToken: string, newToken: string): Promise<OldTokenOutcome>;
  /**
   * Runs the identity's exec plugin at this terminal, asks the cluster whose token it gave, and keeps that.
   * @param interrupted aborted when the person stops the program, and the plugin with it
   * @throws AppError
   */
  runPlugin(identity: Identity, interrupted: AbortSignal): Promise<LoggedIn>;
}

/** All that `login` needs of the world; each function asks for the part of it that it uses. */
export interface LoginPorts extends Printer {
  nowMs(): number;
  /** Aborted when the person stops the program. */
  readonly interrupted: AbortSignal;
  /** @returns what takes it back */
  after(ms: number, call: () => void): () => void;
  /** What another machine calls this one; undefined: nothing, since it is a container. */
  hostname(): string | undefined;

  /** Whether a person can be asked. */
  readonly isInteractive: boolean;
  /** Asks for a secret, which is not shown; undefined if the person gave none. */
  ask(question: string): Promise<string | undefined>;
  /** Asks for a line, which is shown as it is typed; empty if nothing was. */
  askShown(question: string): Promise<string>;
  /** The first line of stdin that is not empty. */
  readStdin(): Promise<string>;
  /** Calls for each line that is typed or pasted, unseen. @returns what ends that */
  readPasted(onLine: (line: string) => void): () => void;
  /** Listens for the browser's return. @throws AppError if the port is taken */
  startCallbackServer(
    port: number,
    handlers: CallbackHandlers,
  ): Promise<{ readonly redirectUri: string; readonly port: number; close(lingerMs: number): Promise<void> }>;
  /** @returns false where there is no browser that the person would see */
  openBrowser(url: string): Promise<boolean>;

  identities(): Promise<Identities>;
  /** Whose login a host gets, as far as it can be told without asking a cluster. */
  resolve(host: string): Promise<Pick<Gathered, 'facts' | 'resolution'>>;
  /**
   * Whether a cluster calls the host its registry.
   * @param mayAsk false: only what it was heard to say before counts
   */
  isClaimed(host: string, identity: Identity, mayAsk: boolean): Promise<boolean>;
  inspectToken(identity: Identity, token: ClusterToken): Promise<Inspection>;
  /**
   * The token that an identity's exec plugin gives without a person, renewed if that is due.
   * @param refused one that the cluster refused: another is wanted
   * @throws AppError if there is none
   */
  tokenOfPlugin(identity: Identity, refused: string | undefined): Promise<Obtained>;
  /**
   * @param context whose user entry is to get the token, if there is one
   * @throws AppError if the kubeconfig could not be written to, so that nobody logs in for nothing
   */
  checkKubeconfig(context: string | undefined): Promise<void>;
  cluster(
    target: LoginTarget,
    args: Pick<LoginArguments, 'certificateAuthority' | 'method'>,
  ): Promise<LoginCluster>;
  /** Reads the kubeconfig anew. */
  openHosts(): RegistryHosts;
  renewHost(host: string): Promise<RenewOutcome>;
}

/**
 * What a promise comes to, unless the person stops the program before.
 * @throws AppError `interrupted`, or what the promise fails of
 */
export async function unlessInterrupted<T>(
  promise: Promise<T>,
  { interrupted }: { readonly interrupted: AbortSignal },
): Promise<T> {
  let stop = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(interruption());
  });
  if (interrupted.aborted) stop();
  interrupted.addEventListener('abort', stop);
  try {
    return await Promise.race([stopped, promise]);
  } finally {
    interrupted.removeEventListener('abort', stop);
  }
}

/** @returns the error that ends a command which a person stopped */
export function interruption(): AppError {
  return new AppError({ code: 'interrupted', message: 'Stopped' });
}
