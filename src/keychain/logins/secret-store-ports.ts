import type { Moment } from '../../hosts/clock.ts';
import type { SecretPlace } from '../../hosts/secret-store.ts';
import type { Keychain } from './keychain.ts';

/** What the store of typed secrets needs. */
export interface SecretStorePorts {
  /** Our state directory; null: there is no private place. */
  readonly state: string | null;
  /** Whether that is still there after a restart of the machine. */
  readonly stateLasts: boolean;
  readonly uid: number | undefined;
  /** Loaded when a secret is asked for. */
  keychain(): Promise<Keychain>;
  /** Where the config wants secrets. @throws AppError if it can't be told */
  place(): Promise<SecretPlace>;
  /** The config file, for sentences; null: there is no place for one. */
  readonly configFile: string | null;
  now(): Moment;
  /** What is left of the time for the whole verb, in ms. */
  remainingMs(): number;
}
