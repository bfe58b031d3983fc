import { AppError, inJson, inOneLine, type Reason, reasonOf } from '../../hosts/reason.ts';
import type { Printer, Terminal } from '../../process/terminal.ts';
import { docsOf } from '../../process/version.ts';
import { parseHosts, parseWords, runAsCommand } from '../parse-words.ts';
import { notLinked, type RenewOutcome } from '../renew/renew-outcome.ts';
import { STATUS } from './declaration.ts';
import { type HostLogin, type HostStatus, hostStatus, problemIn } from './host-status.ts';
import { type Look, statusTable } from './status-table.ts';

export interface StatusPorts extends Printer {
  readonly terminal: Pick<Terminal, 'columns' | 'hasColours' | 'progress'>;
  /** What bars are drawn with. */
  readonly bars: Look['bars'];
  nowMs(): number;
  /** Every host that is linked, given, answered before, signed out of, or that an engine asks about; and what is wrong. */
  hosts(): Promise<{ readonly hosts: readonly string[]; readonly problems: readonly Reason[] }>;
  /** Whose login a host gets, by its resolution from files alone. @throws AppError */
  login(host: string): Promise<HostLogin>;
  /** Renews or checks a host's token, as `renew` does. */
  check(host: string): Promise<RenewOutcome>;
}

interface Parsed {
  readonly hosts: readonly string[];
  readonly json: boolean;
  readonly check: boolean;
}

/**
 * `status [HOST…] [--json] [--check]`: whose token each host gets, how long it lasts and what is wrong. Asks no cluster
 * but with `--check`.
 * @returns the exit status: 0, with `--check` 1 if a host should have a good token and has none, or the config can't be
 *   understood, 2 for a wrong command line
 */
export function runStatus(args: readonly string[], ports: StatusPorts): Promise<number> {
  return runAsCommand(STATUS, parse(args), ports, (parsed) => tellStatus(parsed, ports));
}

async function tellStatus({ hosts: named, json, check }: Parsed, ports: StatusPorts): Promise<number> {
  const { hosts, problems } = named.length > 0 ? { hosts: named, problems: [] } : await ports.hosts();
  const outcomes = check ? await checkAll(hosts, ports) : new Map<string, RenewOutcome>();
  const facts: HostLogin[] = [];
  const nowMs = ports.nowMs();
  for (const host of hosts) facts.push(checked(await factsOf(host, ports), outcomes.get(host), nowMs));
  const told = facts.map((fact) => hostStatus(fact, nowMs));
  if (json) ports.print(statusJson(told, problems, nowMs));
  else tell(told, problems, ports, nowMs);
  return check && (told.some(isBad) || problems.length > 0) ? 1 : 0;
}

function tell(
  told: readonly HostStatus[],
  problems: readonly Reason[],
  ports: StatusPorts,
  nowMs: number,
): void {
  for (const problem of problems) ports.printError(inOneLine([problem]));
  const look: Look = { ...ports.terminal, bars: ports.bars };
  for (const line of told.length === 0 ? [] : statusTable(told, look, nowMs)) ports.print(line);
  if (told.length === 0 && problems.length === 0) {
    ports.print('No registry host is linked yet. Run: docker-credential-openshift setup');
  }
}

/** A host that a person signed out of, or set to be anonymous, is as they wanted it. */
function isBad({ state }: HostStatus): boolean {
  return state === 'none' || state === 'ended' || state === 'unknown';
}

/** All at once: each has its own time, and none waits for another that hangs. */
async function checkAll(hosts: readonly string[], ports: StatusPorts): Promise<Map<string, RenewOutcome>> {
  let done = 0;
  const progress = () => ports.terminal.progress(`Checking: ${done} of ${hosts.length} done`);
  progress();
  const outcomes = await Promise.all(
    hosts.map(async (host) => {
      const outcome = await checkOne(host, ports);
      done += 1;
      progress();
      return [host, outcome] as const;
    }),
  );
  ports.terminal.progress('');
  return new Map(outcomes);
}

async function checkOne(host: string, ports: StatusPorts): Promise<RenewOutcome> {
  try {
    return await ports.check(host);
  } catch (error) {
    // One host's fault keeps no other from being checked.
    return { kind: 'none', reasons: [reasonOf(error)] };
  }
}

async function factsOf(host: string, ports: StatusPorts): Promise<HostLogin> {
  try {
    return await ports.login(host);
  } catch (error) {
    // A file that can't be read is what is wrong with this host; a defect is not told as that.
    if (!(error instanceof AppError)) throw error;
    return { host, reasons: [reasonOf(error)] };
  }
}

/** What a check said counts, whatever is known from before. */
function checked(facts: HostLogin, outcome: RenewOutcome | undefined, nowMs: number): HostLogin {
  if (outcome === undefined || facts.silent !== undefined) return facts;
  if (outcome.kind === 'good') {
    // An answer does not tell a token without an end from one whose end is not known.
    const expiresAtMs = facts.isEndAssumed === true ? undefined : (outcome.expiresAtMs ?? facts.expiresAtMs);
    // Where nothing can be kept, no file tells that it was checked. What was typed for no cluster may not be.
    const checkedAtMs = facts.checkedAtMs ?? (facts.renews === 'stored' ? undefined : nowMs);
    const { username: user, warnings } = outcome;
    // Nor does one tell there that another's login took the place of the one that was typed.
    if (facts.renews === 'stored' && facts.user !== user) {
      return {
        host: facts.host,
        user,
        warnings,
        expiresAtMs: outcome.expiresAtMs ?? undefined,
        checkedAtMs: nowMs,
      };
    }
    const missed = (facts.warnings ?? []).length === 0 ? undefined : warnings;
    return { ...facts, warnings: missed, reasons: undefined, expiresAtMs, checkedAtMs };
  }
  if (outcome.kind !== 'none') return facts;
  const reasons = outcome.reasons.length > 0 ? outcome.reasons : facts.reasons;
  return { ...facts, reasons: reasons ?? [notLinked(facts.host)] };
}

/**
 * What `status --json` prints, described in docs/status-logout.md. Fields are only ever added; times are in ISO 8601,
 * and null stands for what is not known or not there.
 */
function statusJson(hosts: readonly HostStatus[], problems: readonly Reason[], nowMs: number): string {
  const told = hosts.map((host) => ({
    host: host.host,
    state: host.state,
    cluster: host.cluster ?? null,
    server: host.server ?? null,
    user: host.user ?? null,
    renewal: host.renews ?? null,
    expiresAt: time(host.expiresAtMs),
    neverExpires: host.expiresAtMs === null,
    secondsLeft:
      typeof host.expiresAtMs === 'number'
        ? Math.max(0, Math.floor((host.expiresAtMs - nowMs) / 1000))
        : null,
    lifeSeconds: host.lifeMs === undefined ? null : Math.floor(host.lifeMs / 1000),
    checkedAt: time(host.checkedAtMs),
    renewedAt: time(host.renewedAtMs),
    problem: host.reasons.length === 0 ? null : problemIn(host.reasons),
    command: host.command ?? null,
    reasons: host.reasons.map((reason) => ({ ...inJson(reason), docs: docsOf(reason.code) })),
  }));
  return JSON.stringify(
    { version: 1, hosts: told, problems: problems.map((problem) => inOneLine([problem])) },
    null,
    2,
  );
}

/** A time that no calendar holds, of a clock that is far out, is as good as not known. */
function time(ms: number | null | undefined): string | null {
  const date = new Date(ms ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** @returns the arguments, or what is wrong with them, in one sentence */
function parse(args: readonly string[]): Parsed | string {
  const words = parseWords(args, STATUS);
  if (typeof words === 'string') return words;
  const hosts = parseHosts(words.positionals);
  if (typeof hosts === 'string') return hosts;
  return { hosts, json: words.values.json === true, check: words.values.check === true };
}
