import type { Clock } from '../clock.ts';
import { type Alteration, alterReply, isAlteration } from './alterations.ts';
import { type Endpoint, endpointOf } from './endpoints.ts';
import type { Fault } from './faults.ts';
import type { RecordedRequest, Reply } from './message.ts';

/** How one endpoint can misbehave: as any server above the connection, or with an answer that is altered. */
export type EndpointFault = Exclude<Fault, 'stall-handshake' | 'reset'> | Alteration;

/** What is delayed: a request before anything is done for it, or the answer when it is done. */
export type Delayed = 'request' | 'answer';

/** Delays and faults of single endpoints, and the requests that they received. */
export interface EndpointSwitches {
  /** Holds every request, or what was done for it, back for that long by the sandbox's clock; 0: no longer. */
  setDelay(endpoint: Endpoint, ms: number, of?: Delayed): void;
  setFault(endpoint: Endpoint, fault: EndpointFault | null): void;
  /** Resolves once an endpoint has received so many requests since they were last cleared. */
  received(endpoint: Endpoint, count: number): Promise<readonly RecordedRequest[]>;
  /** Notes a request. */
  record(request: RecordedRequest): void;
  /** Waits as long as the endpoint of the request is to wait. */
  hold(request: RecordedRequest, of: Delayed): Promise<void>;
  /** The fault to answer with instead of the handler. */
  fault(request: RecordedRequest): Fault | undefined;
  /** What becomes of the handler's answer. */
  alter(request: RecordedRequest, reply: Reply): Reply;
}

/** Switches that keep what they received in `requests`. */
export function createEndpointSwitches(clock: Clock, requests: RecordedRequest[]): EndpointSwitches {
  const delaysMs = { request: new Map<Endpoint, number>(), answer: new Map<Endpoint, number>() };
  const faults = new Map<Endpoint, EndpointFault>();
  const waiting = new Set<() => void>();
  const faultOf = (request: RecordedRequest) => {
    const endpoint = endpointOf(request);
    return endpoint === undefined ? undefined : faults.get(endpoint);
  };

  return {
    setDelay: (endpoint, ms, of = 'request') => void delaysMs[of].set(endpoint, ms),
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
    async hold(request, of) {
      const endpoint = endpointOf(request);
      const ms = endpoint === undefined ? 0 : (delaysMs[of].get(endpoint) ?? 0);
      if (ms > 0) await clock.waitMs(ms);
    },
    fault(request) {
      const fault = faultOf(request);
      return fault === undefined || isAlteration(fault) ? undefined : fault;
    },
    alter(request, reply) {
      const fault = faultOf(request);
      if (fault === undefined || !isAlteration(fault)) return reply;
      return alterReply(fault, reply, clock.nowMs());
    },
  };
}
