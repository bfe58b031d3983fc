import type { BusConnection } from './dbus-connection.ts';
import type { DbusValue } from './dbus-types.ts';

/** The service's own object. */
export const ROOT = '/org/freedesktop/secrets';
/** No object: no prompt is needed. */
export const NONE = '/';

/** Calls of the Secret Service on one connection. */
export interface Client {
  readonly bus: BusConnection;
  call(path: string, member: string, signature?: string, ...args: DbusValue[]): Promise<readonly DbusValue[]>;
}
