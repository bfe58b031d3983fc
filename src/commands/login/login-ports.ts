import type { Identity } from '../../hosts/identity.ts';
import type { WhySpared } from '../../hosts/why-spared.ts';
import type { RevokeOutcome } from '../logout/revocation-words.ts';
import type { BrowserLoginPorts, LoggedIn } from './browser-login-ports.ts';
import type { EndsOfLoginsPorts } from './ends-of-logins.ts';
import type { GivenSecretPorts } from './given-secret.ts';
import type { LoginArguments } from './login-arguments.ts';
import type { LoginTarget, LoginTargetPorts } from './login-target.ts';
import type { RenewHostsPorts } from './renew-hosts.ts';

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

/** One cluster, as a login deals with it. */
export interface LoginCluster {
  /** Its certificate is not verified: the kubeconfig says so. */
  readonly isUnverified: boolean;
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
  /**
   * Ends the tokens that were got by browser or password and not kept, those too that are only on their way.
   * @returns false if one goes on
   */
  discardUnkept(): Promise<boolean>;
  /** Ends the token that was replaced, by the new one. @throws AppError if the cluster can't be asked */
  revoke(oldToken: string, newToken: string): Promise<RevokeOutcome | { readonly kind: 'irrevocable' }>;
  /**
   * Runs the identity's exec plugin at this terminal, asks the cluster whose token it gave, and keeps that.
   * @param interrupted aborted when the person stops the program, and the plugin with it
   * @throws AppError
   */
  runPlugin(identity: Identity, interrupted: AbortSignal): Promise<LoggedIn>;
}

export interface LoginPorts
  extends LoginTargetPorts,
    EndsOfLoginsPorts,
    RenewHostsPorts,
    GivenSecretPorts,
    Omit<BrowserLoginPorts, 'authorize' | 'printError'> {
  /**
   * @param context whose user entry is to get the token, if there is one
   * @throws AppError if the kubeconfig could not be written to, so that nobody logs in for nothing
   */
  checkKubeconfig(context: string | undefined): Promise<void>;
  cluster(
    target: LoginTarget,
    args: Pick<LoginArguments, 'certificateAuthority' | 'method'>,
  ): Promise<LoginCluster>;
}
