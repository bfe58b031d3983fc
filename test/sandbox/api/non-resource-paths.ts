import type { Cluster } from '../cluster/cluster.ts';
import type { Reply } from '../http/message.ts';

/** `/version`, health and the OAuth metadata; undefined: no such path. */
export function serveNonResource(cluster: Cluster, path: string): Reply | undefined {
  if (path === '/version' || path === '/version/') return pretty(version(cluster));
  if (['/healthz', '/livez', '/readyz'].includes(path)) {
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
    return { status: 200, headers, body: 'ok' };
  }
  // With an external identity provider there is no OAuth server to tell about.
  if (path === '/.well-known/oauth-authorization-server' && cluster.mode !== 'external-oidc') {
    return pretty(oauthMetadata(cluster.oauthUrl));
  }
  return undefined;
}

function version(cluster: Cluster): object {
  const old = cluster.mode === 'okd-3.11';
  return {
    major: '1',
    minor: old ? '11+' : cluster.selfSubjectReviews ? '31' : '26',
    gitVersion: old ? 'v1.11.0+d4cacc0' : cluster.selfSubjectReviews ? 'v1.31.9' : 'v1.26.3',
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: 'go1.22.12',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}

/** As oauth-server's operator writes it for the API server to publish. */
function oauthMetadata(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    scopes_supported: [
      'user:check-access',
      'user:full',
      'user:info',
      'user:list-projects',
      'user:list-scoped-projects',
    ],
    response_types_supported: ['code', 'token'],
    grant_types_supported: ['authorization_code', 'implicit'],
    code_challenge_methods_supported: ['plain', 'S256'],
  };
}

function pretty(value: object): Reply {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value, undefined, 2),
  };
}
