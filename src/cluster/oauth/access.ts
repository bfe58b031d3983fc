import { AppError } from '../../hosts/reason.ts';
import { wayTo } from '../bounded-requests.ts';
import type { Connection } from '../connection.ts';
import { type BearerRequests, inspectToken } from '../oauth-tokens.ts';
import { proxyFor } from '../proxy-for.ts';
import { listIn, objectIn, parseObject, textIn } from '../reply-fields.ts';
import { type Heeding, sendHeedingPauses } from '../retry-after.ts';
import { type Reply, type Request, sendRequest } from '../send-request.ts';
import { distrust, type OAuthMetadata, type TrustWords } from './metadata.ts';

/** A person waits, and knows that logging in takes a moment. */
const REQUEST_MS = 15_000;
const CONNECT_MS = 8000;

/** What a login asks of a server. */
export type LoginRequest = Pick<Request, 'method' | 'url' | 'headers' | 'body'>;

/** Requests of a login; they never throw but where the system's roots can't be read. */
export interface LoginAccess {
  readonly askApi: (request: LoginRequest) => Promise<Reply>;
  readonly askOAuthServer: (request: LoginRequest) => Promise<Reply>;
}

/**
 * Reaches a cluster's API and OAuth servers. The OAuth server's route often has another CA than the API: it is verified
 * by the system's roots and by the kubeconfig's CA. A client certificate is for the API server alone, and a login sends
 * none.
 * @param connection how the API server is reached
 */
export function createLoginAccess(
  connection: Connection,
  env: Record<string, string | undefined>,
  systemRoots: () => Promise<readonly string[]>,
  { reachability, nowMs, waitMs }: Pick<Heeding, 'reachability' | 'nowMs' | 'waitMs'>,
): LoginAccess {
  const send = async (request: LoginRequest, by: Connection): Promise<Reply> => {
    const roots = by.ca === undefined ? await systemRoots() : [];
    const proxyUrl = by.proxyUrl ?? proxyFor(request.url, env);
    const headers = { 'user-agent': 'docker-credential-openshift', ...request.headers };
    const limits = { timeoutMs: REQUEST_MS, connectTimeoutMs: CONNECT_MS };
    const untilMs = nowMs() + REQUEST_MS;
    return sendHeedingPauses(
      wayTo(request.url, proxyUrl),
      () => sendRequest({ ...request, headers, ...limits }, by, proxyUrl, roots),
      { reachability, nowMs, waitMs, longestWaitMs: REQUEST_MS, remainingMs: () => untilMs - nowMs() },
    );
  };
  const api: Connection = { ...connection, clientCertificate: undefined };
  return {
    askApi: (request) => send(request, api),
    askOAuthServer: async (request) => {
      const ca = api.ca === undefined ? undefined : [...(await systemRoots()), api.ca].join('\n');
      return send(request, { ...api, ca, tlsServerName: undefined });
    },
  };
}

/** What a cluster says of a token that it accepts. */
export interface AcceptedToken {
  readonly user: string;
  /** Ms since the epoch; null: it never ends; undefined: nobody tells. */
  readonly expiresAtMs: number | null | undefined;
  readonly opensImages: boolean;
}

/**
 * Asks a cluster whose token it is, and when it ends.
 * @param oauthMetadata where the OAuth server is; undefined: there is none
 * @throws AppError `token-refused`, or why the cluster could not be asked
 */
export async function verifyToken(
  server: string,
  token: string,
  { askApi, askOAuthServer }: LoginAccess,
  trust: TrustWords,
  nowMs: () => number,
  oauthMetadata: () => Promise<OAuthMetadata | undefined>,
): Promise<AcceptedToken> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const cluster: BearerRequests = {
    ask: (path, body) => {
      const url = new URL(server + path);
      if (body === undefined) return askApi({ method: 'GET', url, headers });
      const typed = { ...headers, 'content-type': 'application/json' };
      return askApi({ method: 'POST', url, headers: typed, body: JSON.stringify(body) });
    },
    askOAuthServer: async (path) => {
      const issuer = (await oauthMetadata())?.issuer;
      if (issuer === undefined) return undefined;
      const url = new URL(issuer.replace(/\/$/, '') + path);
      return askOAuthServer({ method: 'GET', url, headers });
    },
  };
  const inspection = await inspectToken(token, cluster, nowMs);
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
      const distrusted = distrust(inspection.detail, trust);
      throw new AppError({
        code: 'api-unreachable',
        message: `${server} could not be asked about the token: ${distrusted?.cause ?? inspection.detail}`,
        fix: distrusted?.fix ?? { do: 'Log in again in a minute.' },
      });
    }
  }
}

/**
 * The project that a new context starts in, as `oc login` chooses: `default` for whoever may see it, else the first by
 * name (openshift/oc, pkg/cli/login).
 * @returns empty: the person has none; undefined: it could not be asked
 */
export async function startProject(
  server: string,
  token: string,
  { askApi }: Pick<LoginAccess, 'askApi'>,
): Promise<string | undefined> {
  const url = new URL(`${server}/apis/project.openshift.io/v1/projects`);
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const reply = await askApi({ method: 'GET', url, headers });
  if (reply.status !== 200) return undefined;
  const names = listIn(parseObject(reply.body), 'items').flatMap((item) =>
    typeof item === 'object' && item !== null ? (textIn(objectIn(item, 'metadata'), 'name') ?? []) : [],
  );
  return names.includes('default') ? 'default' : (names.sort()[0] ?? '');
}
