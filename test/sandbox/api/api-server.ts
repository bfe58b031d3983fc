import { randomUUID } from 'node:crypto';
import type { Cluster } from '../cluster/cluster.ts';
import { ANONYMOUS, type Identity } from '../cluster/identity.ts';
import type { Reply, Request } from '../http/message.ts';
import type { ApiGroup } from './api-call.ts';
import { serveAuthenticationApi } from './authentication-api.ts';
import { serveAuthorizationApi } from './authorization-api.ts';
import { serveConfigApi } from './config-api.ts';
import { serveCoreApi } from './core-api.ts';
import { serveImageApi } from './image-api.ts';
import { serveNonResource } from './non-resource-paths.ts';
import { serveOAuthApi } from './oauth-api.ts';
import { serveProjectApi } from './project-api.ts';
import { serveRbacApi } from './rbac-api.ts';
import { readRequestInfo } from './request-info.ts';
import { serveRouteApi } from './route-api.ts';
import { forbidden, pathNotServed, resourceNotServed, serviceUnavailable, unauthorized } from './status.ts';
import { serveUserApi } from './user-api.ts';

const API_GROUPS: Readonly<Record<string, ApiGroup>> = {
  '': serveCoreApi,
  'authentication.k8s.io': serveAuthenticationApi,
  'authorization.k8s.io': serveAuthorizationApi,
  'config.openshift.io': serveConfigApi,
  'image.openshift.io': serveImageApi,
  'oauth.openshift.io': serveOAuthApi,
  'project.openshift.io': serveProjectApi,
  'rbac.authorization.k8s.io': serveRbacApi,
  'route.openshift.io': serveRouteApi,
  'user.openshift.io': serveUserApi,
};
/** Served by oauth-apiserver; clusters with an external identity provider run without it. */
const OAUTH_APISERVER_GROUPS = ['oauth.openshift.io', 'user.openshift.io'];

/** Answers a request as kube-apiserver does: who is it, may they, and only then what it is about. */
export function serveApi(cluster: Cluster, request: Request): Reply {
  const reply = answer(cluster, request);
  return {
    ...reply,
    headers: {
      'Audit-Id': randomUUID(),
      'Cache-Control': 'no-cache, private',
      'Strict-Transport-Security': 'max-age=31536000; includeSubDomains; preload',
      ...reply.headers,
    },
  };
}

function answer(cluster: Cluster, request: Request): Reply {
  const identity = authenticate(cluster, request);
  if (identity === undefined) return unauthorized();
  const info = readRequestInfo(request);
  const ofOAuthApiserver = OAUTH_APISERVER_GROUPS.includes(info.group ?? '');
  if (ofOAuthApiserver && cluster.mode === 'external-oidc') return pathNotServed();
  const decision = cluster.decide(identity, info);
  if (!decision.allowed) return forbidden(identity.name, info, decision.reason);
  if (info.path !== undefined) return serveNonResource(cluster, info.path) ?? pathNotServed();
  if (ofOAuthApiserver && cluster.validationDown) return serviceUnavailable();
  const serve = API_GROUPS[info.group ?? ''];
  if (serve === undefined) return pathNotServed();
  const { query, body, headers } = request;
  const contentType = (headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? '';
  return serve({ cluster, identity, info, query, body, contentType }) ?? resourceNotServed();
}

/** A certificate counts before a token; anything but a bearer token is no credential. */
function authenticate(cluster: Cluster, request: Request): Identity | undefined {
  const { clientCertificate: certificate } = request;
  if (certificate === 'invalid') return undefined;
  if (certificate !== undefined) {
    return { name: certificate.name, groups: [...certificate.groups, 'system:authenticated'] };
  }
  const token = bearerToken(request.headers.authorization);
  return token === undefined ? ANONYMOUS : cluster.credentials.validate(token);
}

/** As Kubernetes reads the header: an empty token is none. */
function bearerToken(authorization: string | undefined): string | undefined {
  const [scheme, token] = (authorization ?? '').trim().split(' ');
  return scheme?.toLowerCase() === 'bearer' && token !== '' ? token : undefined;
}
