import { request } from 'node:https';
import type { KeyedCertificate } from './certificates.ts';

/** A request of a test; the URL is sent as written. */
export interface ClientRequest {
  readonly caPem: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly clientCertificate?: KeyedCertificate;
  readonly signal?: AbortSignal;
}

export interface ClientResponse {
  readonly status: number;
  /** As received, repeated ones included. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** A header's first value. */
  header(name: string): string | undefined;
  json(): unknown;
}

/** Sends one request on a connection of its own and reads the answer to its end. Rejects with the socket's error. */
export function send(url: string, options: ClientRequest): Promise<ClientResponse> {
  const target = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent: false,
        host: target.hostname.replace(/^\[|\]$/g, ''),
        port: target.port === '' ? 443 : target.port,
        path: url.slice(url.indexOf('/', 'https://'.length)),
        method: options.method ?? 'GET',
        headers: { ...options.headers },
        ca: options.caPem,
        ...(options.clientCertificate === undefined
          ? {}
          : { cert: options.clientCertificate.certPem, key: options.clientCertificate.keyPem }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const raw = incoming.rawHeaders;
          const headers: [string, string][] = [];
          for (let i = 0; i < raw.length; i += 2) headers.push([raw[i] ?? '', raw[i + 1] ?? '']);
          const body = Buffer.concat(chunks);
          resolve({
            status: incoming.statusCode ?? 0,
            headers,
            body,
            header: (name) => headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1],
            json: () => JSON.parse(body.toString()),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

/** A Basic header. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
