import type { FileRepair } from '../../engines/edits/file-repairs.ts';
import type { Engine } from '../../engines/engines.ts';
import { AppError, type Reason, reasonOf, withoutSecrets } from '../../hosts/reason.ts';
import type { Facts } from './facts.ts';
import type { Target } from './scope.ts';

/**
 * One thing that `doctor` looks at. Checks run side by side and know nothing of each other; whatever one throws becomes
 * a finding of its own. They change nothing but what the helper itself remembers.
 */
export interface Check {
  /** Its stable name, in kebab-case: `--json` and the docs carry it. */
  readonly id: string;
  /** What it looks at, in the words of docs/doctor.md. */
  readonly title: string;
  /** Whom it asks: this machine alone, or clusters and registries too. */
  readonly needs: 'machine' | 'network';
  /**
   * It is run for each thing that an engine asks for, and told of which engine, where they differ. `any`: of several that
   * one engine tries it is enough that one serves: what is wrong with the others is no fault then.
   */
  readonly per?: 'target' | 'any target';
  run(facts: Facts): Promise<readonly Finding[]>;
}

/**
 * Runs all checks side by side, until `signal` aborts.
 * @returns what they found, in the order of the checks. A check that throws, or is late, has a finding that says so.
 */
export async function runChecks(
  checks: readonly Check[],
  facts: Facts,
  signal: AbortSignal,
): Promise<readonly CheckedFinding[]> {
  return (await Promise.all(checks.map((check) => runOne(check, facts, signal)))).flat();
}

async function runOne(check: Check, facts: Facts, signal: AbortSignal): Promise<CheckedFinding[]> {
  let onAbort: () => void = () => {};
  const timeUp = new Promise<readonly Finding[]>((resolve) => {
    onAbort = () => resolve([lateness(check)]);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const run = check.per === undefined ? check.run(facts) : runForEach(check, facts);
    return (await Promise.race([run, timeUp])).map((finding) => ({ check: check.id, ...finding }));
  } catch (error) {
    // One check's fault keeps no other from being told; what it is, is a finding.
    return [{ check: check.id, ...failure(check, error) }];
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function lateness({ id }: Check): Finding {
  return late(`The check ${id} was not done when the time was up`);
}

/** @returns what is told of something that could not be found out in its time */
export function late(why: string): Finding {
  return {
    status: 'warning',
    code: 'check-late',
    why,
    effect: 'Something that it waits for does not answer, or this machine is very busy',
    fix: { do: 'Run doctor again; if it stays so, run it with --bundle FILE and report it.' },
  };
}

function failure({ id }: Check, error: unknown): Finding {
  if (error instanceof AppError) {
    const reason = reasonOf(error);
    return { status: 'problem', ...reason, why: withoutSecrets(reason.why) };
  }
  return {
    status: 'problem',
    code: 'check-failed',
    why: `The check ${id} failed: ${withoutSecrets(reasonOf(error).why)}`,
    effect: 'That is a defect of this program; what the check looks at is not known',
    fix: { do: 'Run doctor with --bundle FILE and report it.' },
  };
}

async function runForEach(check: Check, facts: Facts): Promise<readonly Finding[]> {
  const results = await Promise.all(
    facts.targets.map(async (target) => ({ target, findings: await check.run(narrowed(facts, target)) })),
  );
  const findings = results.flatMap(({ target, findings: own }) => {
    const others = results.filter((other) => other.target !== target);
    const isServed = target.engines.every((engine) =>
      others.some((other) => other.target.engines.includes(engine) && serves(other.findings)),
    );
    const spared = isServed && check.per === 'any target' ? own.map(asNote) : own;
    const isForAll = facts.engines.every((engine) => target.engines.includes(engine));
    return isForAll ? spared : spared.map((finding) => attributed(target.engines, finding));
  });
  const keys = findings.map(({ host, why, status }) => JSON.stringify([host, why, status]));
  return findings.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

function narrowed(facts: Facts, { engines, subject, hosts, named }: Target): Facts {
  if (subject.kind === 'all') return { ...facts, engines, subject };
  const those = (names: readonly string[]) => names.filter((host) => hosts.includes(host));
  const [ours, anonymous, unclaimed] = [facts.ours, facts.anonymous, facts.unclaimed].map(those);
  return {
    ...facts,
    engines,
    subject,
    hosts,
    named,
    ours: ours ?? [],
    anonymous: anonymous ?? [],
    unclaimed: unclaimed ?? [],
  };
}

function serves(findings: readonly Finding[]): boolean {
  const has = (status: Finding['status']) => findings.some((finding) => finding.status === status);
  return has('ok') && !has('problem');
}

function asNote(finding: Finding): Finding {
  return finding.status === 'problem' ? { ...finding, status: 'note' } : finding;
}

function attributed(engines: readonly Engine[], finding: Finding): Finding {
  const names = engines.join(' and ');
  return finding.why.startsWith(`${names} `) ? finding : { ...finding, why: `${names}: ${finding.why}` };
}

/**
 * How bad a finding is. `ok`: it is as it should be; `note`: worth knowing, and no fault; `warning`: it works now, and
 * will not one day, or not everywhere; `problem`: something does not work; `skipped`: it could not be looked at, or
 * there was no need.
 */
export type Status = 'ok' | 'note' | 'warning' | 'problem' | 'skipped';

/**
 * What a check found: a reason with its stable code, what it names (`why`: which file, host or context, and what is
 * there) and what fixes it. None of its words holds a secret.
 */
export interface Finding extends Reason {
  readonly status: Status;
  /** What comes of it, as a sentence without its full stop. */
  readonly effect?: string | undefined;
  /** The registry host that it is about, if it is about one. */
  readonly host?: string | undefined;
  /** Who is named in its words: a report for others leaves that out. */
  readonly user?: string | undefined;
  /** What `--fix` changes; without it only the user can. */
  readonly repair?: FileRepair | undefined;
}

/** A finding, and the check that it is from. */
export interface CheckedFinding extends Finding {
  readonly check: string;
}

/** @returns whether nothing needs fixing: neither a problem nor a warning */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status !== 'problem' && status !== 'warning');
}
