import type { Contact, OAuthState } from '../../cluster/contact.ts';
import type { AuthFile, StoredLogin } from '../../engines/engine-state.ts';
import type { EngineTrust } from '../../engines/lookup/engine-trust.ts';
import { outlivesMargin } from '../../hosts/answer.ts';
import type { Decision } from '../../hosts/decide-answer.ts';
import { loginCommand } from '../../hosts/login-command.ts';
import type { Reason } from '../../hosts/reason.ts';

/** The kubeconfig, as it is read from its files. */
export interface KubeconfigReading {
  readonly files: readonly { readonly path: string; readonly isThere: boolean }[];
  readonly problems: readonly Reason[];
  /** Why there is none where a person has one. */
  readonly absence?: Reason | undefined;
  /** How many contexts name a cluster. */
  readonly contexts: number;
  readonly current: { readonly context: string | undefined; readonly server: string } | undefined;
}

/** A cluster's API server, and what came of asking it. */
export interface ClusterContact {
  readonly server: string;
  /** The kubeconfig says `insecure-skip-tls-verify`. */
  readonly insecure: boolean;
  /** The kubeconfig names a CA for it. */
  readonly hasOwnCa: boolean;
  readonly contact: Contact;
  /**
   * Its OAuth server, asked for a login without any: `failing`: it says that it can't serve just now, as it does where
   * oauth-apiserver is down; undefined: the cluster has none, or it could not be asked.
   */
  readonly oauth: OAuthState | undefined;
}

/** What an engine that asked for a host would be answered now. */
export type Login =
  | {
      readonly kind: 'token';
      /** Undefined: no cluster is known for it. */
      readonly server: string | undefined;
      /** The user, as the cluster names it; of a stored login that no cluster is asked about, as it was typed. */
      readonly username: string;
      /** A person typed it, by `docker login` or `podman login`. */
      readonly isStored: boolean;
      /** When it ends, in ms since the epoch; null: never, or nobody tells. */
      readonly endsAtMs: number | null;
      /** Its whole life in ms; undefined: not known. */
      readonly lifeMs: number | undefined;
      /** It ends sooner when it is not used. */
      readonly endsWhenIdle: boolean;
      /** Only a person can renew it. */
      readonly isPersons: boolean;
      /** Nobody could be asked about it. */
      readonly unchecked: boolean;
      /** What a person should hear besides. */
      readonly warnings: readonly Reason[];
      /** The command that signs in anew. */
      readonly renewal: string | undefined;
    }
  | {
      readonly kind: 'none';
      /** The first is what keeps the host from a token; none: the host is not this helper's to speak of. */
      readonly reasons: readonly Reason[];
      /** The cluster that the token is of; undefined: there is none. */
      readonly server: string | undefined;
      /** There is a token, and nothing is known against it. */
      readonly isMaybeGood: boolean;
      /** A person signed out of the host, or with this very token. */
      readonly isSignedOut: boolean;
      /** The cluster answers, and could not say whether the token is good. */
      readonly isUnjudged: boolean;
    };

/** What a decision comes to, without the secret in it. */
export function loginOf(decision: Decision, isUnjudged: boolean, nowMs: number): Login {
  const { answer, identity, knowledge, warnings, stored, signedOut } = decision;
  if (answer.kind === 'anonymous') {
    return {
      kind: 'none',
      reasons: answer.reasons,
      server: identity?.server,
      isMaybeGood: isMaybeGood(knowledge, nowMs),
      isSignedOut: signedOut === true,
      isUnjudged,
    };
  }
  const isOfContext = identity?.source.kind === 'token' && identity.context !== undefined;
  return {
    kind: 'token',
    server: identity?.server,
    // The name that is answered is any where the cluster's is not known.
    username: knowledge?.username ?? (stored === undefined ? identity?.user : undefined) ?? answer.username,
    isStored: stored !== undefined,
    endsAtMs: answer.expiresAtMs,
    lifeMs: knowledge?.lifeMs,
    isPersons: decision.isPersons === true,
    endsWhenIdle: knowledge?.endsWhenIdle === true,
    unchecked: answer.unchecked === true,
    warnings: warnings ?? [],
    renewal: isOfContext ? loginCommand(identity.server, identity.context) : undefined,
  };
}

/** Whether there is a token, and nothing is known against it. */
function isMaybeGood(knowledge: Decision['knowledge'], nowMs: number): boolean {
  if (knowledge === undefined || knowledge.revoked === true || knowledge.opensImages === false) return false;
  return outlivesMargin(knowledge.expiresAtMs ?? null, nowMs);
}

/** A login in an engine's file that its registry refuses now. */
export interface RefusedLogin {
  readonly file: AuthFile;
  readonly login: StoredLogin;
  readonly host: string;
}

/** What an engine goes by for a registry's certificate, and what it makes of it. */
export interface JudgedTrust extends EngineTrust {
  /** As the engine sees it. */
  readonly contact: Contact;
}
