import type { AuthFile, StoredLogin } from '../../../engines/engine-state.ts';
import { shownName } from '../../../hosts/quoting.ts';
import type { CheckContext } from '../check.ts';
import type { Finding, Fix } from '../finding.ts';
import { loginRemoval } from '../login-removal.ts';

/** A login in an engine's file that its registry refuses now. */
export interface RefusedLogin {
  readonly file: AuthFile;
  readonly login: StoredLogin;
  readonly host: string;
}

export interface StoredLoginsPorts {
  /**
   * Asks the registries about the logins that engines' files hold for the hosts to be looked at, and are not known to be
   * dead.
   */
  refusedLogins(): Promise<readonly RefusedLogin[]>;
  fixOf(path: string): Fix;
}

/**
 * Logins in the engines' files for clusters' registries that are dead, and don't look it: only who is asked can tell.
 * Where nothing says whose registry it is, the login is not the helper's to take out.
 */
export async function storedLogins(
  { refusedLogins, fixOf }: StoredLoginsPorts,
  { ours, anonymous, engines }: Pick<CheckContext, 'ours' | 'anonymous' | 'engines'>,
): Promise<readonly Finding[]> {
  const found = (await refusedLogins()).filter(({ file }) =>
    file.readBy.some((engine) => engines.includes(engine)),
  );
  return found.map(({ file, login, host }) => ({
    status: file.current ? 'problem' : 'warning',
    host,
    saw: `${file.path} holds a login for ${shownName(login.key)} that ${host} refuses: its token has ended or was revoked`,
    why: `Whoever sends it can pull nothing from ${host}, not even what is public`,
    ...(ours.includes(host) || anonymous.includes(host)
      ? { mend: `docker-credential-openshift doctor ${host} --fix`, fix: fixOf(file.path) }
      : { mend: loginRemoval(login, file) }),
  }));
}
