import { type BoundedRequests, proxyOrigin, type Reachability } from '../../cluster/bounded-requests.ts';
import type { Connection } from '../../cluster/connection.ts';
import { proxyFor, type Reply } from '../../cluster/send-request.ts';
import type { Contact, ContactFault } from '../../commands/doctor/network-state.ts';

/** Whoever looks for what is wrong asks anew, and gives every server its time. */
export const NO_MEMORY: Reachability = {
  recentFailure: () => undefined,
  timedOutCount: () => 0,
  note: () => {},
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
  { send }: Pick<BoundedRequests, 'send'>,
  env: Record<string, string | undefined>,
): Promise<Contact> {
  const proxyUrl = connection.proxyUrl ?? proxyFor(url, env);
  const proxy = proxyUrl === undefined ? undefined : (proxyOrigin(proxyUrl) ?? 'that is set');
  const startedMs = Date.now();
  const reply = await send(url, { ...connection, clientCertificate: undefined }, {});
  if (reply.status === 0) return { kind: 'none', fault: faultOf(reply), detail: reply.detail, proxy };
  // A date of whole seconds is half of one late, and the answer was made half-way.
  const nowMs = (startedMs + Date.now()) / 2;
  return {
    kind: 'answered',
    status: reply.status,
    contentType: reply.headers?.['content-type']?.split(';', 1)[0]?.trim().toLowerCase(),
    challenge: reply.headers?.['www-authenticate'],
    skewMs: reply.dateMs === undefined ? undefined : Math.round(reply.dateMs + 500 - nowMs),
    proxy,
  };
}

function faultOf({ code, timedOut, detail }: Reply): ContactFault {
  if (timedOut) return 'late';
  if (code !== undefined) return FAULTS[code] ?? 'other';
  // What was not even sent has no code, and what broke off without one is told so.
  return detail === 'no connection' ? 'other' : 'own-fault';
}
