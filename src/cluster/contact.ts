import type { Surroundings } from './bounded-requests.ts';
import { type BoundedRequests, proxyOrigin, REQUEST_MS, type Reachability } from './bounded-requests.ts';
import type { Connection } from './connection.ts';
import { proxyFor } from './proxy-for.ts';
import { parseObject, textIn } from './reply-fields.ts';
import type { Reply } from './send-request.ts';

/** What keeps a server from answering. */
export type ContactFault =
  /** No DNS server knows its name. */
  | 'unknown-name'
  /** No DNS server could be asked. */
  | 'no-lookup'
  | 'refused'
  /** This machine has no way there. */
  | 'no-network'
  /** Nothing came back in time. */
  | 'late'
  | 'expired-certificate'
  /** Its certificate is for another name. */
  | 'other-name'
  | 'untrusted-certificate'
  /** Something on this side: a CA file that is not there, a proxy's URL that is none. */
  | 'own-fault'
  | 'other';

/** What came of asking a server whether it is there. */
export type Contact =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Until when it asks to be left alone, by this machine's clock. */
      readonly pausedUntilMs?: number | undefined;
      /** `Content-Type`, without its parameters; undefined: it did not say. */
      readonly contentType: string | undefined;
      /** `WWW-Authenticate`. */
      readonly challenge: string | undefined;
      /** The server's clock less this machine's, in ms; undefined: it did not tell. */
      readonly skewMs: number | undefined;
      readonly proxy: string | undefined;
    }
  | {
      readonly kind: 'none';
      readonly fault: ContactFault;
      /** In a few words, without a secret. */
      readonly detail: string;
      /** The proxy that stands between, without its password. */
      readonly proxy: string | undefined;
    };

/** Whoever looks for what is wrong asks anew, and gives every server its time. */
export const NO_MEMORY: Reachability = {
  recentFailure: () => undefined,
  connectLimitMs: () => REQUEST_MS,
  note: () => {},
  pauseOf: () => undefined,
  pause: async () => {},
};

const FAULTS: Record<string, ContactFault> = {
  ENOTFOUND: 'unknown-name',
  EAI_AGAIN: 'no-lookup',
  ECONNREFUSED: 'refused',
  ENETUNREACH: 'no-network',
  ENETDOWN: 'no-network',
  EHOSTUNREACH: 'no-network',
  EHOSTDOWN: 'no-network',
  CERT_HAS_EXPIRED: 'expired-certificate',
  CERT_NOT_YET_VALID: 'expired-certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other-name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'untrusted-certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'untrusted-certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'untrusted-certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted-certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted-certificate',
};

/** Asks a server for something that takes no token, to see whether it is there. */
export async function contact(
  url: URL,
  connection: Connection,
  { send, nowMs, env }: Pick<BoundedRequests, 'send'> & Pick<Surroundings, 'nowMs' | 'env'>,
): Promise<Contact> {
  const proxyUrl = connection.proxyUrl ?? proxyFor(url, env);
  const proxy = proxyUrl === undefined ? undefined : (proxyOrigin(proxyUrl) ?? 'that is set');
  const startedMs = nowMs();
  const reply = await send(url, { ...connection, clientCertificate: undefined }, {});
  if (reply.status === 0) return { kind: 'none', fault: faultOf(reply), detail: reply.detail, proxy };
  // A date of whole seconds is half of one late, and the answer was made half-way.
  const middleMs = (startedMs + nowMs()) / 2;
  return {
    kind: 'answered',
    status: reply.status,
    ...(reply.pausedUntilMs === undefined ? {} : { pausedUntilMs: reply.pausedUntilMs }),
    contentType: reply.headers?.['content-type']?.split(';', 1)[0]?.trim().toLowerCase(),
    challenge: reply.headers?.['www-authenticate'],
    skewMs: reply.dateMs === undefined ? undefined : Math.round(reply.dateMs + 500 - middleMs),
    proxy,
  };
}

function faultOf({ code, timedOut, detail }: Reply): ContactFault {
  if (timedOut) return 'late';
  if (code !== undefined) return FAULTS[code] ?? 'other';
  // What was not even sent has no code, and what broke off without one is told so.
  return detail === 'no connection' ? 'other' : 'own-fault';
}

/** What a cluster's OAuth server says to who has no login: it asks for one, or that it can't serve just now. */
export type OAuthState = 'serving' | 'failing';

/**
 * Asks a cluster's OAuth server for a login without any, by which it shows whether oauth-apiserver, which it needs, is up:
 * 401 if it is, 400 `server_error` if not (seen with 4.13 and 4.22).
 * @param send trusts the system's roots and the authority of the API server
 * @returns undefined: the cluster has none, or it could not be asked
 */
export async function oauthState(
  server: string,
  send: (url: URL, headers: Record<string, string>) => Promise<Reply>,
): Promise<OAuthState | undefined> {
  const metadata = await send(new URL(`${server}/.well-known/oauth-authorization-server`), {});
  const endpoint =
    metadata.status === 200 ? textIn(parseObject(metadata.body), 'authorization_endpoint') : '';
  if (endpoint === undefined || !endpoint.startsWith('https://') || !URL.canParse(endpoint)) return undefined;
  const url = new URL(endpoint);
  url.searchParams.set('client_id', 'openshift-challenging-client');
  url.searchParams.set('response_type', 'code');
  // Any value says that no page of another site sends this.
  const { status, body } = await send(url, { 'x-csrf-token': '1' });
  if (status === 0) return undefined;
  const isFailing = status >= 500 || textIn(parseObject(body), 'error') === 'server_error';
  return isFailing ? 'failing' : 'serving';
}
