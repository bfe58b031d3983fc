import type { Connection } from '../../src/cluster/connection.ts';
import { type Reply, type Request, sendRequest } from '../../src/cluster/send-request.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { TOKEN } from './identities.ts';

/** How a sandbox's API server is reached, changed as asked. */
export function connectionTo(sandbox: Sandbox, changes: Partial<Connection> = {}): Connection {
  return {
    server: sandbox.apiUrl,
    ca: sandbox.caPem,
    tlsServerName: undefined,
    insecure: false,
    proxyUrl: undefined,
    clientCertificate: undefined,
    fault: undefined,
    ...changes,
  };
}

interface More {
  readonly connection?: Partial<Connection>;
  readonly request?: Partial<Request>;
  readonly proxyUrl?: string;
  readonly roots?: readonly string[];
}

/** Sends a GET of /version with a bearer token, changed as asked. */
export function askVersion(sandbox: Sandbox, more: More = {}): Promise<Reply> {
  const request: Request = {
    method: 'GET',
    url: new URL(`${sandbox.apiUrl}/version`),
    headers: { authorization: `Bearer ${TOKEN}` },
    timeoutMs: 2000,
    connectTimeoutMs: 2000,
    ...more.request,
  };
  return sendRequest(request, connectionTo(sandbox, more.connection), more.proxyUrl, more.roots ?? []);
}
