import { endsSoon } from '../../hosts/announcement.ts';
import { borrowsToken } from '../../hosts/choose-identity.ts';
import type { ClusterToken, Identity } from '../../hosts/identity.ts';
import { AppError, withoutSecrets } from '../../hosts/reason.ts';
import { isServiceAccountToken } from '../../session/tokens.ts';
import type { LoginPorts } from './ports.ts';

/** When a person's login ends. */
export interface LoginEnd {
  readonly identity: Identity;
  /**
   * Ms since the epoch; `ended`; null: never; `untold`: the cluster accepts it, and tells no end (OKD 3.11); undefined: the
   * cluster could not be asked.
   */
  readonly end: number | 'ended' | 'untold' | null | undefined;
  /** Its whole life in ms; undefined: not known. */
  readonly lifeMs: number | undefined;
  /** Why a plugin gives no other token without a person. */
  readonly why?: string;
}

type Asking = Pick<LoginPorts, 'identities' | 'inspectToken' | 'tokenOfPlugin'>;

/**
 * Asks when each person's login ends; once, however many contexts use it, and all clusters at the same time. What a
 * system puts there renews itself, or is another's. A plugin renews what it gave by itself, as long as it can: only those
 * that are asked for a registry host, and the current context's, are run.
 * @param answering who answers for registry hosts
 */
export async function endsOfLogins(
  answering: readonly Identity[],
  ports: Asking,
): Promise<readonly LoginEnd[]> {
  const identities = await ports.identities();
  const { current, all } = identities;
  const first = current === undefined ? [] : [current];
  const wanted = new Set([...first, ...answering].map(keyOf));
  const byUser = new Map<string, Promise<LoginEnd>>();
  // Of several contexts of one user the verified one is asked by.
  const verifiedFirst = [...all].sort((one, other) => Number(one.insecure) - Number(other.insecure));
  for (const identity of [...first, ...verifiedFirst]) {
    const { source, context } = identity;
    const key = keyOf(identity);
    if (context === undefined || byUser.has(key) || borrowsToken(identity, identities)) continue;
    if (source.kind === 'exec' && wanted.has(key)) byUser.set(key, endByPlugin(identity, ports));
    if (source.kind !== 'token' || isServiceAccountToken(source.token)) continue;
    byUser.set(key, endOf(identity, source.token, ports));
  }
  return Promise.all(byUser.values());
}

/** One user entry's login, in whatever contexts. */
function keyOf({ server, user }: Identity): string {
  return JSON.stringify([server, user]);
}

async function endOf(
  identity: Identity,
  token: ClusterToken,
  ports: Pick<Asking, 'inspectToken'>,
): Promise<LoginEnd> {
  const inspection = await ports.inspectToken(identity, token);
  if (inspection.kind === 'accepted') {
    return {
      identity,
      end: inspection.expiresAtMs === undefined ? 'untold' : inspection.expiresAtMs,
      lifeMs: inspection.lifeMs,
    };
  }
  const isEnded = inspection.kind === 'rejected' || inspection.kind === 'revoked';
  return { identity, end: isEnded ? 'ended' : undefined, lifeMs: undefined };
}

/** A token that the plugin renews by itself counts as one that never ends. */
async function endByPlugin(identity: Identity, ports: Asking): Promise<LoginEnd> {
  try {
    const given = await ports.tokenOfPlugin(identity, undefined);
    const { token, startedAtMs, expiresAtMs, complaint } = given;
    if (complaint !== undefined)
      return { identity, end: expiresAtMs, lifeMs: expiresAtMs - startedAtMs, why: complaint };
    let { end } = await endOf(identity, token, ports);
    if (end === 'ended') {
      const other = await ports.tokenOfPlugin(identity, token);
      if (other.token !== token) ({ end } = await endOf(identity, other.token, ports));
    }
    return { identity, end: end === 'ended' || end === undefined ? end : null, lifeMs: undefined };
  } catch (error) {
    // It needs a person, or fails; a defect is not told as that.
    if (!(error instanceof AppError)) throw error;
    return { identity, end: 'ended', lifeMs: undefined, why: withoutSecrets(error.message) };
  }
}

/** Whether a login is to be made anew. */
export function isDue({ end, lifeMs }: Pick<LoginEnd, 'end' | 'lifeMs'>, nowMs: number): boolean {
  return typeof end === 'number' ? endsSoon(end, lifeMs, nowMs) : end === 'ended';
}
