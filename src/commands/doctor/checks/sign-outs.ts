import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import { withoutTokenBecause } from '../login-remedy.ts';
import type { Login } from '../network-state.ts';

export interface SignOutsPorts {
  /** What an engine that asked for the host would be answered now. */
  loginOf(host: string): Promise<Login>;
}

/** Hosts that get no token because a person signed out of them: as was wanted, and told with what ends it. */
export async function signOuts(
  { loginOf }: SignOutsPorts,
  { hosts }: Pick<CheckContext, 'hosts'>,
): Promise<readonly Finding[]> {
  const found = await Promise.all(hosts.map(async (host) => describe(host, await loginOf(host))));
  return found.flat();
}

function describe(host: string, login: Login): Finding[] {
  if (login.kind !== 'none' || !login.isSignedOut) return [];
  const because = withoutTokenBecause(login);
  const why = 'It gets no token until you sign in again';
  return because === undefined ? [] : [{ status: 'note', host, saw: because.saw, why, mend: because.mend }];
}
