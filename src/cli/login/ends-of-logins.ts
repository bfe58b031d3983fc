import type { Inspection } from '../../credential/check-token.ts';
import type { Identities, Identity } from '../../credential/identity.ts';

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
}

export interface EndsOfLoginsPorts {
  identities(): Promise<Identities>;
  inspectToken(identity: Identity, token: string): Promise<Inspection>;
  /** Whether a token is a service account's. */
  isServiceAccounts(token: string): boolean;
}

/** Whoever sits at the machine once a week misses none. */
const SOON_MS = 7 * 86_400_000;

/**
 * Asks when each person's login ends; once, however many contexts use it, and all clusters at the same time. What a
 * system puts there renews itself, or is another's.
 */
export async function endsOfLogins(ports: EndsOfLoginsPorts): Promise<readonly LoginEnd[]> {
  const { current, all } = await ports.identities();
  const byUser = new Map<string, Promise<LoginEnd>>();
  for (const identity of current === undefined ? all : [current, ...all]) {
    const { source, context, server, user } = identity;
    const key = JSON.stringify([server, user]);
    if (source.kind !== 'token' || context === undefined || byUser.has(key)) continue;
    if (ports.isServiceAccounts(source.token)) continue;
    byUser.set(key, endOf(identity, source.token, ports));
  }
  return Promise.all(byUser.values());
}

async function endOf(identity: Identity, token: string, ports: EndsOfLoginsPorts): Promise<LoginEnd> {
  const said = await ports.inspectToken(identity, token);
  if (said.kind === 'accepted') {
    return {
      identity,
      end: said.expiresAtMs === undefined ? 'untold' : said.expiresAtMs,
      lifeMs: said.lifeMs,
    };
  }
  const isEnded = said.kind === 'rejected' || said.kind === 'revoked';
  return { identity, end: isEnded ? 'ended' : undefined, lifeMs: undefined };
}

/**
 * Whether a login is to be made anew: it is over, or in its last seven days. One of a shorter life is in the second half
 * of that: a login of 24 hours that was just made does not end soon.
 */
export function isDue({ end, lifeMs }: Pick<LoginEnd, 'end' | 'lifeMs'>, nowMs: number): boolean {
  if (typeof end !== 'number') return end === 'ended';
  return end - nowMs <= Math.min(SOON_MS, (lifeMs ?? Number.POSITIVE_INFINITY) / 2);
}
