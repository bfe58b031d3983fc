import type { KeychainFault, KeychainHealth, SecretReading } from '../hosts/secret-store.ts';

/** An item of ours in the system's keychain. It is written once, and never changed. */
export interface KeychainItem {
  readonly host: string;
  /** Random, so that no two items are one. */
  readonly id: string;
}

/** The system's keychain. Nothing here throws, shows a dialogue or takes longer than a moment. */
export interface Keychain {
  read(item: KeychainItem): Promise<SecretReading>;
  /** @returns why it could not be written */
  write(item: KeychainItem, username: string, secret: string): Promise<KeychainFault | undefined>;
  /** Items that are not there are no fault. @returns why one is still there */
  remove(items: readonly KeychainItem[]): Promise<KeychainFault | undefined>;
  /**
   * Removes every item of a host.
   * @param ids those that are known of; undefined: that was lost, and they have to be looked for
   * @param except an item that stays
   * @returns why one is still there
   */
  removeAll(
    host: string,
    ids: readonly string[] | undefined,
    except?: string,
  ): Promise<KeychainFault | undefined>;
  health(): Promise<KeychainHealth>;
}

/** How items are named to people who look into their keychain. */
export function itemLabel(host: string): string {
  return `docker-credential-openshift: ${host}`;
}
