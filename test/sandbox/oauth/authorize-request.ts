import { createHash, randomBytes } from 'node:crypto';

/** PKCE's secret and what may be seen of it. */
export function createPkcePair(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** Path and query of a browser login's authorization request; undefined: leave that part out. */
export function authorizePath(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const values = {
    client_id: 'openshift-cli-client',
    redirect_uri: 'http://127.0.0.1:43210/callback',
    response_type: 'code',
    ...changes,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, value);
  return `/oauth/authorize?${query}`;
}
