import type { IncomingHttpHeaders } from 'node:http';

/** The servers of a sandbox; faults, closing and recorded requests are told apart by these names. */
export type ServerName = 'api' | 'oauth' | 'registry';

/** A user that a verified client certificate names. */
export interface CertificateUser {
  readonly name: string;
  readonly groups: readonly string[];
}

/** A request as the handlers see it: read to its end, the path not decoded. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query as sent, with its question mark; absent: none. */
  readonly search?: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** `'invalid'`: a certificate was shown that the cluster's authority has not signed. */
  readonly clientCertificate?: CertificateUser | 'invalid' | undefined;
}

/** An answer. Header names are sent as written; `Content-Length` is added unless given. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/** Tells an answer from the values that functions return otherwise; none of those has a `status`. */
export function isReply(value: object): value is Reply {
  return 'status' in value;
}

/** One request that a sandbox received, as a test reads it afterwards. */
export interface RecordedRequest {
  readonly server: ServerName;
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  /** Lower-case names; `Authorization` included. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** By the sandbox's clock. */
  readonly timeMs: number;
}

/** JSON with the newline that Go's encoder leaves at the end. */
export function jsonReply(status: number, body: unknown, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: `${JSON.stringify(body)}\n`,
  };
}

/** What Go's `http.Error` writes. */
export function textReply(status: number, text: string, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    },
    body: `${text}\n`,
  };
}

/** User name and password of a Basic header, split at the first colon as Go's `BasicAuth` does. */
export function basicCredentials(
  authorization: string | undefined,
): { user: string; password: string } | undefined {
  const encoded = /^basic (.*)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** One segment of a path, percent signs resolved. */
export function decodePathPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    // A stray percent sign: the segment stands for itself.
    if (error instanceof URIError) return part;
    throw error;
  }
}
