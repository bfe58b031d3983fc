import { type ClusterAccessPorts, createClusterAccess } from '../../cluster/cluster-access.ts';
import { NO_MEMORY } from '../../cluster/contact.ts';
import type { Place } from '../../files/directories.ts';
import { createSession, type Session } from '../session.ts';

/** Whoever asks has answers to read by then; what is left of the checks' time is for those that wait for them. */
const REQUESTS_MS = 4300;

/**
 * A session that goes by nothing that was found out before.
 * @returns it, and whether a cluster was asked about a token, answered, and could not say whether it is good
 */
export function unforgetting(
  here: Place,
  systemRoots: ClusterAccessPorts['systemRoots'],
): {
  session: Session;
  couldNotJudge: (server: string | undefined) => boolean;
} {
  const session = createSession(here, performance.now() + REQUESTS_MS, false, true);
  const access = createClusterAccess({
    nowMs: Date.now,
    remainingMs: session.remainingMs,
    env: here.env,
    reachability: NO_MEMORY,
    connectionOf: session.connectionOf,
    systemRoots,
  });
  const unjudging = new Set<string>();
  const inspectToken: typeof access.inspectToken = async (identity, token) => {
    const said = await access.inspectToken(identity, token);
    if (said.kind === 'unavailable') unjudging.add(identity.server);
    return said;
  };
  return {
    session: { ...session, access: { ...access, inspectToken } },
    couldNotJudge: (server) => server !== undefined && unjudging.has(server),
  };
}
