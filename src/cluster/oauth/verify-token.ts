import { AppError } from '../../hosts/reason.ts';
import { inspectToken } from '../inspect-token.ts';
import type { LoginAccess } from './login-access.ts';
import type { OAuthMetadata } from './oauth-metadata.ts';
import { distrust, type TrustWords } from './trust-words.ts';

/** What a cluster says of a token that it accepts. */
export interface AcceptedToken {
  readonly user: string;
  /** Ms since the epoch; null: it never ends; undefined: nobody tells. */
  readonly expiresAtMs: number | null | undefined;
  readonly opensImages: boolean;
}

export interface VerifyTokenPorts extends LoginAccess {
  nowMs(): number;
  readonly trust: TrustWords;
  /** Where the OAuth server is; undefined: there is none. */
  oauthMetadata(): Promise<OAuthMetadata | undefined>;
}

/**
 * Asks a cluster whose token it is, and when it ends.
 * @throws AppError `token-refused`, or why the cluster could not be asked
 */
export async function verifyToken(
  server: string,
  token: string,
  ports: VerifyTokenPorts,
): Promise<AcceptedToken> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const inspection = await inspectToken(token, {
    nowMs: ports.nowMs,
    ask: (path, body) => {
      const url = new URL(server + path);
      if (body === undefined) return ports.askApi({ method: 'GET', url, headers });
      const typed = { ...headers, 'content-type': 'application/json' };
      return ports.askApi({ method: 'POST', url, headers: typed, body: JSON.stringify(body) });
    },
    askOAuthServer: async (path) => {
      const issuer = (await ports.oauthMetadata())?.issuer;
      if (issuer === undefined) return undefined;
      const url = new URL(issuer.replace(/\/$/, '') + path);
      return ports.askOAuthServer({ method: 'GET', url, headers });
    },
  });
  switch (inspection.kind) {
    case 'accepted': {
      const { username, expiresAtMs, opensImages } = inspection;
      return { user: username, expiresAtMs, opensImages };
    }
    case 'rejected':
    case 'revoked':
      throw new AppError({
        code: 'token-refused',
        message: `${server} does not accept this token`,
        fix: { do: 'Log in again for another.' },
      });
    case 'unreachable':
    case 'unavailable': {
      const distrusted = distrust(inspection.detail, ports.trust);
      throw new AppError({
        code: 'api-unreachable',
        message: `${server} could not be asked about the token: ${distrusted?.cause ?? inspection.detail}`,
        fix: distrusted?.fix ?? { do: 'Log in again in a minute.' },
      });
    }
  }
}
