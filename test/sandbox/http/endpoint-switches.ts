import { type Clock, formatTime } from '../clock.ts';
import { type Endpoint, endpointOf } from './endpoints.ts';
import type { Fault } from './faults.ts';
import { jsonReply, type RecordedRequest, type Reply } from './message.ts';

/**
 * How one endpoint can misbehave, besides what any server can above the connection:
 * `no-token` is TokenRequest's 201 without a token, `past-expiry` the same with an end that lies an hour back.
 */
export type EndpointFault = Exclude<Fault, 'stall-handshake' | 'reset'> | 'no-token' | 'past-expiry';

const HOUR_MS = 3_600_000;

/** Delays and faults of single endpoints, and the requests that they received. */
export interface EndpointSwitches {
  /** Holds every answer back for that long by the sandbox's clock; 0: no longer. */
  setDelay(endpoint: Endpoint, ms: number): void;
  setFault(endpoint: Endpoint, fault: EndpointFault | null): void;
  /** Resolves once an endpoint has received so many requests since they were last cleared. */
  received(endpoint: Endpoint, count: number): Promise<readonly RecordedRequest[]>;
  /** Notes a request. */
  record(request: RecordedRequest): void;
  /** Waits as long as the endpoint of the request is to wait. */
  hold(request: RecordedRequest): Promise<void>;
  /** The fault to answer with instead of the handler. */
  fault(request: RecordedRequest): Fault | undefined;
  /** What becomes of the handler's answer. */
  alter(request: RecordedRequest, reply: Reply): Reply;
}

/** Switches that keep what they received in `requests`. */
export function createEndpointSwitches(clock: Clock, requests: RecordedRequest[]): EndpointSwitches {
  const delaysMs = new Map<Endpoint, number>();
  const faults = new Map<Endpoint, EndpointFault>();
  const waiting = new Set<() => void>();
  const faultOf = (request: RecordedRequest) => {
    const endpoint = endpointOf(request);
    return endpoint === undefined ? undefined : faults.get(endpoint);
  };

  return {
    setDelay: (endpoint, ms) => void delaysMs.set(endpoint, ms),
    setFault(endpoint, fault) {
      if (fault === null) faults.delete(endpoint);
      else faults.set(endpoint, fault);
    },
    received: (endpoint, count) =>
      new Promise((resolve) => {
        const look = () => {
          const found = requests.filter((request) => endpointOf(request) === endpoint);
          if (found.length < count) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    record(request) {
      requests.push(request);
      for (const look of waiting) look();
    },
    async hold(request) {
      const endpoint = endpointOf(request);
      const ms = endpoint === undefined ? 0 : (delaysMs.get(endpoint) ?? 0);
      if (ms > 0) await clock.waitMs(ms);
    },
    fault(request) {
      const fault = faultOf(request);
      return fault === 'no-token' || fault === 'past-expiry' ? undefined : fault;
    },
    alter(request, reply) {
      const fault = faultOf(request);
      if (reply.status !== 201 || (fault !== 'no-token' && fault !== 'past-expiry')) return reply;
      const answer = JSON.parse(String(reply.body)) as { status: object };
      const past = { expirationTimestamp: formatTime(clock.nowMs() - HOUR_MS) };
      const status = fault === 'no-token' ? {} : { ...answer.status, ...past };
      return jsonReply(201, { ...answer, status }, reply.headers);
    },
  };
}
