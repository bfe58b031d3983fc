import type { Identity } from '../../hosts/identity.ts';
import { AppError, inOneLine } from '../../hosts/reason.ts';
import type { Answering } from './hosts-of-login.ts';
import type { LoginMethod } from './login-arguments.ts';
import { findLoginTarget, type LoginTarget, type LoginTargetPorts } from './login-target.ts';
import type { RegistryHosts } from './renew-hosts.ts';

/** A registry host that gets no token, since nobody is logged in for it. */
export interface HostWithoutLogin {
  readonly host: string;
  /** Why, and mostly a command, in one sentence. */
  readonly reason: string;
  /** Where a login would mend that; undefined: none does. */
  readonly target: LoginTarget | undefined;
}

export interface HostsWithoutLoginPorts extends LoginTargetPorts {
  openHosts(): Pick<RegistryHosts, 'known' | 'signedOut' | 'hasTyped' | 'whoAnswers'>;
}

/**
 * Looks who answers for the registry hosts of this machine. Left out are those that a person signed out of, that get a
 * login which was typed for them, and whose tokens renew themselves.
 * @returns who answers, and the hosts that nobody answers for: one of those that the same login mends
 */
export async function hostsWithoutLogin(
  method: LoginMethod,
  ports: HostsWithoutLoginPorts,
): Promise<{ readonly answering: readonly Identity[]; readonly without: readonly HostWithoutLogin[] }> {
  const hosts = ports.openHosts();
  const signedOut = new Set(hosts.signedOut());
  const answering: Identity[] = [];
  const without = new Map<string, HostWithoutLogin>();
  for (const host of await hosts.known()) {
    if (signedOut.has(host) || hosts.hasTyped(host)) continue;
    const answer = await hosts.whoAnswers(host, false);
    if (answer === undefined || (await ports.settingsOf(host))?.selfRenew === true) continue;
    const reason = whyNobody(answer);
    if ('identity' in answer && reason === null) answering.push(answer.identity);
    if (reason === null || without.has(reason)) continue;
    without.set(reason, { host, reason, target: await mendingLogin(host, method, ports) });
  }
  return { answering, without: [...without.values()] };
}

/** @returns whether nobody answers for a host also now that others have logged in */
export async function isStillWithout(
  host: string,
  { openHosts }: Pick<HostsWithoutLoginPorts, 'openHosts'>,
): Promise<boolean> {
  return whyNobody(await openHosts().whoAnswers(host, false)) !== null;
}

/** @returns null: somebody answers, or it is nobody's business */
function whyNobody(answer: Answering): string | null {
  if (answer === undefined) return null;
  if (!('identity' in answer)) return answer.reason;
  const { source } = answer.identity;
  return source.kind === 'none' ? inOneLine([source.reason]) : null;
}

/** Where somebody is logged in another login mends nothing: what does is in the reason. */
async function mendingLogin(
  host: string,
  method: LoginMethod,
  ports: LoginTargetPorts,
): Promise<LoginTarget | undefined> {
  try {
    const target = await findLoginTarget(host, ports, method);
    return target.identity === undefined || target.identity.source.kind === 'none' ? target : undefined;
  } catch (error) {
    // The host stands for no cluster just now; a defect is not told as that.
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}
