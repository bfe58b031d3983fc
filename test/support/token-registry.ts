import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createAuthority } from '../sandbox/certificates.ts';
import { listening } from './listening.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A registry that has its tokens given out by another host, as Docker Hub and GitLab have. */
export interface TokenRegistry {
  readonly host: string;
  /** Where its tokens are given out. */
  readonly authHost: string;
  readonly caPem: string;
  readonly caFile: string;
  /** The logins that it takes, as `user:password`; can be changed. */
  readonly logins: Set<string>;
  /** What each was asked, with whether a login came along. */
  readonly requests: { readonly host: string; readonly path: string; readonly login: boolean }[];
  /** What `/v2/` answers without a token; default: 401 with the challenge that names `authHost`. */
  front: { readonly status: number; readonly challenge?: string };
  /** What the token endpoint answers instead of judging the login. */
  tokenStatus: number | undefined;
}

/** A token registry, closed after the test. */
export async function startTokenRegistry(t: TestContext): Promise<TokenRegistry> {
  const authority = await createAuthority('token-registry');
  const { certPem: cert, keyPem: key } = await authority.issueServer(['127.0.0.1', 'localhost']);
  const caFile = join(temporaryDirectory(t), 'ca.pem');
  writeFileSync(caFile, authority.caPem);
  const listen = async (server: Server) => `127.0.0.1:${await listening(t, server)}`;
  const tokens = createServer({ cert, key }, (request, response) => {
    const { authorization } = request.headers;
    registry.requests.push({ host: authHost, path: request.url ?? '', login: authorization !== undefined });
    const login = Buffer.from(authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
    response.statusCode = registry.tokenStatus ?? (registry.logins.has(login) ? 200 : 401);
    response.end('{"token":"for-pulls"}');
  });
  const front = createServer({ cert, key }, (request, response) => {
    const { authorization } = request.headers;
    registry.requests.push({ host, path: request.url ?? '', login: authorization !== undefined });
    const { status, challenge } = registry.front;
    response.statusCode = status;
    if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge);
    response.end('{}');
  });
  const [host, authHost] = [await listen(front), await listen(tokens)];
  const registry: TokenRegistry = {
    host,
    authHost,
    caPem: authority.caPem,
    caFile,
    logins: new Set(),
    requests: [],
    front: { status: 401, challenge: `Bearer realm="https://${authHost}/token",service="registry"` },
    tokenStatus: undefined,
  };
  return registry;
}
