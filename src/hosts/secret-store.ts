import type { AppError, Fix } from './reason.ts';

/** Where a typed secret lies: in the system's keychain, or in a private file of ours. */
export type SecretPlace = 'keychain' | 'file';

/** What is known of a secret that a person typed for a host, without the secret: no keychain is asked for this. */
export interface StoredLogin {
  /** A normalised registry host. */
  readonly host: string;
  /** As an engine gave it: `https://index.docker.io/v1/` is the host `index.docker.io`. */
  readonly serverUrl: string;
  readonly username: string;
  readonly where: SecretPlace;
  /** Names this very secret: another one that is stored for the host has another. */
  readonly id: string;
  /** The API server of the cluster that the host was bound to when it was stored, or first after that; undefined: none is known. */
  readonly boundTo: string | undefined;
  /** When the secret ends, in ms since the epoch by the clock of now; null: never; undefined: not known. */
  readonly expiresAtMs: number | null | undefined;
}

/** What is known of a secret when it is kept. */
export type LoginToStore = Omit<StoredLogin, 'where' | 'id'>;

/** How the keychain is. All but `ok` come with a sentence, and what to do about it. */
export type KeychainHealth = { readonly kind: 'ok' } | KeychainFault;

/** What keeps the keychain from being used. */
export interface KeychainFault {
  /**
   * `absent`: there is none here; `locked`: a person has to unlock it; `denied`: it refuses this program; `hanging`: it
   * does not answer within a second; `broken`: it answers, and something is wrong.
   */
  readonly kind: 'absent' | 'locked' | 'denied' | 'hanging' | 'broken';
  /** One sentence without its full stop. */
  readonly message: string;
  readonly fix: Fix;
  /** What was to be written is there all the same, or may be: it has to be removed one day. */
  readonly isLeft?: true;
}

/** Why a secret can't be had: by the keychain, or because someone removed it there. */
export type SecretFault = KeychainFault | 'gone';

/** A secret, or why it can't be had. */
export type SecretReading = { readonly secret: string } | { readonly fault: SecretFault };

/** The secrets that people typed. Nothing here ever shows a dialogue. */
export interface SecretStore {
  /** What is stored for a host; undefined: nothing. Asks no keychain. */
  find(host: string): StoredLogin | undefined;
  /** Everything that is stored for hosts, by host. Asks no keychain. */
  list(): readonly StoredLogin[];
  /** Why what is stored for a host does not count: others may read it, or it is damaged. Undefined: it counts, or there is none. */
  whyUnusable(host: string): Promise<AppError | undefined>;
  /** The hosts for which that is so. */
  unusable(): Promise<readonly { readonly host: string; readonly why: AppError }[]>;
  /** The hosts of which a login that was erased is still in the keychain. Asks no keychain. */
  leftOver(): readonly string[];
  /** @returns the secret; or why not, within a second: `gone` if someone removed it from the keychain */
  read(login: Pick<StoredLogin, 'host' | 'id' | 'where'>): Promise<SecretReading>;
  /** Keeps a secret, in place of whatever was stored for the host. @throws AppError, and then nothing has changed */
  keep(login: LoginToStore, secret: string): Promise<void>;
  /**
   * Notes which cluster a login is of that was stored when none was known; not where another has taken its place, nor
   * where that can't be written just now.
   * @param server the API server's URL
   */
  noteCluster(login: Pick<StoredLogin, 'host' | 'id'>, server: string): Promise<void>;
  /**
   * Forgets what is stored for a host, also what does not count.
   * @returns where a login was, also one that was erased before and stayed there; undefined: nothing was stored
   * @throws AppError if it stays in the keychain, from where it is answered no more, or is not ours to erase
   */
  erase(host: string): Promise<SecretPlace | undefined>;
  /** How the keychain is, within a second. */
  health(): Promise<KeychainHealth>;
}
