import type { Connection } from '../../src/cluster/connection.ts';
import type { Session } from '../../src/session/session.ts';
import { unexpected } from '../support/identities.ts';

/** A session of which only this is expected to be asked for. */
export function partialSession(given: Partial<Session>): Session {
  return {
    here: { platform: process.platform, env: { PATH: process.env.PATH }, uid: process.geteuid?.() },
    cache: null,
    state: null,
    chosenContexts: new Set(),
    certificates: new Map(),
    eager: false,
    byHand: false,
    get access(): never {
      return unexpected('access')();
    },
    get reachability(): never {
      return unexpected('reachability')();
    },
    get secrets(): never {
      return unexpected('secrets')();
    },
    nowMs: Date.now,
    waitMs: unexpected('waitMs'),
    config: unexpected('config'),
    get environment(): never {
      return unexpected('environment')();
    },
    get sources(): never {
      return unexpected('sources')();
    },
    readSettings: unexpected('readSettings'),
    identities: unexpected('identities'),
    connectionOf: unexpected('connectionOf'),
    readTracked: unexpected('readTracked'),
    remainingMs: () => 4500,
    ...given,
  };
}

/** A cluster that is reached by this CA. */
export function connection(ca: string | undefined): Connection {
  return {
    server: 'https://api.example.com:6443',
    ca,
    tlsServerName: undefined,
    insecure: false,
    proxyUrl: undefined,
    clientCertificate: undefined,
    fault: undefined,
  };
}
