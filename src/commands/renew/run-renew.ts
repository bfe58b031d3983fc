import type { Repair } from '../../engines/edits/repair-engines.ts';
import { AppError, describeError, inOneLine, reasonOf } from '../../hosts/reason.ts';
import type { Printer } from '../../process/terminal.ts';
import type { KnownHosts } from '../../session/known-hosts.ts';
import { parseHosts, parseWords, runAsCommand } from '../parse-words.ts';
import type { TimerAction } from '../timer/run-timer.ts';
import { RENEW } from './declaration.ts';
import { describeRenewal, type RenewOutcome } from './renew-outcome.ts';

export interface RenewPorts extends Printer {
  nowMs(): number;
  hosts(): Promise<KnownHosts>;
  renew(host: string): Promise<RenewOutcome>;
  /** Takes logins out of the engines' files that came to override the helper. */
  repairEngines(hosts: readonly string[]): Promise<Repair>;
  /** Removes what is kept for no use any more. */
  prune(): Promise<void>;
  timer(action: TimerAction): Promise<number>;
}

/**
 * `renew`: renews what can be renewed and says what can't, a line per host.
 * @returns the exit status: 0, 1 if a host has no good token, 2 for a wrong command line
 */
export function runRenew(args: readonly string[], ports: RenewPorts): Promise<number> {
  return runAsCommand(RENEW, parse(args), ports, (parsed) => renewAll(parsed, ports));
}

async function renewAll(parsed: Parsed, ports: RenewPorts): Promise<number> {
  if (parsed.timer !== undefined) return ports.timer(parsed.timer);
  const known = parsed.hosts.length > 0 ? named(parsed.hosts) : await knownHosts(ports);
  if (known === undefined) return 1;
  const { hosts, problems } = known;
  for (const problem of problems) ports.printError(inOneLine([problem]));
  const say = parsed.background ? () => {} : ports.print;
  if (hosts.length === 0 && problems.length === 0)
    say('No registry host is linked yet. Run: docker-credential-openshift setup');
  // `get` starts the one in the background: whoever pulls an image does not expect files to change.
  const repaired = parsed.background ? [] : await repairs(await toRepair(parsed, known, ports), ports);
  for (const sentence of repaired) say(sentence);
  let status = problems.length > 0 ? 1 : 0;
  for (const host of hosts) {
    const outcome = await renewOne(host, ports);
    if (outcome.kind === 'none') status = 1;
    say(describeRenewal(host, outcome, ports.nowMs()));
    if (outcome.kind === 'good' && outcome.announcement !== undefined && !parsed.background) {
      ports.printError(inOneLine([outcome.announcement]));
    }
  }
  if (!parsed.background) await ports.prune();
  return status;
}

function named(hosts: readonly string[]): KnownHosts {
  return { hosts, broken: new Set(), problems: [] };
}

/** @returns undefined if they can't be told; why was said */
async function knownHosts(ports: RenewPorts): Promise<KnownHosts | undefined> {
  try {
    return await ports.hosts();
  } catch (error) {
    // A config that can't be read; a defect is not told as one.
    if (!(error instanceof AppError)) throw error;
    ports.printError(describeError(error));
    return undefined;
  }
}

/** @returns the hosts that the engines' files are repaired for */
async function toRepair(parsed: Parsed, known: KnownHosts, ports: RenewPorts): Promise<readonly string[]> {
  if (parsed.hosts.length === 0) return soundHosts(known);
  try {
    // Of those that were named: the ones that are linked, and not set to be anonymous.
    return soundHosts(await ports.hosts()).filter((host) => parsed.hosts.includes(host));
  } catch (error) {
    // A config that can't be read, of which each host tells.
    if (!(error instanceof AppError)) throw error;
    return [];
  }
}

/** What the helper gives a broken host is nothing, so that a login stored for it is not taken away. */
function soundHosts({ hosts, broken }: KnownHosts): readonly string[] {
  return hosts.filter((host) => !broken.has(host));
}

async function renewOne(host: string, ports: RenewPorts): Promise<RenewOutcome> {
  try {
    return await ports.renew(host);
  } catch (error) {
    // One host's fault keeps no other from being renewed.
    return { kind: 'none', reasons: [reasonOf(error)] };
  }
}

async function repairs(hosts: readonly string[], ports: RenewPorts): Promise<readonly string[]> {
  try {
    const { did, left } = await ports.repairEngines(hosts);
    // In the timer's log stderr stands alone.
    for (const sentence of left) ports.printError(sentence);
    return did;
  } catch (error) {
    // A broken file of an engine is no reason to let tokens run out.
    ports.printError(describeError(error));
    return [];
  }
}

interface Parsed {
  readonly hosts: readonly string[];
  readonly background: boolean;
  readonly timer: TimerAction | undefined;
}

/** @returns the arguments, or what is wrong with them, in one sentence */
function parse(args: readonly string[]): Parsed | string {
  const parsed = parseWords(args, RENEW);
  if (typeof parsed === 'string') return parsed;
  const { values, positionals } = parsed;
  const timers: TimerAction[] = [
    ...(values['install-timer'] === true ? (['install'] as const) : []),
    ...(values['remove-timer'] === true ? (['remove'] as const) : []),
    ...(values['timer-status'] === true ? (['status'] as const) : []),
  ];
  if (timers.length > 1) return 'One of --install-timer, --remove-timer and --timer-status at a time.';
  if (timers.length === 1 && positionals.length > 0) return 'The timer renews all hosts: name none.';
  if (values.all === true && positionals.length > 0) return 'Either --all, or the hosts by name.';
  const background = values.background === true;
  if (background && positionals.length === 0) return '--background renews hosts by name.';
  const hosts = parseHosts(positionals);
  if (typeof hosts === 'string') return hosts;
  return { hosts, background, timer: timers[0] };
}

/** @returns whether a person typed it: who names hosts does, and who looks at a terminal. The timer and `get` do neither. */
export function isByHand(args: readonly string[], isTerminal: boolean): boolean {
  return !args.includes('--background') && (isTerminal || args.some((word) => !word.startsWith('-')));
}
