import { AppError } from '../hosts/reason.ts';
import type { Connection } from './connection.ts';
import { proxyFor } from './proxy-for.ts';
import { type Pauses, sendHeedingPauses } from './retry-after.ts';
import { noAnswer, type Reply, type Request, sendRequest } from './send-request.ts';

/** The longest that one request may take while an engine waits. */
export const REQUEST_MS = 2000;
/** What is remembered of servers, across processes: those that could not be reached, for half a minute. */
export interface Reachability extends Pauses {
  /** Why this server could not be reached just now, by this way; undefined if it is worth a try. */
  recentFailure(way: string): string | undefined;
  /** How long to wait for a connection, by how many servers elsewhere let the time run out, and what it took before. */
  connectLimitMs(way: string): number;
  /** @param outcome `afterMs`: how long was waited, where the time ran out; left out: as long as for any */
  note(
    way: string,
    outcome:
      | { readonly reachedInMs: number | undefined; readonly status?: number }
      | { readonly detail: string; readonly timedOut: boolean; readonly afterMs?: number },
  ): void;
}

/** What requests to clusters and registries need of this run. */
export interface Surroundings {
  nowMs(): number;
  /** What is left of the time for the whole answer. */
  remainingMs(): number;
  /** The longest that one request may take; default: 2 s. */
  readonly longestRequestMs?: number;
  readonly env: Record<string, string | undefined>;
  readonly reachability: Reachability;
  systemRoots(): Promise<readonly string[]>;
  waitMs(ms: number): Promise<void>;
  /** Told of each request that was sent, and what came of it. */
  noteRequest?(request: SentRequest): void;
}

/** A request that was sent; without what may be secret: the query, headers and bodies. */
export interface SentRequest {
  readonly method: Request['method'];
  readonly origin: string;
  readonly path: string;
  /** Without its user and password; undefined: there is none. */
  readonly proxy: string | undefined;
  /** HTTP's; 0: there was no answer. */
  readonly status: number;
  /** Why there was none: the system's or TLS's name of it, or `timeout`. */
  readonly fault: string | undefined;
  readonly ms: number;
}

export interface BoundedRequests {
  /** @param method without it a GET, or with a body a POST */
  send(
    url: URL,
    connection: Connection,
    headers: Record<string, string>,
    body?: object,
    method?: Request['method'],
  ): Promise<Reply>;
  /** @returns the roots, or what is wrong with the file of them: like any fault of this side it is told, not thrown */
  rootsOrFault(): Promise<readonly string[] | string>;
}

/** A server may be away by one proxy and not by another. A proxy's password is no part of it: it is written down. */
export function wayTo(url: URL, proxyUrl: string | undefined): string {
  const proxy = proxyUrl === undefined ? undefined : proxyOrigin(proxyUrl);
  return proxy === undefined ? url.origin : `${url.origin} by ${proxy}`;
}

/** @returns a proxy's URL without its user and password; undefined if it is none */
export function proxyOrigin(proxyUrl: string): string | undefined {
  if (!URL.canParse(proxyUrl)) return undefined;
  const { protocol, host } = new URL(proxyUrl);
  return `${protocol}//${host}`;
}

/**
 * Remembers what came of a request. What is fixed on either side, a CA or a proxy's URL, should work at once: only who is
 * away is left alone.
 * @param connectMs what the connection took; undefined: it was not measured
 */
export function noteReply(reachability: Reachability, way: string, reply: Reply, connectMs?: number): void {
  if (reply.status !== 0) reachability.note(way, { reachedInMs: connectMs, status: reply.status });
  else if (reply.away) reachability.note(way, reply);
}

/** Requests to servers, each within its limits, and none to a server just found to be away; they never throw. */
export function createBoundedRequests(ports: Surroundings): BoundedRequests {
  // Who waits has waited once: after a server that let its time run out, the next are asked as while an engine waits.
  let { longestRequestMs = REQUEST_MS } = ports;
  const rootsOrFault: BoundedRequests['rootsOrFault'] = async () => {
    try {
      return await ports.systemRoots();
    } catch (error) {
      // What is wrong with a file that SSL_CERT_FILE or SSL_CERT_DIR names; everything else is a defect.
      if (!(error instanceof AppError)) throw error;
      return error.message;
    }
  };
  const send: BoundedRequests['send'] = async (
    url,
    connection,
    headers,
    body,
    method = body === undefined ? 'GET' : 'POST',
  ) => {
    // What is wrong on this side is not remembered: once fixed, it should work at once.
    const { clientCertificate } = connection;
    const proofFault =
      clientCertificate !== undefined && 'fault' in clientCertificate ? clientCertificate.fault : undefined;
    const fault = connection.fault ?? proofFault;
    if (fault !== undefined) return noAnswer(fault);
    const proxyUrl = connection.proxyUrl ?? proxyFor(url, ports.env);
    const way = wayTo(url, proxyUrl);
    const away = ports.reachability.recentFailure(way);
    if (away !== undefined) return noAnswer(away);
    const roots = connection.ca === undefined ? await rootsOrFault() : [];
    if (typeof roots === 'string') return noAnswer(roots);
    const headersOfAll = { accept: 'application/json', 'user-agent': 'docker-credential-openshift' };
    const request = {
      method,
      url,
      headers: { ...headersOfAll, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const sendOnce = async (): Promise<Reply> => {
      const leftMs = ports.remainingMs();
      let connectMs: number | undefined;
      const timeoutMs = Math.min(longestRequestMs, leftMs);
      // Nothing can be held against a server that was given no time.
      if (timeoutMs <= 0) return noAnswer('no time was left to ask');
      const limits = {
        timeoutMs,
        connected: () => {
          connectMs = leftMs - ports.remainingMs();
        },
        connectTimeoutMs: Math.min(timeoutMs, ports.reachability.connectLimitMs(way)),
      };
      const reply = await sendRequest({ ...request, ...limits }, connection, proxyUrl, roots);
      ports.noteRequest?.({
        method,
        origin: url.origin,
        path: url.pathname,
        proxy: proxyUrl === undefined ? undefined : proxyOrigin(proxyUrl),
        status: reply.status,
        fault: reply.timedOut ? 'timeout' : reply.code,
        ms: Math.round(leftMs - ports.remainingMs()),
      });
      noteReply(ports.reachability, way, reply, connectMs);
      if (reply.timedOut) longestRequestMs = Math.min(longestRequestMs, REQUEST_MS);
      return reply;
    };
    return sendHeedingPauses(way, sendOnce, { ...ports, longestWaitMs: longestRequestMs });
  };
  return { send, rootsOrFault };
}
