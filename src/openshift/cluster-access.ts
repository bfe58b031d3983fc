import { AppError } from '../credential/app-error.ts';
import type { Inspection, RegistryProbe } from '../credential/check-token.ts';
import type { Identity } from '../credential/identity.ts';
import { QCI_HOST } from '../registry/catalogue.ts';
import type { Connection } from './connection.ts';
import { inspectToken } from './inspect-token.ts';
import { proxyFor } from './proxy-for.ts';
import { parseObject, textIn } from './reply-fields.ts';
import { noAnswer, type Reply, type Request, sendRequest } from './send-request.ts';

/** The longest that one request may take while an engine waits. */
const REQUEST_MS = 2000;
/**
 * The longest to wait for a connection, by how many servers elsewhere let the time run out just now: the more, the more
 * probably the network is gone, and one waits for each of them.
 */
const CONNECT_MS = [REQUEST_MS, 300, 300, 300, 150] as const;

/** What is remembered of servers that could not be reached, across processes, for half a minute. */
export interface Reachability {
  /** Why this server could not be reached just now, by this way; undefined if it is worth a try. */
  recentFailure(way: string): string | undefined;
  /** How many servers ran into a time limit just now. */
  timedOutCount(): number;
  note(way: string, outcome: { detail: string; timedOut: boolean } | 'reached'): void;
}

export interface ClusterAccessPorts {
  nowMs(): number;
  /** What is left of the time for the whole answer. */
  remainingMs(): number;
  /** The longest that one request may take; default: 2 s. */
  readonly longestRequestMs?: number;
  readonly env: Record<string, string | undefined>;
  readonly reachability: Reachability;
  connectionOf(identity: Identity): Promise<Connection>;
  systemRoots(): Promise<readonly string[]>;
}

export interface ClusterAccess {
  inspectToken(identity: Identity, token: string): Promise<Inspection>;
  probeRegistry(host: string, identity: Identity, username: string, token: string): Promise<RegistryProbe>;
  /**
   * One request to the identity's API server; never throws.
   * @param token undefined: the identity proves itself by its client certificate
   * @param method without it a GET, or with a body a POST
   */
  ask(
    identity: Identity,
    token: string | undefined,
    path: string,
    body?: object,
    method?: Request['method'],
  ): Promise<Reply>;
  /** The same access, whose requests end within that time. */
  within(timeoutMs: number): ClusterAccess;
}

/** That a server did not answer in less than the usual time is not held against it. */
function withoutTimeouts(reachability: Reachability): Reachability {
  return {
    ...reachability,
    note: (way, outcome) => {
      if (outcome === 'reached' || !outcome.timedOut) reachability.note(way, outcome);
    },
  };
}

/** A server may be away by one proxy and not by another. A proxy's password is no part of it: it is written down. */
function wayTo(url: URL, proxyUrl: string | undefined): string {
  const proxy = proxyUrl === undefined || !URL.canParse(proxyUrl) ? undefined : new URL(proxyUrl);
  return proxy === undefined ? url.origin : `${url.origin} by ${proxy.protocol}//${proxy.host}`;
}

/** Requests to clusters and their registries, each within its limits, and none to a server just found to be away. */
export function createClusterAccess(ports: ClusterAccessPorts): ClusterAccess {
  const { longestRequestMs = REQUEST_MS } = ports;
  /** @returns what is wrong, where a file of roots can't be read: like any fault of this side it is told, not thrown */
  const rootsOrFault = async (): Promise<readonly string[] | string> => {
    try {
      return await ports.systemRoots();
    } catch (error) {
      // What is wrong with a file that SSL_CERT_FILE or SSL_CERT_DIR names; everything else is a defect.
      if (!(error instanceof AppError)) throw error;
      return error.message;
    }
  };

  const send = async (
    url: URL,
    connection: Connection,
    headers: Record<string, string>,
    body?: object,
    method: Request['method'] = body === undefined ? 'GET' : 'POST',
  ) => {
    // What is wrong on this side is not remembered: once mended, it should work at once.
    if (connection.fault !== undefined) return noAnswer(connection.fault);
    const proxyUrl = connection.proxyUrl ?? proxyFor(url, ports.env);
    const way = wayTo(url, proxyUrl);
    const away = ports.reachability.recentFailure(way);
    if (away !== undefined) return noAnswer(away);
    const roots = connection.ca === undefined ? await rootsOrFault() : [];
    if (typeof roots === 'string') return noAnswer(roots);
    const timeoutMs = Math.min(longestRequestMs, ports.remainingMs());
    // Nothing can be held against a server that was given no time.
    if (timeoutMs <= 0) return noAnswer('no time was left to ask');
    const request: Request = {
      method,
      url,
      headers: { accept: 'application/json', 'user-agent': 'docker-credential-openshift', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs,
      connectTimeoutMs: Math.min(timeoutMs, CONNECT_MS[ports.reachability.timedOutCount()] ?? CONNECT_MS[4]),
    };
    const reply = await sendRequest(request, connection, proxyUrl, roots);
    // What is mended on either side, a CA or a proxy's URL, should work at once: only who is away is left alone.
    if (reply.status !== 0) ports.reachability.note(way, 'reached');
    else if (reply.away) ports.reachability.note(way, reply);
    return reply;
  };

  const ask: ClusterAccess['ask'] = async (identity, token, path, body, method) => {
    const connection = await ports.connectionOf(identity);
    const url = new URL(identity.server + path);
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    if (token === undefined) return send(url, connection, type, body, method);
    const headers = { ...type, authorization: `Bearer ${token}` };
    // One proof at a time: whoever sends a token means to be its bearer.
    return send(url, { ...connection, clientCertificate: undefined }, headers, body, method);
  };

  const askOAuthServer = async (
    identity: Identity,
    token: string,
    path: string,
  ): Promise<Reply | undefined> => {
    if (identity.insecure) return undefined;
    const connection = await ports.connectionOf(identity);
    const metadata = await send(
      new URL(`${identity.server}/.well-known/oauth-authorization-server`),
      connection,
      {},
    );
    const issuer = metadata.status === 200 ? textIn(parseObject(metadata.body), 'issuer') : undefined;
    if (issuer === undefined || !issuer.startsWith('https://') || !URL.canParse(issuer)) return undefined;
    const elsewhere = { ...connection, tlsServerName: undefined, clientCertificate: undefined };
    return send(new URL(issuer.replace(/\/$/, '') + path), elsewhere, { authorization: `Bearer ${token}` });
  };

  return {
    ask,
    within: (timeoutMs) => {
      const untilMs = ports.nowMs() + timeoutMs;
      const remainingMs = () => Math.min(ports.remainingMs(), untilMs - ports.nowMs());
      const isHasty = timeoutMs < longestRequestMs;
      return createClusterAccess({
        ...ports,
        remainingMs,
        reachability: isHasty ? withoutTimeouts(ports.reachability) : ports.reachability,
      });
    },
    inspectToken: (identity, token) =>
      inspectToken(token, {
        nowMs: ports.nowMs,
        ask: (path, body) => ask(identity, token, path, body),
        askOAuthServer: (path) => askOAuthServer(identity, token, path),
      }),
    probeRegistry: async (host, identity, username, token) => {
      const { ca, proxyUrl } = await ports.connectionOf(identity);
      const found = ca === undefined ? [] : await rootsOrFault();
      const roots = typeof found === 'string' ? [] : found;
      const connection: Connection = {
        server: `https://${host}`,
        // The registry's route may have another CA than the API; its certificate is verified in any case.
        ca: ca === undefined ? undefined : [...roots, ca].join('\n'),
        tlsServerName: undefined,
        insecure: false,
        proxyUrl,
        clientCertificate: undefined,
        fault: undefined,
      };
      const path = host === QCI_HOST ? `/v2/auth?service=${host}` : '/openshift/token';
      const name = username.replaceAll(':', '-') || 'openshift';
      const authorization = `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}`;
      const reply = await send(new URL(`https://${host}${path}`), connection, { authorization });
      if (reply.status === 0) return 'unreachable';
      return reply.status === 200 && parseObject(reply.body) !== undefined ? 'accepted' : 'refused';
    },
  };
}
