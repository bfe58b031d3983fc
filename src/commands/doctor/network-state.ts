import type { AuthFile, StoredLogin } from '../../engines/engine-state.ts';
import type { Reason } from '../../hosts/reason.ts';

/** What keeps a server from answering. */
export type ContactFault =
  /** No DNS server knows its name. */
  | 'unknown-name'
  /** No DNS server could be asked. */
  | 'no-lookup'
  | 'refused'
  /** This machine has no way there. */
  | 'no-network'
  /** Nothing came back in time. */
  | 'late'
  | 'expired-certificate'
  /** Its certificate is for another name. */
  | 'other-name'
  | 'untrusted-certificate'
  /** Something on this side: a CA file that is not there, a proxy's URL that is none. */
  | 'own-fault'
  | 'other';

/** What came of asking a server whether it is there. */
export type Contact =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** `Content-Type`, without its parameters; undefined: it did not say. */
      readonly contentType: string | undefined;
      /** `WWW-Authenticate`. */
      readonly challenge: string | undefined;
      /** The server's clock less this machine's, in ms; undefined: it did not tell. */
      readonly skewMs: number | undefined;
      readonly proxy: string | undefined;
    }
  | {
      readonly kind: 'none';
      readonly fault: ContactFault;
      /** In a few words, without a secret. */
      readonly detail: string;
      /** The proxy that stands between, without its password. */
      readonly proxy: string | undefined;
    };

/** The kubeconfig, as it is read from its files. */
export interface KubeconfigReading {
  readonly files: readonly { readonly path: string; readonly isThere: boolean }[];
  readonly problems: readonly Reason[];
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
  readonly oauth: 'serving' | 'failing' | undefined;
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
      /** It ends sooner when it is not used. */
      readonly endsWhenIdle: boolean;
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
      /** The cluster that was to be asked about the token; undefined: there is none, or it is known to be no good. */
      readonly server: string | undefined;
      /** A person signed out of the host, or with this very token. */
      readonly isSignedOut: boolean;
      /** The cluster answers, and could not say whether the token is good. */
      readonly isUnjudged: boolean;
    };

/** What a registry says of a login, where it gives out its tokens. */
export type LoginAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused' }
  /** It answers, and fails. */
  | { readonly kind: 'failing'; readonly status: number }
  /** It could not be asked, or not by us: its tokens are given out elsewhere. */
  | { readonly kind: 'unknown'; readonly detail: string };

/** Whether a user has a right; an object where that can't be told. */
export type Right = 'yes' | 'no' | { readonly unknown: string };

/** What a registry says of an image. */
export type ManifestAnswer =
  | { readonly kind: 'there' }
  /** The registry knows no such image, and says so only to who may pull it. */
  | { readonly kind: 'absent' }
  /** It is to be had from another registry, and that failed: why, in the registry's words. */
  | { readonly kind: 'not-pulled-through'; readonly detail: string }
  /** 401 or 403: not for this user, or, at an OpenShift registry, not there. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly detail: string };

/** What a cluster's API says of an image stream. */
export type ImageStreamAnswer =
  | { readonly kind: 'there'; readonly tags: readonly ImageTag[] }
  | { readonly kind: 'absent' }
  /** Forbidden, or nobody to ask. */
  | { readonly kind: 'unknown' };

/** A tag of an image stream. */
export interface ImageTag {
  readonly name: string;
  /** Why its import failed, in the cluster's words, where it did and nothing is there. */
  readonly importFault: string | undefined;
}

/** What an engine makes of a registry's certificate. */
export interface EngineTrust {
  /** As the engine sees it. */
  readonly contact: Contact;
  /** Where it looks for authorities of this host, besides the system's roots. */
  readonly directory: string;
  /** It takes root to write there, and the user is another. */
  readonly needsRoot: boolean;
  /** What lies there and counts. */
  readonly files: readonly string[];
  /** The engine does not verify this host's certificate, and why. */
  readonly unverified: { readonly because: string; readonly isLoopback: boolean } | undefined;
  /** Halves of client certificates: NAME.cert without NAME.key, or the other way round. */
  readonly halves: readonly { readonly path: string; readonly lacks: string }[];
}

/** A login in an engine's file that its registry refuses now. */
export interface RefusedLogin {
  readonly file: AuthFile;
  readonly login: StoredLogin;
  readonly host: string;
}
