import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Reply } from './message.ts';

/**
 * How a server can misbehave, for every request until healed:
 * `stall-handshake` accepts the connection and never speaks TLS; `stall` reads the request and never answers;
 * `stall-after-headers` sends the status and headers of a 200 and no body; `reset` drops the connection;
 * `garbage` answers with something that is not HTTP; `html` is a page with status 200, as captive portals and
 * consoles send; `huge-body` is 256 MiB of JSON; `truncated` ends the connection within the body; `drip` sends a byte of
 * the body at a time, for ever; a number is that status, 429 with a `Retry-After` of an hour; `redirect` is a 302;
 * `too-many-requests` is what
 * kube-apiserver's priority and fairness says, and `shutting-down` what it says as it ends (kubernetes, apiserver/pkg/server/filters:
 * maxinflight.go, with_retry_after.go); `retryAfter` is the former with another `Retry-After`, or none if that is empty.
 */
export type Fault =
  | (typeof STALLS)[number]
  | (typeof PROMPT_FAULTS)[number]
  | { readonly redirect: string }
  | { readonly retryAfter: string };

/** The faults that are waited for. */
export const STALLS = ['stall-handshake', 'stall', 'stall-after-headers', 'drip'] as const;
/** Those that show at once; but for a redirect, which needs to be told where to. */
export const PROMPT_FAULTS = [
  ...(['reset', 'garbage', 'html', 'huge-body', 'truncated', 'too-many-requests', 'shutting-down'] as const),
  ...([401, 403, 404, 409, 422, 429, 500, 503] as const),
] as const;

const REASONS = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};
const DRIP_MS = 50;
const HUGE_BODY_BYTES = 256 * 1024 * 1024;

/** The faults that are an ordinary HTTP answer. */
export function faultReply(fault: Fault): Reply | undefined {
  if (fault === 'html') {
    const body = '<!DOCTYPE html><html><body><form action="/login">Please log in</form></body></html>\n';
    return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body };
  }
  if (fault === 'too-many-requests') return tooManyRequests('1');
  if (fault === 'shutting-down') {
    return {
      ...plainError(429, 'The apiserver is shutting down, please try again later.'),
      headers: { ...PLAIN, 'Retry-After': '5', Connection: 'close' },
    };
  }
  if (typeof fault === 'object' && 'retryAfter' in fault) return tooManyRequests(fault.retryAfter);
  if (typeof fault === 'object') return { status: 302, headers: { Location: fault.redirect }, body: '' };
  if (typeof fault !== 'number') return undefined;
  const reason = REASONS[fault];
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: reason,
    reason,
  };
  const body = `${JSON.stringify({ ...status, code: fault })}\n`;
  const headers = { 'Content-Type': 'application/json', ...(fault === 429 ? { 'Retry-After': '3600' } : {}) };
  return { status: fault, headers, body };
}

/** Sends a body that never ends, a byte at a time, until the client leaves. */
export function sendDrip(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  const dripping = setInterval(() => response.write(' '), DRIP_MS);
  response.on('close', () => clearInterval(dripping));
}

/** As Go's `http.Error` has it. */
const PLAIN = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };

function plainError(status: number, text: string): Reply {
  return { status, headers: PLAIN, body: `${text}\n` };
}

function tooManyRequests(retryAfter: string): Reply {
  return {
    ...plainError(429, 'Too many requests, please try again later.'),
    headers: {
      ...PLAIN,
      'Cache-Control': 'no-cache, private',
      'X-Kubernetes-Pf-Flowschema-Uid': '2d5c1b1e-6e1b-4a57-9d8a-2b5b9e6c2f10',
      'X-Kubernetes-Pf-Prioritylevel-Uid': '7b1f4a52-0c0e-4a3b-8d0c-5f6a1e9d3c77',
      ...(retryAfter === '' ? {} : { 'Retry-After': retryAfter }),
    },
  };
}

/** Streams a JSON body that no client should read to its end; stops when the client leaves. */
export async function sendHugeBody(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  function* chunks(): Generator<Buffer> {
    const chunk = Buffer.alloc(64 * 1024, 'a');
    yield Buffer.from('{"token":"');
    for (let sent = 0; sent < HUGE_BODY_BYTES; sent += chunk.length) yield chunk;
    yield Buffer.from('"}\n');
  }
  try {
    await pipeline(Readable.from(chunks()), response);
  } catch (error) {
    // The client hung up, which is what it ought to do.
    if (!response.destroyed) throw error;
  }
}
