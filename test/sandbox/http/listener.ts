import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { KeyedCertificate } from '../certificates.ts';
import type { Clock } from '../clock.ts';
import type { EndpointSwitches } from './endpoint-switches.ts';
import { type Fault, faultReply, sendDrip, sendHugeBody } from './faults.ts';
import type { CertificateUser, RecordedRequest, Reply, Request, ServerName } from './message.ts';

export interface ListenerOptions {
  readonly name: ServerName;
  readonly address: string;
  /** 0: any free port, which `reopen` then keeps. */
  readonly port: number;
  readonly certificate: KeyedCertificate;
  /** Authority for client certificates; absent: none is asked for. */
  readonly clientCaPem?: string;
  readonly clock: Clock;
  readonly handle: (request: Request) => Reply;
  readonly endpoints: Pick<EndpointSwitches, 'record' | 'hold' | 'fault' | 'alter'>;
}

/** One HTTPS server of a sandbox, with its faults. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  setFault(fault: Fault | null): void;
  /** Shows another certificate to whoever connects from now on; null: its own again. */
  setCertificate(certificate: KeyedCertificate | null): void;
  /** Refuses connections from now on and drops the open ones; nothing happens if it is closed already. */
  close(): Promise<void>;
  /** Listens again on the same port. */
  reopen(): Promise<void>;
}

/**
 * Starts an HTTPS server. A plain TCP server stands before it, so that faults below TLS are possible.
 *
 * @throws the `listen` error if the address is taken.
 */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  let fault: Fault | null = null;

  const https = createHttpsServer(
    {
      cert: options.certificate.certPem,
      key: options.certificate.keyPem,
      ...(options.clientCaPem === undefined
        ? {}
        : { ca: options.clientCaPem, requestCert: true, rejectUnauthorized: false }),
    },
    (incoming, response) => void serve(incoming, response),
  );
  const front = createNetServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that breaks the connection is its own affair.
    socket.on('error', () => {});
    if (fault === 'reset') socket.resetAndDestroy();
    else if (fault !== 'stall-handshake') https.emit('connection', socket);
  });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    if (body === undefined) return;
    const target = incoming.url ?? '/';
    const method = incoming.method ?? 'GET';
    const recorded: RecordedRequest = {
      server: options.name,
      method,
      path: target,
      headers: incoming.headers,
      body,
      timeMs: options.clock.nowMs(),
    };
    options.endpoints.record(recorded);
    await options.endpoints.hold(recorded, 'request');
    // Whoever has given up gets no answer, and nothing is done for them.
    if (incoming.socket.destroyed) return;
    const now = fault ?? options.endpoints.fault(recorded);
    if (now !== undefined) return misbehave(now, incoming, response);
    const mark = target.indexOf('?');
    const reply = options.handle({
      method,
      path: mark < 0 ? target : target.slice(0, mark),
      query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
      ...(mark < 0 ? {} : { search: target.slice(mark) }),
      headers: incoming.headers,
      body,
      clientCertificate: clientCertificate(incoming.socket as TLSSocket),
    });
    await options.endpoints.hold(recorded, 'answer');
    send(response, options.endpoints.alter(recorded, reply));
  }

  async function misbehave(now: Fault, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = faultReply(now);
    if (reply !== undefined) return send(response, reply);
    if (now === 'huge-body') return sendHugeBody(response);
    if (now === 'drip') return sendDrip(response);
    if (now === 'garbage') {
      incoming.socket.end('SSH-2.0-OpenSSH_9.2\r\n\u0000\u0001\u0002\r\n');
    } else if (now === 'stall-after-headers') {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '64' });
      response.flushHeaders();
    } else if (now === 'truncated') {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '64' });
      response.write('{"kind":"User","metadata":{"na', () => incoming.socket.destroy());
    }
  }

  const clientCa = options.clientCaPem === undefined ? {} : { ca: options.clientCaPem };
  let port = options.port;
  const open = () =>
    new Promise<void>((resolve, reject) => {
      front.once('error', reject);
      front.listen(port, options.address, () => {
        front.off('error', reject);
        port = (front.address() as AddressInfo).port;
        resolve();
      });
    });
  await open();

  return {
    address: options.address,
    port,
    setFault(next) {
      fault = next;
      // These two act on new connections only: connections kept alive would slip past them.
      if (next === 'reset') for (const socket of sockets) socket.resetAndDestroy();
      if (next === 'stall-handshake') for (const socket of sockets) socket.destroy();
    },
    setCertificate(other) {
      const { certPem: cert, keyPem: key } = other ?? options.certificate;
      https.setSecureContext({ cert, key, ...clientCa });
      for (const socket of sockets) socket.destroy();
    },
    close() {
      return new Promise((resolve) => {
        // `close` of a server that is not listening reports an error; it is closed either way.
        front.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
    reopen: () => (front.listening ? Promise.resolve() : open()),
  };
}

/** The whole body, or undefined if the client left before its end. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch (error) {
    // The client went away while sending: nobody waits for an answer.
    if (incoming.complete) throw error;
    return undefined;
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, reply: Reply): void {
  const body = reply.body ?? '';
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    headers[name] = typeof value === 'string' ? value : [...value];
  }
  if (headers['Content-Length'] === undefined && reply.status !== 204) {
    headers['Content-Length'] = String(Buffer.byteLength(body));
  }
  response.writeHead(reply.status, headers);
  response.end(body);
}

function clientCertificate(socket: TLSSocket): CertificateUser | 'invalid' | undefined {
  const certificate = socket.getPeerCertificate();
  if (certificate === null || certificate.subject === undefined) return undefined;
  if (!socket.authorized) return 'invalid';
  const { CN, O } = certificate.subject as { CN?: string; O?: string | string[] };
  return { name: CN ?? '', groups: [O ?? []].flat() };
}
