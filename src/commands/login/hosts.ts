import { shellQuoted } from '../../hosts/quoting.ts';
import { AppError, inOneLine, oneLine, type Reason } from '../../hosts/reason.ts';
import type { Resolution } from '../../hosts/resolve-host.ts';
import { describeRenewal, type RenewOutcome } from '../renew/renew-outcome.ts';
import { type Answering, type LoginPorts, type MadeLogin, unlessInterrupted } from './ports.ts';

type Renewing = Pick<
  LoginPorts,
  'print' | 'printError' | 'nowMs' | 'openHosts' | 'renewHost' | 'interrupted'
>;

/**
 * Signs in and renews every registry host that is answered with a login. One that is another's stays signed out, also
 * where it was named.
 * @param named the host that the person named
 * @returns the exit status: 1 if one of them has no good token after it, or a fault of the config may hide one, or the named one gets another's
 * @throws AppError `interrupted`
 */
export async function renewHosts(
  login: MadeLogin,
  named: string | undefined,
  ports: Renewing,
): Promise<number> {
  try {
    return await unlessInterrupted(signInAndRenew(login, named, ports), ports);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'interrupted') throw error;
    // Unlike anywhere before: something was changed.
    throw new AppError({
      code: 'interrupted',
      message: 'Stopped. The login is kept; its registry hosts may not be renewed yet',
      fix: { run: 'docker-credential-openshift renew' },
    });
  }
}

async function signInAndRenew(login: MadeLogin, named: string | undefined, ports: Renewing): Promise<number> {
  const hosts = ports.openHosts();
  const signedOut = hosts.signedOut();
  const candidates = new Set([...(await hosts.known()), ...signedOut]);
  if (named !== undefined) candidates.add(named);
  // What the cluster said of them may be forgotten by now: who has just logged in there may ask it again.
  const asked = new Set((await hosts.isCurrent(login.server)) ? signedOut : []);
  const ownHosts: string[] = [];
  let status = 0;
  for (const host of [...candidates].sort()) {
    const answering = await hosts.whoAnswers(host, host === named || asked.has(host));
    if (isAnsweredBy(login, answering)) {
      ownHosts.push(host);
    } else if (host === named) {
      const reasons = notAnswered(host, login, answering);
      ports.printError(describeRenewal(host, { kind: 'none', reasons }, ports.nowMs()));
      status = 1;
    }
  }
  for (const host of ownHosts) await hosts.signIn(host);
  await hosts.forgetAbsences();
  const problems = await hosts.problems();
  for (const problem of problems) ports.printError(hidingHosts(problem));
  if (problems.length > 0) status = 1;
  if (ownHosts.length === 0) {
    if (status === 0) ports.print(noneKnown(login));
    return status;
  }
  const outcomes = await Promise.all(ownHosts.map((host) => ports.renewHost(host)));
  for (const [index, host] of ownHosts.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) continue;
    if (outcome.kind === 'none') status = 1;
    // Who named the host meant that it gets this login.
    const isMissed = host === named && outcome.kind === 'good' && outcome.isTyped === true;
    if (isMissed) status = 1;
    const line = describeRenewal(host, spokenOf(host, outcome), ports.nowMs());
    if (isMissed) ports.printError(line);
    else ports.print(line);
  }
  return status;
}

/** @returns who answers for a host; or why nobody does; undefined: no cluster's token may go there */
export function answeringOf({ state, own, binding, reasons }: Resolution): Answering {
  if (own !== undefined) return { identity: own.identity };
  if (binding === undefined || binding.kind === 'foreign' || binding.kind === 'closed') return undefined;
  return state === 'anonymous' ? undefined : { reason: reasons[0] ?? null };
}

/** @returns what to say of a fault of the config where a login's hosts are looked for */
export function hidingHosts({ why, ...problem }: Reason): string {
  const hidden = `Registry hosts that your config names may get no login until it is fixed: ${why}`;
  return inOneLine([{ ...problem, why: hidden }]);
}

/** That a login of a day ends within the week is no news to who has just made it; that another's is used, is. */
function spokenOf(host: string, outcome: RenewOutcome): RenewOutcome {
  if (outcome.kind !== 'good') return outcome;
  return {
    ...outcome,
    warnings: outcome.isTyped === true ? [typedComesFirst(host, outcome.username)] : [],
  };
}

/** A cluster's own registry may still get it, by the cluster's word, at its first pull. */
function noneKnown({ context }: MadeLogin): string {
  const toContext = context === undefined ? '' : ` --context ${shellQuoted(context)}`;
  return oneLine(
    `No registry host is known here yet that gets this login. To name one: docker-credential-openshift setup HOST${toContext}. To find those of your clusters, run: docker-credential-openshift setup`,
  );
}

/** @returns whether a host is answered with this login, and with nobody else's */
function isAnsweredBy({ server, userEntry }: MadeLogin, answering: Answering): boolean {
  if (answering === undefined || !('identity' in answering)) return false;
  return answering.identity.server === server && answering.identity.user === userEntry;
}

/** @returns why a host that was named got nothing of this login, and what links it to it */
function notAnswered(host: string, login: MadeLogin, answering: Answering): readonly Reason[] {
  if (answering === undefined || !('identity' in answering))
    return answering?.reason ? [answering.reason] : [];
  const { user, context, source } = answering.identity;
  const other = context === undefined && source.kind === 'token-file' ? source.path : user;
  const toContext = login.context === undefined ? '' : ` --context ${shellQuoted(login.context)}`;
  return [
    {
      code: 'another-login',
      why: `left as it was: it gets the token of ${other}, and the login is ${login.user}'s`,
      fix: { do: `To link it to that one, run: docker-credential-openshift setup ${host}${toContext}` },
    },
  ];
}

/** That a login which was typed for a host comes before the one that was just made. */
function typedComesFirst(host: string, typedUser: string): Reason {
  const command = `docker-credential-openshift logout ${host} && docker-credential-openshift login ${host}`;
  return {
    code: 'typed-comes-first',
    why: `It gets the login of ${typedUser} that was typed for it, and not this one`,
    fix: { do: `To drop that and log in anew, run: ${command}` },
  };
}
