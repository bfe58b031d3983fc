import type { RegistrySettings } from '../registry/bind-host.ts';
import type { CachedAnswer, TokenKnowledge } from './cached-answer.ts';
import type { Identities, Identity } from './identity.ts';
import type { KeptToken } from './keep-token.ts';
import type { Reason } from './reason.ts';
import type { Life } from './renewal.ts';
import type { SecretReading, StoredLogin } from './secret-store.ts';

/** What the user's config, or the environment in its place, says of one registry host. */
export interface SettingsReading {
  readonly settings: RegistrySettings | undefined;
  /** Why they can't be relied on: it names the file, line and column. */
  readonly problem?: Reason | undefined;
  /** A fault elsewhere in the file, which the person should hear of. */
  readonly warning?: Reason | undefined;
}

/** Which registry hosts are a cluster's, by its own word. */
export interface ClaimReading {
  readonly claimed: boolean;
  /** Other API servers that were heard to claim the same host. */
  readonly rivals: readonly string[];
}

/** An engine that takes a login of its own in place of what the helper answers. */
export interface Override {
  /** `podman`, `docker`, … */
  readonly engine: string;
  readonly reason: Reason;
}

/**
 * What a host's resolution follows from. What is optional and left out was not looked up: where it is needed the
 * resolution asks for it.
 */
export interface HostFacts {
  /** Ms since the epoch. */
  readonly nowMs: number;
  readonly settings: SettingsReading;
  /** A person is there who chooses a login for the host: the plugin of a context that is not current may be run, too. */
  readonly isChosen?: true;
  /** A person signed out of the host by `logout`. */
  readonly signedOut?: boolean;
  /** What a person typed for the host; left out: nothing. */
  readonly typed?: TypedFacts | undefined;
  /** Why what is kept for the host as typed does not count. */
  readonly unusable?: Reason | undefined;
  readonly identities?: Identities;
  /** What the current context's cluster says of the host. */
  readonly claim?: ClaimReading;
  /** The registry takes the token of the current context, and so is its cluster's. */
  readonly proof?: boolean;
  /** The token that the host would get now, where it is not asked for. */
  readonly held?: HeldToken;
  /** What was learnt of the host's token when it was last asked about, by the clock of now. */
  readonly knowledge?: TokenKnowledge | undefined;
  /** What the host was answered with last, if everything that it was derived from is as it was then. */
  readonly last?: CachedAnswer | undefined;
  /** The engines that do not take the helper's answer, by their files. */
  readonly overrides?: readonly Override[];
}

/** A fact that is missing. */
export type Question =
  /** The kubeconfig, the environment and the pod that this process may run in. */
  | { readonly kind: 'identities' }
  /** Is the host the registry of this identity's cluster? `mayAsk` false: only what it said before counts. */
  | { readonly kind: 'claim'; readonly identity: Identity; readonly mayAsk: boolean }
  /** What was typed for the host. */
  | { readonly kind: 'secret' }
  /** Does the host take this identity's own token? */
  | { readonly kind: 'proof'; readonly identity: Identity };

/** What is known of what a person typed for a host, whether it is kept already or is about to be. */
export type TypedLogin = Pick<StoredLogin, 'username' | 'boundTo' | 'expiresAtMs'> & {
  /** Which secret it is; left out: it is not kept yet. */
  readonly id?: string;
};

/** What a person typed for a host. */
export interface TypedFacts {
  readonly login: TypedLogin;
  /** What was read of it; undefined: it was not looked up yet; null: nobody is to be asked for it. */
  readonly reading?: SecretReading | null | undefined;
  /** It was tried, and why it can't be answered. */
  readonly refusal?: Refusal | undefined;
}

/** Why what was typed is not answered: it is over, its cluster or registry refused it, or it could not be had just now. */
export interface Refusal {
  readonly kind: 'over' | 'refused' | 'out-of-reach';
  readonly reasons: readonly Reason[];
  /** The API server of the cluster that it is of, if that is known. */
  readonly server?: string | undefined;
  /** What was learnt of it. */
  readonly knowledge?: TokenKnowledge | undefined;
  /** It is out of reach as long as a person leaves it so, and asking again costs little: what is answered instead is not repeated. */
  readonly asksAgain?: boolean | undefined;
}

/** The token that a host would get now, as far as it lies somewhere: no cluster was asked for it, and no plugin run. */
export interface HeldToken {
  readonly token?: string | undefined;
  readonly fingerprint?: string | undefined;
  /** Its life, where the program keeps it: it was minted, or a plugin gave it. */
  readonly life?: (Life & Pick<KeptToken, 'isEndAssumed'>) | undefined;
  /** A person signed out with this very token. */
  readonly isSignedOut?: boolean;
  /** Why none can be had: its file can't be read, say. */
  readonly fault?: Reason | undefined;
  /** Why the plugin that gives it gave none a while ago. */
  readonly failure?: Reason | undefined;
}
