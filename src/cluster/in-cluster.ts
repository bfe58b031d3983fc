import type { Identity } from '../hosts/identity.ts';
import { normaliseServerUrl } from '../registry/server-url.ts';

/** Where the kubelet projects a pod's service account (kubernetes, pkg/serviceaccount admission). */
const DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The identity of the pod that this process runs in.
 * @param exists whether a file is there
 * @returns undefined outside of a pod; also on Windows, where any user can make such a path
 */
export function inClusterIdentity(
  env: Record<string, string | undefined>,
  exists: (path: string) => boolean,
): { identity: Omit<Identity, 'route'>; caFile: string } | undefined {
  if (process.platform === 'win32') return undefined;
  const host = env.KUBERNETES_SERVICE_HOST;
  const path = `${DIRECTORY}/token`;
  if (host === undefined || host === '' || !exists(path)) return undefined;
  const name = host.includes(':') ? `[${host}]` : host;
  const server = normaliseServerUrl(`https://${name}:${env.KUBERNETES_SERVICE_PORT || '443'}`);
  if (server === null) return undefined;
  return {
    caFile: `${DIRECTORY}/ca.crt`,
    identity: {
      server,
      user: "the pod's service account",
      context: undefined,
      namespace: undefined,
      insecure: false,
      inCluster: true,
      source: { kind: 'token-file', path },
    },
  };
}
