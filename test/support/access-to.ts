import { type ClusterAccess, createClusterAccess } from '../../src/cluster/cluster-access.ts';
import type { Connection } from '../../src/cluster/connection.ts';
import { createReachability } from '../../src/files/reachability.ts';
import { givenToken, type Identity } from '../../src/hosts/identity.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { connectionTo } from './api-request.ts';
import { identity, unexpected } from './identities.ts';

interface More {
  readonly connection?: Partial<Connection>;
  readonly roots?: readonly string[];
  readonly ports?: Partial<Parameters<typeof createClusterAccess>[0]>;
}

/** The same, for the tokens that a sandbox issues. */
interface SandboxAccess extends Omit<ClusterAccess, 'within'> {
  ask(
    identity: Identity,
    token: string | undefined,
    ...request: Rest<ClusterAccess['ask']>
  ): ReturnType<ClusterAccess['ask']>;
  inspectToken(identity: Identity, token: string): ReturnType<ClusterAccess['inspectToken']>;
  probeRegistry(
    host: string,
    identity: Identity,
    username: string,
    token: string,
  ): ReturnType<ClusterAccess['probeRegistry']>;
  within(timeoutMs: number): SandboxAccess;
}
type Rest<F> = F extends (identity: Identity, token: never, ...rest: infer R) => unknown ? R : never;

function ofSandbox(access: ClusterAccess): SandboxAccess {
  return {
    ...access,
    ask: (who, token, ...request) =>
      access.ask(who, token === undefined ? undefined : givenToken(token), ...request),
    inspectToken: (who, token) => access.inspectToken(who, givenToken(token)),
    probeRegistry: (host, who, name, token) => access.probeRegistry(host, who, name, givenToken(token)),
    within: (timeoutMs) => ofSandbox(access.within(timeoutMs)),
  };
}

/** Access to a sandbox's cluster as its kubeconfig gives it, changed as asked, and an identity of it. */
export function accessTo(
  sandbox: Sandbox,
  { connection, roots = [], ports }: More = {},
): { access: SandboxAccess; who: Identity } {
  const access = createClusterAccess({
    nowMs: Date.now,
    remainingMs: () => 4000,
    env: {},
    reachability: createReachability(null, undefined, Date.now),
    connectionOf: async () => connectionTo(sandbox, connection),
    systemRoots: async () => roots,
    waitMs: unexpected('waitMs'),
    ...ports,
  });
  return { access: ofSandbox(access), who: identity({ server: sandbox.apiUrl }) };
}
