import { formatTime } from '../clock.ts';
import { jsonReply, type Reply } from './message.ts';

const HOUR_MS = 3_600_000;
const ALTERATIONS = ['no-token', 'past-expiry', 'foreign-issuer', 'foreign-endpoints', 'plain-http'] as const;

/**
 * What can be wrong with a successful answer: of TokenRequest or the OAuth server, `no-token` is one without a
 * token; of TokenRequest, `past-expiry` is one whose end lies an hour back; of the OAuth metadata, `foreign-issuer`
 * and `foreign-endpoints` name another host, and `plain-http` speaks of unencrypted URLs.
 */
export type Alteration = (typeof ALTERATIONS)[number];

/** Tells an altered answer from the faults of servers. */
export function isAlteration(fault: unknown): fault is Alteration {
  return ALTERATIONS.some((alteration) => alteration === fault);
}

/** The answer with that fault; a failure stays as it is. */
export function alterReply(alteration: Alteration, reply: Reply, nowMs: number): Reply {
  if (reply.status !== 200 && reply.status !== 201) return reply;
  const answer = JSON.parse(String(reply.body)) as Record<string, unknown>;
  return jsonReply(reply.status, { ...answer, ...alteredParts(alteration, answer, nowMs) }, reply.headers);
}

function alteredParts(alteration: Alteration, answer: Record<string, unknown>, nowMs: number): object {
  switch (alteration) {
    case 'no-token':
      return 'access_token' in answer ? { access_token: undefined } : { status: {} };
    case 'past-expiry':
      return { status: { ...Object(answer.status), expirationTimestamp: formatTime(nowMs - HOUR_MS) } };
    case 'foreign-issuer':
      return { issuer: 'https://login.example.com' };
    case 'foreign-endpoints':
      return {
        authorization_endpoint: 'https://login.example.com/oauth/authorize',
        token_endpoint: 'https://login.example.com/oauth/token',
      };
    case 'plain-http': {
      const names = ['issuer', 'authorization_endpoint', 'token_endpoint'];
      return Object.fromEntries(
        names.map((name) => [name, String(answer[name]).replace(/^https:/, 'http:')]),
      );
    }
  }
}
