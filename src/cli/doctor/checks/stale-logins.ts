import { shellQuoted, shownName } from '../../../credential/quoting.ts';
import type { CheckContext } from '../check.ts';
import type { AuthFile, EngineState, StoredLogin } from '../engine-state.ts';
import type { Finding } from '../finding.ts';

export interface StaleLoginsPorts {
  engineState(): Promise<EngineState>;
  endInWords(login: StoredLogin): string;
}

/** Logins for other hosts whose token has ended: they are not this helper's to remove. */
export async function staleLogins(
  { engineState, endInWords }: StaleLoginsPorts,
  { ours }: Pick<CheckContext, 'ours'>,
): Promise<readonly Finding[]> {
  const { files } = await engineState();
  const found = files.flatMap((file) =>
    file.logins
      .filter(({ secret, host }) => secret?.dead === true && (host === undefined || !ours.includes(host)))
      .map((login) => stale(login, file, endInWords)),
  );
  return found.length > 0 ? found : [{ status: 'ok', saw: 'No other stored login is known to have ended' }];
}

function stale(login: StoredLogin, file: AuthFile, endInWords: StaleLoginsPorts['endInWords']): Finding {
  const name = login.host ?? login.key;
  return {
    status: file.current ? 'problem' : 'warning',
    host: login.host,
    saw: `${file.path} holds a login for ${shownName(login.key)}, ${endInWords(login)}`,
    why: `Whoever sends it can pull nothing from ${name}, not even what is public`,
    mend: removal(login, file),
  };
}

/** `podman logout` on docker's file would take other keys of it along. */
function removal({ key }: StoredLogin, { path, role }: AuthFile): string {
  if (role === 'docker-config') return `docker logout ${shellQuoted(key)}`;
  if (role === 'dockercfg') return `Take the entry ${shownName(key)} out of ${path}.`;
  return `podman logout --authfile ${shellQuoted(path)} ${shellQuoted(key)}`;
}
