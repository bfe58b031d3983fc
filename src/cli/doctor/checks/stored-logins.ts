import { shownName } from '../../../credential/quoting.ts';
import type { CheckContext } from '../check.ts';
import type { Finding, Fix } from '../finding.ts';

/** A login in an engine's file that its registry refuses now. */
export interface RefusedLogin {
  readonly path: string;
  readonly key: string;
  readonly host: string;
  /** False: the file is read only where an engine is started with other variables. */
  readonly current: boolean;
}

export interface StoredLoginsPorts {
  /** Asks the registries about the logins that engines' files hold for these hosts, and are not known to be dead. */
  refusedLogins(hosts: readonly string[]): Promise<readonly RefusedLogin[]>;
  fixOf(path: string): Fix;
}

/** Logins in the engines' files for the helper's own hosts that are dead, and don't look it: only who is asked can tell. */
export async function storedLogins(
  { refusedLogins, fixOf }: StoredLoginsPorts,
  { ours }: Pick<CheckContext, 'ours'>,
): Promise<readonly Finding[]> {
  return (await refusedLogins(ours)).map(({ path, key, host, current }) => ({
    status: current ? 'problem' : 'warning',
    host,
    saw: `${path} holds a login for ${shownName(key)} that ${host} refuses: its token has ended or was revoked`,
    why: `Whoever sends it can pull nothing from ${host}, not even what is public`,
    mend: `docker-credential-openshift doctor ${host} --fix`,
    fix: fixOf(path),
  }));
}
