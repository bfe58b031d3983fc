import { shellQuoted } from '../../hosts/quoting.ts';
import { AppError, oneLine } from '../../hosts/reason.ts';
import { describeRenewal } from '../renew/describe-renewal.ts';
import type { RenewOutcome } from '../renew/run-renew.ts';
import type { Printer } from '../run-as-command.ts';
import {
  type Answering,
  isAnsweredBy,
  type MadeLogin,
  notAnsweredReason,
  typedComesFirst,
} from './hosts-of-login.ts';
import { unlessInterrupted } from './unless-interrupted.ts';

/** The registry hosts of this machine, as they are after a login. */
export interface RegistryHosts {
  /** All that the program may be asked for. */
  known(): Promise<readonly string[]>;
  /** What is wrong with the config, a line each: hosts that it names may be hidden by it. */
  problems(): Promise<readonly string[]>;
  /** Those that a person signed out of. */
  signedOut(): readonly string[];
  /** Whether a login that was typed for the host comes before any other there. */
  hasTyped(host: string): boolean;
  /** Whether the current context is on that API server: no other cluster is asked about a host. */
  isCurrent(server: string): Promise<boolean>;
  /** @param mayAsk false: only what clusters said before counts */
  whoAnswers(host: string, mayAsk: boolean): Promise<Answering>;
  /** Lifts what signed a host out, and forgets what it was answered with. */
  signIn(host: string): Promise<void>;
  /** A cluster that was away is asked again: who logged in to it has just seen that it is there. */
  forgetAbsences(): Promise<void>;
}

export interface RenewHostsPorts extends Printer {
  nowMs(): number;
  /** Reads the kubeconfig anew. */
  openHosts(): RegistryHosts;
  renewHost(host: string): Promise<RenewOutcome>;
  /** Aborted when the person stops the program. */
  readonly interrupted: AbortSignal;
}

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
  ports: RenewHostsPorts,
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

async function signInAndRenew(
  login: MadeLogin,
  named: string | undefined,
  ports: RenewHostsPorts,
): Promise<number> {
  const hosts = ports.openHosts();
  const signedOut = hosts.signedOut();
  const candidates = new Set([...(await hosts.known()), ...signedOut]);
  if (named !== undefined) candidates.add(named);
  // What the cluster said of them may be forgotten by now: who has just logged in there may ask it again.
  const asked = new Set((await hosts.isCurrent(login.server)) ? signedOut : []);
  const found: string[] = [];
  let status = 0;
  for (const host of [...candidates].sort()) {
    const answering = await hosts.whoAnswers(host, host === named || asked.has(host));
    if (isAnsweredBy(login, answering)) {
      found.push(host);
    } else if (host === named) {
      const reason = notAnsweredReason(host, login, answering);
      ports.printError(
        describeRenewal(
          host,
          { kind: 'none', reasons: reason === null ? [] : [{ code: 'not-answered', why: reason }] },
          ports.nowMs(),
        ),
      );
      status = 1;
    }
  }
  for (const host of found) await hosts.signIn(host);
  await hosts.forgetAbsences();
  const problems = await hosts.problems();
  for (const problem of problems) ports.printError(hidingHosts(problem));
  if (problems.length > 0) status = 1;
  if (found.length === 0) {
    if (status === 0) ports.print(noneKnown(login));
    return status;
  }
  const outcomes = await Promise.all(found.map((host) => ports.renewHost(host)));
  for (const [index, host] of found.entries()) {
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

/** @returns what to say of a fault of the config where a login's hosts are looked for */
export function hidingHosts(problem: string): string {
  return oneLine(`Registry hosts that your config names may get no login until it is mended: ${problem}`);
}

/** That a login of a day ends within the week is no news to who has just made it; that another's is used, is. */
function spokenOf(host: string, outcome: RenewOutcome): RenewOutcome {
  if (outcome.kind !== 'good') return outcome;
  return {
    ...outcome,
    warnings:
      outcome.isTyped === true
        ? [{ code: 'typed-comes-first', why: typedComesFirst(host, outcome.username) }]
        : [],
  };
}

/** A cluster's own registry may still get it, by the cluster's word, at its first pull. */
function noneKnown({ context }: MadeLogin): string {
  const toContext = context === undefined ? '' : ` --context ${shellQuoted(context)}`;
  return oneLine(
    `No registry host is known here yet that gets this login. To find the registries of your clusters, run: docker-credential-openshift setup; to name one, run: docker-credential-openshift setup HOST${toContext}`,
  );
}
