import type { AuthFile, EngineState, StoredLogin } from '../../../engines/engine-state.ts';
import { shownName } from '../../../hosts/quoting.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import { loginRemoval } from '../login-removal.ts';

export interface StaleLoginsPorts {
  engineState(): Promise<EngineState>;
  endInWords(login: StoredLogin): string;
}

/** Logins for other hosts whose token has ended: they are not this helper's to remove. */
export async function staleLogins(
  { engineState, endInWords }: StaleLoginsPorts,
  { engines, ours }: Pick<CheckContext, 'engines' | 'ours'>,
): Promise<readonly Finding[]> {
  const { files } = await engineState();
  const read = files.filter(({ readBy }) => readBy.some((engine) => engines.includes(engine)));
  const found = read.flatMap((file) =>
    file.logins
      .filter(({ secret, host }) => secret?.dead === true && (host === undefined || !ours.includes(host)))
      .map((login) => stale(login, file, endInWords)),
  );
  return found.length > 0 ? found : [{ status: 'ok', saw: 'No other stored login is known to have ended' }];
}

function stale(login: StoredLogin, file: AuthFile, endInWords: StaleLoginsPorts['endInWords']): Finding {
  const name = login.host ?? login.key;
  // Engines take no key with an "@" for a registry.
  if (login.key.includes('@')) {
    const saw = `${file.path} holds a login for ${shownName(login.key)}`;
    const why = 'No engine takes that key for a registry, and the password in it lies open';
    return { status: 'warning', saw, why, mend: loginRemoval(login, file) };
  }
  return {
    status: file.current ? 'problem' : 'warning',
    host: login.host,
    saw: `${file.path} holds a login for ${shownName(login.key)}, ${endInWords(login)}`,
    why: `Whoever sends it can pull nothing from ${name}, not even what is public`,
    mend: loginRemoval(login, file),
  };
}
