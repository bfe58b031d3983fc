import type { IncomingMessage } from 'node:http';

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
export function readCallbackRequest(
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
