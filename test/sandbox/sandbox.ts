import { serveApi } from './api/api-server.ts';
import type { KeyedCertificate } from './certificates.ts';
import { REAL_CLOCK } from './clock.ts';
import { type Cluster, createCluster } from './cluster/cluster.ts';
import type { ImageStore } from './cluster/image-store.ts';
import type { Mint } from './cluster/mint.ts';
import { createEndpointSwitches, type Delayed, type EndpointFault } from './http/endpoint-switches.ts';
import type { Endpoint } from './http/endpoints.ts';
import type { Fault } from './http/faults.ts';
import type { Listener } from './http/listener.ts';
import type { RecordedRequest, Reply, Request, ServerName } from './http/message.ts';
import {
  type IssueOAuthTokenOptions,
  type IssueOidcTokenOptions,
  type IssueServiceAccountTokenOptions,
  issueOAuthToken,
  issueServiceAccountToken,
} from './issue-tokens.ts';
import { type KubeconfigOptions, kubeconfigText } from './kubeconfig.ts';
import { createOAuthControls, type OAuthControls } from './oauth/oauth-controls.ts';
import { isOAuthPath, serveOAuth } from './oauth/oauth-server.ts';
import { createOAuthState } from './oauth/oauth-state.ts';
import { createQciImages } from './registry/qci-images.ts';
import { createQciProxy } from './registry/qci-proxy.ts';
import type { CallApi } from './registry/registry-call.ts';
import { serveRegistry } from './registry/registry-server.ts';
import { createUploadSessions } from './registry/upload-sessions.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { startServers } from './start-servers.ts';

/** A running cluster with its registry. Faults and outages can be switched at any time. */
export interface Sandbox {
  readonly apiUrl: string;
  readonly oauthUrl: string;
  readonly registryUrl: string;
  /** `host:port` of the registry's listener; without the port if it is 443. */
  readonly registryHost: string;
  /** The authority of the API server's certificate, as PEM and as a file in `directory`. */
  readonly caPem: string;
  readonly caFile: string;
  /** The authority of registry and OAuth server; the same one unless asked for another. */
  readonly ingressCaPem: string;
  readonly ingressCaFile: string;
  /** A private temporary directory, removed by `stop`. */
  readonly directory: string;
  readonly cluster: Cluster;
  /** What the registry serves: the cluster's image streams, or QCI's images. */
  readonly images: ImageStore;
  /** Every token that TokenRequest handed out so far. */
  readonly mints: readonly Mint[];
  /** The OAuth server: its logins so far, passwords and approvals. */
  readonly oauth: OAuthControls;
  /** Every request received so far. */
  readonly requests: readonly RecordedRequest[];
  clearRequests(): void;
  /** Resolves once an endpoint has received so many requests (default: one) since the last `clearRequests`. */
  received(endpoint: Endpoint, count?: number): Promise<readonly RecordedRequest[]>;
  issueOAuthToken(options: IssueOAuthTokenOptions): string;
  issueServiceAccountToken(options: IssueServiceAccountTokenOptions): string;
  /** A token of OKD 3.11; no other mode takes it. */
  issueOpaqueToken(user: string): string;
  /** An identity provider's token; only the external-oidc mode takes it. */
  issueOidcToken(options: IssueOidcTokenOptions): string;
  issueClientCertificate(user: string, groups?: readonly string[]): Promise<KeyedCertificate>;
  /** A server's, by the authority of the API server's. */
  issueServerCertificate(names: readonly string[], endedDaysAgo?: number): Promise<KeyedCertificate>;
  /** Ends a token as if its life were over. */
  expire(token: string): void;
  /** Ends a token as `oc logout` does: its object is deleted. To a client both look the same. */
  revoke(token: string): void;
  setFault(server: ServerName, fault: Fault | null): void;
  /** Shows another certificate from now on; null: its own again. */
  setCertificate(server: ServerName, certificate: KeyedCertificate | null): void;
  /** A fault of this endpoint alone; one of its server counts before it. */
  setEndpointFault(endpoint: Endpoint, fault: EndpointFault | null): void;
  /**
   * Lets an endpoint handle its requests that much later by the sandbox's clock, and not at all for callers who
   * have left by then; or only answer them so much later.
   */
  setDelay(endpoint: Endpoint, ms: number, of?: Delayed): void;
  /**
   * `validationDown`: oauth-apiserver is down. `apiDown`: the registry cannot reach the API (its listener stays
   * open for others; see `close`).
   */
  setOutage(outage: { readonly validationDown?: boolean; readonly apiDown?: boolean }): void;
  /** Makes a server refuse connections, until `reopen` on the same port. */
  close(server: ServerName): Promise<void>;
  reopen(server: ServerName): Promise<void>;
  /** A kubeconfig in the shape that `oc login` writes. */
  kubeconfig(options?: KubeconfigOptions): string;
  stop(): Promise<void>;
}

/** Starts a sandbox; the caller stops it. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const mode = options.mode ?? 'openshift';
  const clock = options.clock ?? REAL_CLOCK;
  const users = options.users ?? ['alice', 'bob'];
  const cluster = createCluster({
    clock,
    mode,
    users,
    selfSubjectReviews: mode === 'external-oidc' || (options.selfSubjectReviews ?? mode !== 'okd-3.11'),
    validationCacheSeconds: options.validationCacheSeconds ?? 0,
    accountTokenCacheSeconds: options.accountTokenCacheSeconds ?? 0,
    ...(options.accountSecrets === undefined ? {} : { accountSecrets: options.accountSecrets }),
  });
  cluster.tokenRequestMaximumSeconds = options.tokenRequestMaximumSeconds;
  const requests: RecordedRequest[] = [];
  const endpoints = createEndpointSwitches(clock, requests);
  let apiDown = false;

  const oauth = createOAuthState(
    cluster,
    { ...options, users },
    { apiUrl: () => apiUrl, apiDown: () => apiDown },
  );

  const callApi: CallApi = (method, path, token, body) => {
    if (apiDown) return undefined;
    const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
    const query = new URLSearchParams();
    const reply = serveApi(cluster, {
      method,
      path,
      query,
      headers,
      body: Buffer.from(JSON.stringify(body ?? {})),
    });
    return { status: reply.status, body: replyJson(reply) };
  };
  const images = mode === 'qci' ? createQciImages(clock) : cluster.images;
  const uploads = createUploadSessions();
  const handlers: Record<ServerName, (request: Request) => Reply> = {
    // OKD 3.11 serves OAuth on the API server itself.
    api: (request) =>
      mode === 'okd-3.11' && isOAuthPath(request.path)
        ? serveOAuth(oauth, request)
        : serveApi(cluster, request),
    oauth: (request) => serveOAuth(oauth, request),
    registry:
      mode === 'qci'
        ? createQciProxy(cluster, images)
        : (request) => serveRegistry({ images, uploads, callApi }, request),
  };

  const servers = await startServers(options, { clock, handlers, endpoints });
  const { listeners } = servers;
  const apiUrl = `https://${hostOf(listeners.api)}`;
  const registryHost = hostOf(listeners.registry);
  cluster.oauthUrl = mode === 'okd-3.11' ? apiUrl : `https://${hostOf(listeners.oauth)}`;
  cluster.rootCaPem = [...new Set([servers.caPem, servers.ingressCaPem])].join('');
  const exposed = options.publicHostname === undefined ? registryHost : options.publicHostname;
  // The proxy is no registry of the cluster's; the cluster does not know of it.
  cluster.publicRegistryHostname = exposed === null || mode === 'qci' ? undefined : exposed;

  return {
    apiUrl,
    oauthUrl: cluster.oauthUrl,
    registryUrl: `https://${registryHost}`,
    registryHost,
    caPem: servers.caPem,
    caFile: servers.caFile,
    ingressCaPem: servers.ingressCaPem,
    ingressCaFile: servers.ingressCaFile,
    directory: servers.directory,
    cluster,
    images,
    mints: cluster.mints,
    oauth: createOAuthControls(oauth),
    requests,
    received: (endpoint, count = 1) => endpoints.received(endpoint, count),
    clearRequests: () => void requests.splice(0),
    issueOAuthToken: (request) => issueOAuthToken(cluster, request),
    issueServiceAccountToken: (request) => issueServiceAccountToken(cluster, request),
    issueOpaqueToken: (user) => cluster.credentials.issueOpaqueToken(cluster.openUser(user).name),
    issueOidcToken: ({ user, groups = [], lifeSeconds = 3600 }) =>
      cluster.credentials.issueOidcToken(user, groups, lifeSeconds),
    issueClientCertificate: (user, groups = []) => servers.issueClient(user, groups),
    issueServerCertificate: servers.issueServer,
    expire: (token) => cluster.credentials.end(token),
    revoke: (token) => cluster.credentials.end(token),
    setFault: (name, fault) => listeners[name].setFault(fault),
    setCertificate: (name, certificate) => listeners[name].setCertificate(certificate),
    setEndpointFault: endpoints.setFault,
    setDelay: endpoints.setDelay,
    setOutage(outage) {
      cluster.validationDown = outage.validationDown ?? cluster.validationDown;
      apiDown = outage.apiDown ?? apiDown;
    },
    close: (name) => listeners[name].close(),
    reopen: (name) => listeners[name].reopen(),
    kubeconfig: (request = {}) => kubeconfigText(apiUrl, servers.caFile, request),
    stop: servers.stop,
  };
}

function hostOf({ address, port }: Listener): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === 443 ? host : `${host}:${port}`;
}

function replyJson(reply: Reply): unknown {
  const type = reply.headers?.['Content-Type'];
  return type === 'application/json' ? JSON.parse(String(reply.body)) : undefined;
}
