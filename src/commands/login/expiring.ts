import { durationInWords } from '../../hosts/clock.ts';
import type { Identity } from '../../hosts/identity.ts';
import { loginCommand } from '../../hosts/login-command.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import { AppError, describeError, inOneLine, oneLine, type Reason } from '../../hosts/reason.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import { describeRenewal } from '../renew/renew-outcome.ts';
import type { LoginArguments, LoginMethod } from './arguments.ts';
import { endsOfLogins, isDue, type LoginEnd } from './ends.ts';
import { hidingHosts } from './hosts.ts';
import { logIn } from './log-in.ts';
import { type Answering, type LoginPorts, type LoginTarget, unlessInterrupted } from './ports.ts';
import { findLoginTarget, ofIdentity } from './target.ts';

/** A login that is to be made. */
interface Turn {
  readonly target: LoginTarget;
  /** Why. */
  readonly words: string;
  /** The host that nobody answers for; undefined: it is a login that ends. */
  readonly host?: string;
}

/**
 * `login --all-expiring`: logs in to each cluster whose login ended or ends soon, or that a registry host wants a login of,
 * one after another. One that fails keeps no other from its turn.
 * @returns the exit status: 1 if one of them has no good login after it, or could not be asked
 * @throws AppError `interrupted`
 */
export async function logInToExpiring(args: LoginArguments, ports: LoginPorts): Promise<number> {
  const { answering, without } = await hostsWithoutLogin(args.method, ports);
  const ends = await unlessInterrupted(endsOfLogins(answering, ports), ports);
  const { turns, lost } = turnsOf(ends, without, ports.nowMs());
  const unknown = ends.filter(({ end }) => end === undefined);
  for (const { identity } of unknown) {
    const command = loginCommand(identity.server, identity.context);
    ports.printError(
      `${clusterDisplayName(identity.server)} could not be asked when the login ends. If it has expired, run: ${command}`,
    );
  }
  for (const { host, reason } of lost)
    ports.printError(describeRenewal(host, { kind: 'none', reasons: [reason] }, 0));
  const untold = ends.filter(({ end }) => end === 'untold');
  for (const { identity } of untold) {
    const name = clusterDisplayName(identity.server);
    ports.print(
      `${name} accepts your login (context ${nameInSentence(identity.context ?? '')}), and does not tell when it ends.`,
    );
  }
  // Each login tells of these by itself.
  const problems = turns.length > 0 ? [] : await ports.openHosts().problems();
  for (const problem of problems) ports.printError(hidingHosts(problem));
  let status = unknown.length + lost.length + problems.length === 0 ? 0 : 1;
  if (turns.length === 0) {
    const others = unknown.length === 0 ? '' : ' of the clusters that could be asked';
    const is = untold.length === 0 ? 'ends soon' : 'is known to end soon';
    if (lost.length + problems.length === 0) ports.print(`No login${others} ${is}: there is nothing to do.`);
  }
  for (const [index, { target, words, host }] of turns.entries()) {
    // Its cluster may have had its turn for another host.
    if (host !== undefined && !(await isStillWithout(host, ports))) continue;
    ports.printError(oneLine(`${index + 1} of ${turns.length}: ${words}`));
    status = Math.max(status, await one(target, args, ports));
  }
  return status;
}

/** @returns the logins to be made, and the hosts that none of them helps */
function turnsOf(
  ends: readonly LoginEnd[],
  without: readonly HostWithoutLogin[],
  nowMs: number,
): { readonly turns: readonly Turn[]; readonly lost: readonly HostWithoutLogin[] } {
  const due = ends.filter((each) => isDue(each, nowMs));
  const turns: Turn[] = due.map((each) => ({
    target: ofIdentity(each.identity),
    words: describeEnd(each, nowMs),
  }));
  for (const { host, target, reason } of without) {
    // What fixes it happens now.
    if (target !== undefined) turns.push({ target, host, words: `${host}: ${reason.why}.` });
  }
  return { turns, lost: without.filter(({ target }) => target === undefined) };
}

async function one(target: LoginTarget, args: LoginArguments, ports: LoginPorts): Promise<number> {
  try {
    return await logIn(target, args, ports);
  } catch (error) {
    // One cluster's fault, or a person's No to it, keeps no other from its turn; Ctrl-C means all of them.
    if (!(error instanceof AppError) || error.code === 'interrupted') throw error;
    ports.printError(describeError(error));
    return 1;
  }
}

function describeEnd({ identity, end, why }: LoginEnd, nowMs: number): string {
  const login = `your login to ${clusterDisplayName(identity.server)} (context ${nameInSentence(identity.context ?? '')})`;
  const leftMs = typeof end === 'number' ? end - nowMs : 0;
  if (leftMs > 0)
    return `${login} ends in ${durationInWords(leftMs)}${why === undefined ? '' : ` (${why})`}.`;
  return why === undefined ? `${login} has expired or was revoked.` : `${login} gives no token: ${why}.`;
}

/** A registry host that gets no token, since nobody is logged in for it. */
interface HostWithoutLogin {
  readonly host: string;
  readonly reason: Reason;
  /** Where a login would fix that; undefined: none does. */
  readonly target: LoginTarget | undefined;
}

/**
 * Looks who answers for the registry hosts of this machine. Left out are those that a person signed out of, that get a
 * login which was typed for them, and whose tokens renew themselves.
 * @returns who answers, and the hosts that nobody answers for: one of those that the same login fixes
 */
async function hostsWithoutLogin(
  method: LoginMethod,
  ports: LoginPorts,
): Promise<{ readonly answering: readonly Identity[]; readonly without: readonly HostWithoutLogin[] }> {
  const hosts = ports.openHosts();
  const signedOut = new Set(hosts.signedOut());
  const answering: Identity[] = [];
  const without = new Map<string, HostWithoutLogin>();
  for (const host of await hosts.known()) {
    if (signedOut.has(host) || hosts.hasTyped(host)) continue;
    const answer = await hosts.whoAnswers(host, false);
    if (answer === undefined) continue;
    const { settings } = (await ports.resolve(host)).facts.settings;
    if (settings?.selfRenew === true) continue;
    const reason = whyNobody(answer);
    if ('identity' in answer && reason === null) answering.push(answer.identity);
    const why = inOneLine(reason === null ? [] : [reason]);
    if (reason === null || without.has(why)) continue;
    without.set(why, { host, reason, target: await fixingLogin(host, method, ports) });
  }
  return { answering, without: [...without.values()] };
}

/** @returns whether nobody answers for a host also now that others have logged in */
async function isStillWithout(host: string, { openHosts }: Pick<LoginPorts, 'openHosts'>): Promise<boolean> {
  return whyNobody(await openHosts().whoAnswers(host, false)) !== null;
}

/** @returns null: somebody answers, or it is nobody's business */
function whyNobody(answer: Answering): Reason | null {
  if (answer === undefined) return null;
  if (!('identity' in answer)) return answer.reason;
  const { source } = answer.identity;
  return source.kind === 'none' ? source.reason : null;
}

/** Where somebody is logged in another login fixes nothing: what does is in the reason. */
async function fixingLogin(
  host: string,
  method: LoginMethod,
  ports: LoginPorts,
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
