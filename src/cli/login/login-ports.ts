import type { Identity } from '../../credential/identity.ts';
import type { RevokeOutcome } from '../logout/revocation-words.ts';
import type { RenewOutcome } from '../renew.ts';
import type { Printer } from '../run-as-command.ts';
import type { BrowserLoginPorts, LoggedIn } from './browser-login.ts';
import type { LoginTarget, LoginTargetPorts } from './login-target.ts';

/** What a cluster says of a token. */
export interface VerifiedToken extends LoggedIn {
  /** False for a scope that opens no image. */
  readonly opensImages: boolean;
}

/** What became of the kubeconfig. */
export interface KeptLogin {
  readonly context: string;
  /** The user entry that holds the token. */
  readonly user: string;
  readonly written: readonly string[];
  readonly warnings: readonly string[];
  /** The token that was replaced, if nothing else needs it. */
  readonly oldToken: string | undefined;
}

/** One cluster, as a login deals with it. */
export interface LoginCluster {
  /** How a browser logs in there. @throws AppError if it can't */
  authorize: BrowserLoginPorts['authorize'];
  /** @returns the token. @throws AppError `login-failed`, `no-password-login`, or what went wrong */
  logInByPassword(username: string, password: string): Promise<string>;
  /** Looks whether passwords or browsers may log in there at all. @throws AppError */
  checkOAuth(): Promise<void>;
  /** Asks the cluster whose token it is. @throws AppError `token-refused`, or why it could not be asked */
  verify(token: string): Promise<VerifiedToken>;
  /** Writes a token into the kubeconfig. @throws AppError naming the file; nothing is written then */
  keep(token: string, user: string): Promise<KeptLogin>;
  /** Ends the token that was replaced, by the new one. @throws AppError if the cluster can't be asked */
  revoke(oldToken: string, newToken: string): Promise<RevokeOutcome | { readonly kind: 'none' }>;
  /** Runs the identity's exec plugin at this terminal, and keeps what it gives. @throws AppError */
  runPlugin(identity: Identity): Promise<LoggedIn>;
}

export interface LoginPorts
  extends Printer,
    LoginTargetPorts,
    Omit<BrowserLoginPorts, 'authorize' | 'printError'> {
  /** @throws AppError if the kubeconfig could not be written to, so that nobody logs in for nothing */
  checkKubeconfig(): Promise<void>;
  cluster(target: LoginTarget, certificateAuthority: string | undefined): Promise<LoginCluster>;
  /** Whether a person can be asked. */
  readonly isInteractive: boolean;
  /** Asks for a secret, which is not shown; undefined if the person gave none. */
  ask(question: string): Promise<string | undefined>;
  /** The first line of stdin. */
  readStdin(): Promise<string>;
  /**
   * Signs in again every registry host that gets the token of this user entry, and the one that was named.
   * @returns the hosts
   */
  signInHosts(server: string, user: string, named: string | undefined): Promise<readonly string[]>;
  renewHost(host: string): Promise<RenewOutcome>;
  /** When each login of the kubeconfig ends; asks all clusters at once. */
  endsOfLogins(): Promise<readonly LoginEnd[]>;
}

/** When a person's login ends. */
export interface LoginEnd {
  readonly identity: Identity;
  /** Ms since the epoch; `ended`; null: never; undefined: can't be told now. */
  readonly end: number | 'ended' | null | undefined;
}
