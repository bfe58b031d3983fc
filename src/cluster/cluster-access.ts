import type { Inspection, RegistryProbe, TypedLoginWord } from '../hosts/check-token.ts';
import type { ClusterToken, Identity } from '../hosts/identity.ts';
import { QCI_HOST } from '../registry/qci.ts';
import { askForTypedLogin, judgeLogin } from './ask-registry.ts';
import {
  type BoundedRequests,
  createBoundedRequests,
  REQUEST_MS,
  type Reachability,
  type Surroundings,
} from './bounded-requests.ts';
import { type Connection, certificatesInPem } from './connection.ts';
import { inspectToken } from './oauth-tokens.ts';
import { parseObject, textIn } from './reply-fields.ts';
import { isUntrustedCertificate, type Reply, type Request } from './send-request.ts';

export interface ClusterAccess {
  inspectToken(identity: Identity, token: ClusterToken): Promise<Inspection>;
  probeRegistry(
    host: string,
    identity: Identity,
    username: string,
    token: ClusterToken,
  ): Promise<RegistryProbe>;
  /** Whether a registry, reached as any host is, takes a cluster's token for what it is; see `FactPorts`. */
  registryTakes(host: string, token: ClusterToken): Promise<boolean>;
  /** Asks a registry that is linked to no cluster about the login that was typed for it. */
  probeTypedLogin(host: string, username: string, secret: string): Promise<TypedLoginWord>;
  /**
   * One request to the identity's API server; never throws.
   * @param token undefined: the identity proves itself by its client certificate
   * @param method without it a GET, or with a body a POST
   */
  ask(
    identity: Identity,
    token: ClusterToken | undefined,
    path: string,
    body?: object,
    method?: Request['method'],
  ): Promise<Reply>;
  /** The same access, whose requests end within that time. */
  within(timeoutMs: number): ClusterAccess;
}

/** A patch says what it is: ours are merged into the object (RFC 7386). */
function contentType(method: Request['method'] | undefined): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}

/** That a server did not answer in less than the usual time is not held against it. */
function withoutTimeouts(reachability: Reachability): Reachability {
  return {
    ...reachability,
    note: (way, outcome) => {
      if ('reachedInMs' in outcome || !outcome.timedOut) reachability.note(way, outcome);
    },
  };
}

/** Requests to clusters and their registries, each within its limits, and none to a server just found to be away. */
export function createClusterAccess(
  ports: Surroundings & {
    connectionOf(identity: Identity): Promise<Connection>;
    /** The authorities that engines take for a registry host besides the system's, in PEM; left out: none. */
    authoritiesOf?(host: string): Promise<readonly string[]>;
  },
): ClusterAccess {
  const { send, rootsOrFault } = createBoundedRequests(ports);

  const ask: ClusterAccess['ask'] = async (identity, token, path, body, method) => {
    const connection = await ports.connectionOf(identity);
    const url = new URL(identity.server + path);
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': contentType(method) };
    if (token === undefined) return send(url, connection, type, body, method);
    const headers = { ...type, authorization: `Bearer ${token}` };
    // One proof at a time: whoever sends a token means to be its bearer.
    return send(url, { ...connection, clientCertificate: undefined }, headers, body, method);
  };

  const askOAuthServer = async (
    identity: Identity,
    token: ClusterToken,
    path: string,
  ): Promise<Reply | undefined> => {
    if (identity.insecure) return undefined;
    const connection = { ...(await ports.connectionOf(identity)), clientCertificate: undefined };
    const metadata = await send(
      new URL(`${identity.server}/.well-known/oauth-authorization-server`),
      connection,
      {},
    );
    const issuer = metadata.status === 200 ? textIn(parseObject(metadata.body), 'issuer') : undefined;
    if (issuer === undefined || !issuer.startsWith('https://') || !URL.canParse(issuer)) return undefined;
    const elsewhere = { ...connection, tlsServerName: undefined };
    return send(new URL(issuer.replace(/\/$/, '') + path), elsewhere, { authorization: `Bearer ${token}` });
  };

  /**
   * Sends something to a registry that engines send it to a moment later. Their own authorities for the host are read
   * only where its certificate is not trusted without them: nothing was sent then.
   */
  const sendToRegistry = async (
    host: string,
    api: Pick<Connection, 'ca' | 'proxyUrl'>,
    sendBy: (by: Connection) => Promise<Reply>,
  ): Promise<Reply> => {
    const reply = await sendBy(await registryConnection(host, api, rootsOrFault));
    const found = isUntrustedCertificate(reply) ? ((await ports.authoritiesOf?.(host)) ?? []) : [];
    // A file that holds no certificate is none to an engine, either.
    const authorities = found.flatMap((text) => certificatesInPem(text) ?? []);
    if (authorities.length === 0) return reply;
    return sendBy(await registryConnection(host, api, rootsOrFault, authorities));
  };

  return {
    ask,
    within: (timeoutMs) => {
      const untilMs = ports.nowMs() + timeoutMs;
      const remainingMs = () => Math.min(ports.remainingMs(), untilMs - ports.nowMs());
      const isHasty = timeoutMs < (ports.longestRequestMs ?? REQUEST_MS);
      return createClusterAccess({
        ...ports,
        remainingMs,
        reachability: isHasty ? withoutTimeouts(ports.reachability) : ports.reachability,
      });
    },
    inspectToken: (identity, token) =>
      inspectToken(
        token,
        {
          ask: (path, body) => ask(identity, token, path, body),
          askOAuthServer: (path) => askOAuthServer(identity, token, path),
        },
        ports.nowMs,
      ),
    probeRegistry: async (host, identity, username, token) => {
      const api = await ports.connectionOf(identity);
      const path = host === QCI_HOST ? `/v2/auth?service=${host}` : '/openshift/token';
      const name = username.replaceAll(':', '-') || 'openshift';
      const authorization = `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}`;
      const url = new URL(`https://${host}${path}`);
      const reply = await sendToRegistry(host, api, (by) => send(url, by, { authorization }));
      if (reply.status === 0) return 'unreachable';
      const { kind } = judgeLogin(reply, 'token endpoint');
      return kind === 'unknown' ? 'failing' : kind;
    },
    // Whose registry a host is, is proved by the system's roots alone: no file of an engine counts (decision 0012).
    registryTakes: async (host, token) => {
      const connection = await registryConnection(host, NO_CLUSTER, rootsOrFault);
      const authorization = `Basic ${Buffer.from(`openshift:${token}`).toString('base64')}`;
      const reply = await send(new URL(`https://${host}/openshift/token`), connection, { authorization });
      // The integrated registry gives back the very token: another server's token is its own.
      return reply.status === 200 && textIn(parseObject(reply.body), 'token') === token;
    },
    probeTypedLogin: async (host, username, secret) => {
      const said = await askForTypedLogin(host, { username, token: secret }, (url, headers, method) =>
        sendToRegistry(host, NO_CLUSTER, (by) => send(url, by, headers, undefined, method)),
      );
      return said.kind;
    },
  };
}

/** The system's roots and the environment's proxy count. */
export const NO_CLUSTER: Pick<Connection, 'ca' | 'proxyUrl'> = { ca: undefined, proxyUrl: undefined };

/**
 * The registry's route may have another CA than the API: both the system's roots and the kubeconfig's CA count.
 * @param authorities what engines take for the host besides, in PEM
 */
export async function registryConnection(
  host: string,
  api: Pick<Connection, 'ca' | 'proxyUrl'>,
  rootsOrFault: BoundedRequests['rootsOrFault'],
  authorities: readonly string[] = [],
): Promise<Connection> {
  const { proxyUrl } = api;
  const own = [...(api.ca === undefined ? [] : [api.ca]), ...authorities];
  const reading = own.length === 0 ? [] : await rootsOrFault();
  const roots = typeof reading === 'string' ? [] : reading;
  return {
    server: `https://${host}`,
    ca: own.length === 0 ? undefined : [...roots, ...own].join('\n'),
    tlsServerName: undefined,
    // Whatever is said of the API server, the registry's certificate is verified.
    insecure: false,
    proxyUrl,
    clientCertificate: undefined,
    fault: undefined,
  };
}
