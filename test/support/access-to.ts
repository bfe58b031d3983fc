import {
  type ClusterAccess,
  type ClusterAccessPorts,
  createClusterAccess,
} from '../../src/cluster/cluster-access.ts';
import type { Connection } from '../../src/cluster/connection.ts';
import { createReachability } from '../../src/files/reachability.ts';
import type { Identity } from '../../src/hosts/identity.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { connectionTo } from './api-request.ts';
import { identity } from './identities.ts';

interface More {
  readonly connection?: Partial<Connection>;
  readonly roots?: readonly string[];
  readonly ports?: Partial<ClusterAccessPorts>;
}

/** Access to a sandbox's cluster as its kubeconfig gives it, changed as asked, and an identity of it. */
export function accessTo(
  sandbox: Sandbox,
  { connection, roots = [], ports }: More = {},
): { access: ClusterAccess; who: Identity } {
  const access = createClusterAccess({
    nowMs: Date.now,
    remainingMs: () => 4000,
    env: {},
    reachability: createReachability(null, undefined, Date.now),
    connectionOf: async () => connectionTo(sandbox, connection),
    systemRoots: async () => roots,
    ...ports,
  });
  return { access, who: identity({ server: sandbox.apiUrl }) };
}
