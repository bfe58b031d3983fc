import type { Reply } from '../../src/cluster/send-request.ts';
import { readJwt } from '../../src/hosts/jwt.ts';
import { serveApi } from '../sandbox/api/api-server.ts';
import type { Clock } from '../sandbox/clock.ts';
import { type Cluster, createCluster } from '../sandbox/cluster/cluster.ts';
import type { Request } from '../sandbox/http/message.ts';
import { issueOAuthToken } from '../sandbox/issue-tokens.ts';
import type { CallApi } from '../sandbox/registry/registry-call.ts';
import { serveRegistry } from '../sandbox/registry/registry-server.ts';
import { createUploadSessions } from '../sandbox/registry/upload-sessions.ts';
import type { Outages } from './simulated-outages.ts';

/** The sandbox's cluster without its servers: a year of requests costs seconds. */
export interface SimulatedCluster {
  /** One request from the machine to the API server; its `Date` is in whole seconds. */
  ask(token: string, path: string, body?: object): Reply;
  /** The registry's token endpoint. */
  probe(token: string): 'accepted' | 'refused' | 'unreachable';
  /** `oc login`; undefined while the cluster can't be reached. */
  login(lifeSeconds: number): string | undefined;
  /** The last token that was minted; empty: none was. */
  lastMint(): string;
  /** When a token really ends, in ms since the epoch. */
  endOf(token: string): number;
}

const ACCOUNT_BINDING = '/apis/rbac.authorization.k8s.io/v1/namespaces/alice-ns/rolebindings';

/** @param secretName of a Secret that alice-ns/puller's tokens may be bound to; it may mint for itself, too */
export function simulateCluster(clock: Clock, outages: Outages, secretName: string): SimulatedCluster {
  const cluster = createCluster({
    clock,
    mode: 'openshift',
    users: ['alice'],
    selfSubjectReviews: true,
    validationCacheSeconds: 0,
  });
  letPullerMint(cluster, secretName);
  const loginEnds = new Map<string, number>();

  const callApi: CallApi = (method, path, token, body) => {
    const reply = serveApi(cluster, { ...request(path, body, bearer(token)), method });
    const isJson = reply.headers?.['Content-Type'] === 'application/json';
    return { status: reply.status, body: isJson ? JSON.parse(String(reply.body)) : undefined };
  };
  const registry = { images: cluster.images, uploads: createUploadSessions(), callApi };
  const probe = (token: string) => {
    const now = outages.at(clock.nowMs());
    if (now.registry) return 'unreachable';
    cluster.validationDown = now.validation;
    const authorization = `Basic ${Buffer.from(`alice:${token}`).toString('base64')}`;
    const reply = serveRegistry(registry, request('/openshift/token', undefined, { authorization }));
    return reply.status === 200 ? 'accepted' : 'refused';
  };
  const endOf = (token: string): number => {
    const end = readJwt(token)?.exp;
    return end === undefined ? (loginEnds.get(token) ?? 0) : end * 1000;
  };
  return {
    ask(token, path, body) {
      const now = outages.at(clock.nowMs());
      if (now.api) return noReply();
      cluster.validationDown = now.validation;
      const reply = serveApi(cluster, request(path, body, bearer(token)));
      return {
        status: reply.status,
        body: String(reply.body ?? ''),
        dateMs: Math.floor(clock.nowMs() / 1000) * 1000,
        detail: '',
        timedOut: false,
      };
    },
    probe,
    login(lifeSeconds) {
      const { api, validation } = outages.at(clock.nowMs());
      if (api || validation) return undefined;
      const token = issueOAuthToken(cluster, { user: 'alice', lifeSeconds });
      loginEnds.set(token, Math.floor(clock.nowMs() / 1000) * 1000 + lifeSeconds * 1000);
      return token;
    },
    lastMint: () => cluster.mints.at(-1)?.token ?? '',
    endOf,
  };
}

/** As an administrator does for `service-account create --self-renew`. */
function letPullerMint(cluster: Cluster, secretName: string): void {
  const asAdmin = (path: string, body: object) => {
    const clientCertificate = { name: 'admin', groups: ['system:masters'] };
    const reply = serveApi(cluster, { ...request(path, body, {}), clientCertificate });
    if (reply.status !== 201) throw new Error(`The sandbox answered ${reply.status}: ${reply.body}`);
  };
  asAdmin(ACCOUNT_BINDING, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'puller-edit', namespace: 'alice-ns' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'alice-ns', name: 'puller' }],
  });
  asAdmin('/api/v1/namespaces/alice-ns/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName, namespace: 'alice-ns' },
    type: 'Opaque',
  });
}

function bearer(token: string): Request['headers'] {
  return { authorization: `Bearer ${token}` };
}

function request(path: string, body: object | undefined, headers: Request['headers']): Request {
  return {
    method: body === undefined ? 'GET' : 'POST',
    path,
    query: new URLSearchParams(),
    headers,
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
  };
}

function noReply(): Reply {
  return {
    status: 0,
    body: '',
    dateMs: undefined,
    detail: 'connection refused',
    timedOut: false,
    away: true,
  };
}
