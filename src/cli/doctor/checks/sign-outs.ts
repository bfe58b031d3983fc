import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface SignOutsPorts {
  /** How the host is signed out: with every token, with some, or not. */
  signedOut(host: string): 'as a whole' | 'with a token' | undefined;
}

/** Hosts that a person signed out of. */
export async function signOuts(
  { signedOut }: SignOutsPorts,
  { hosts }: Pick<CheckContext, 'hosts'>,
): Promise<readonly Finding[]> {
  return hosts.flatMap((host): Finding[] => {
    const how = signedOut(host);
    if (how === undefined) return [];
    const saw =
      how === 'as a whole'
        ? `You signed out of ${host}`
        : `Somebody signed out of ${host} with a token that you had then`;
    const why =
      how === 'as a whole'
        ? 'It gets no token until you sign in again'
        : 'It gets that token no more; a new one signs it in again';
    return [{ status: 'note', host, saw, why, mend: `docker-credential-openshift setup ${host}` }];
  });
}
