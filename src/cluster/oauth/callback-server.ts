import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../hosts/reason.ts';

/** A page, complete with the headers that keep it what it is. */
export interface CallbackPage {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What judges the browser's return. */
interface CallbackHandlers {
  /**
   * Judges what a browser came back with.
   * @returns the page to show; `isOurs`: it came of this login, so that the page is shown at an address without the query
   */
  onCallback(query: URLSearchParams): Promise<{ readonly page: CallbackPage; readonly isOurs: boolean }>;
  /** For requests that have no business here. */
  refusalPage(): CallbackPage;
}

/** The loopback address that a browser comes back to. */
export interface CallbackServer {
  readonly redirectUri: string;
  readonly port: number;
  /**
   * Closes it: at once, or as soon as the browser has the page that it was led to, for a moment at the longest.
   * @param lingerMs how long to wait for the browser
   */
  close(lingerMs: number): Promise<void>;
}

/** A page is led to, shown, and then gone. */
interface Result {
  readonly page: CallbackPage;
  readonly shown: () => void;
}

/**
 * Listens on 127.0.0.1, or on ::1 where there is no IPv4: the addresses that `openshift-cli-client` may be sent back to.
 * @param port 0: any free one
 * @throws AppError if the port is taken
 */
export async function startCallbackServer(port: number, handlers: CallbackHandlers): Promise<CallbackServer> {
  const results = new Map<string, Result>();
  const pending = new Set<Promise<void>>();
  let authority = '';
  const server = createServer({ keepAlive: false, requestTimeout: 10_000 }, (request, response) => {
    const read = readCallbackRequest(request, authority);
    if (read.kind === 'refused') return send(response, read.status, handlers.refusalPage());
    if (read.kind === 'result') {
      const result = results.get(read.id);
      if (result === undefined) return send(response, 404, handlers.refusalPage());
      response.once('close', result.shown);
      return send(response, 200, result.page);
    }
    const shown = handlers.onCallback(read.query).then(({ page, isOurs }) => {
      if (!isOurs) return send(response, 400, page);
      return leadTo(page, response, results);
    });
    pending.add(shown);
    void shown.finally(() => pending.delete(shown));
  });
  server.maxConnections = 50;
  const address = await listen(server, port);
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  authority = `${host}:${address.port}`;
  return {
    redirectUri: `http://${authority}/callback`,
    port: address.port,
    close: async (lingerMs) => {
      if (lingerMs > 0 && pending.size > 0) await within(lingerMs, Promise.all(pending));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The address bar gets a page without code and state; what a browser's history keeps is spent by then. @returns when the browser has it */
function leadTo(page: CallbackPage, response: ServerResponse, results: Map<string, Result>): Promise<void> {
  const id = randomBytes(16).toString('base64url');
  response.writeHead(303, { ...page.headers, location: `/result/${id}`, connection: 'close' });
  response.end();
  return new Promise((shown) => results.set(id, { page, shown }));
}

function send(response: ServerResponse, status: number, { html, headers }: CallbackPage): void {
  response.writeHead(status, { ...headers, connection: 'close' });
  response.end(html);
}

async function listen(server: Server, port: number): Promise<AddressInfo> {
  try {
    return await listenOn(server, '127.0.0.1', port);
  } catch (error) {
    // A machine without IPv4's loopback has the other one.
    if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') throw occupied(error, port);
  }
  try {
    return await listenOn(server, '::1', port);
  } catch (error) {
    throw occupied(error, port);
  }
}

function listenOn(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function occupied(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program has it',
    EACCES: 'it is kept for the system',
    EADDRNOTAVAIL: 'this machine has no loopback address',
  };
  const reason = reasons[code ?? ''];
  if (reason === undefined) return error;
  return new AppError({
    code: 'callback-port',
    message: `The port ${port} of 127.0.0.1 can't be listened on: ${reason}`,
    fix: { do: 'Leave out --callback-port, or give another one.' },
    cause: error,
  });
}

function within(ms: number, done: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(resolve, ms);
    void done.then(() => {
      clearTimeout(limit);
      resolve();
    });
  });
}

/** What a request to the loopback address is: the browser that comes back from the OAuth server, or anything else. */
export type CallbackRequest =
  | { readonly kind: 'callback'; readonly query: URLSearchParams }
  /** Asks for the page that a callback led to. */
  | { readonly kind: 'result'; readonly id: string }
  | { readonly kind: 'refused'; readonly status: 403 | 404 | 405 | 421 };

/** What a page elsewhere can make a browser send; a person's own navigation has none of these. */
const NAVIGATION: Readonly<Record<string, string>> = {
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

/**
 * Tells a browser's navigation from everything that a page elsewhere can do: another name for this address (DNS
 * rebinding), a form that posts, an image, a frame, a script's request. What is left, a link or a form to
 * `/callback?…`, fails at the `state` that it can't know.
 * @param authority `127.0.0.1:PORT` or `[::1]:PORT`, as the redirect URI has it
 */
function readCallbackRequest(
  { method, url = '', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  authority: string,
): CallbackRequest {
  if (headers.host !== authority) return { kind: 'refused', status: 421 };
  if (method !== 'GET') return { kind: 'refused', status: 405 };
  if (headers.origin !== undefined) return { kind: 'refused', status: 403 };
  const isElse = Object.entries(NAVIGATION).some(([name, value]) => (headers[name] ?? value) !== value);
  if (isElse) return { kind: 'refused', status: 403 };
  const [path = '', ...rest] = url.split('?');
  if (path === '/callback') return { kind: 'callback', query: new URLSearchParams(rest.join('?')) };
  const id = /^\/result\/([\w-]{20,})$/.exec(path)?.[1];
  return id === undefined ? { kind: 'refused', status: 404 } : { kind: 'result', id };
}
