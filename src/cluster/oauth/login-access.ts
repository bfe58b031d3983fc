import type { Connection } from '../connection.ts';
import { proxyFor } from '../proxy-for.ts';
import { type Reply, type Request, sendRequest } from '../send-request.ts';

/** A person waits, and knows that logging in takes a moment. */
const REQUEST_MS = 15_000;
const CONNECT_MS = 8000;

/** What a login asks of a server. */
export type LoginRequest = Pick<Request, 'method' | 'url' | 'headers' | 'body'>;

export interface LoginAccessPorts {
  /** How the API server is reached. */
  readonly connection: Connection;
  readonly env: Record<string, string | undefined>;
  systemRoots(): Promise<readonly string[]>;
}

/** Requests of a login; they never throw but where the system's roots can't be read. */
export interface LoginAccess {
  readonly askApi: (request: LoginRequest) => Promise<Reply>;
  readonly askOAuthServer: (request: LoginRequest) => Promise<Reply>;
}

/**
 * Reaches a cluster's API and OAuth servers. The OAuth server's route often has another CA than the API: it is verified
 * by the system's roots and by the kubeconfig's CA. A client certificate is for the API server alone, and a login sends
 * none.
 */
export function createLoginAccess({ connection, env, systemRoots }: LoginAccessPorts): LoginAccess {
  const send = async (request: LoginRequest, by: Connection): Promise<Reply> => {
    const roots = by.ca === undefined ? await systemRoots() : [];
    const proxyUrl = by.proxyUrl ?? proxyFor(request.url, env);
    const headers = { 'user-agent': 'docker-credential-openshift', ...request.headers };
    const limits = { timeoutMs: REQUEST_MS, connectTimeoutMs: CONNECT_MS };
    return sendRequest({ ...request, headers, ...limits }, by, proxyUrl, roots);
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
