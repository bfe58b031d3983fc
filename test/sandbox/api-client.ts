import { type ClientResponse, send } from './https-client.ts';
import type { Sandbox } from './sandbox.ts';

/** Asks a sandbox's API with a bearer token, as tests about the sandbox itself do; a body is sent as JSON, of a PATCH as one to be merged. */
export function callApi(
  sandbox: Sandbox,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<ClientResponse> {
  const headers = { Authorization: `Bearer ${token}` };
  const options = { caPem: sandbox.caPem, method };
  if (body === undefined) return send(`${sandbox.apiUrl}${path}`, { ...options, headers });
  const text = JSON.stringify(body);
  // Node frames the body of a DELETE only if its length is given.
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const framed = { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(text)) };
  return send(`${sandbox.apiUrl}${path}`, { ...options, headers: { ...headers, ...framed }, body: text });
}

/** Asks for a service account's token. */
export function requestToken(
  sandbox: Sandbox,
  token: string,
  account: string,
  spec: object = {},
): Promise<ClientResponse> {
  const [namespace, name] = account.split('/');
  return callApi(sandbox, token, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec,
  });
}

export interface TokenRequestAnswer {
  readonly spec: { readonly expirationSeconds: number; readonly boundObjectRef: unknown };
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

/** The message of a Status body. */
export function messageOf(answer: ClientResponse): string {
  return (answer.json() as { message: string }).message;
}
