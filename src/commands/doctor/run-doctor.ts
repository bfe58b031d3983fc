import type { FileRepair } from '../../engines/edits/file-repairs.ts';
import { AppError, describeError, reasonOf } from '../../hosts/reason.ts';
import type { Printer, Terminal } from '../../process/terminal.ts';
import { runAsCommand } from '../parse-words.ts';
import { type DoctorArguments, doctorCommand, parseDoctorArguments } from './arguments.ts';
import { type Check, type CheckedFinding, isWell, runChecks } from './check.ts';
import { DOCTOR } from './declaration.ts';
import { gatherFacts } from './facts.ts';
import type { Machine } from './machine.ts';
import { type Report, reportForJson, reportInLines } from './report.ts';

/** How long the checks may take in all. */
const CHECKS_MS = 5000;

export interface DoctorPorts extends Printer {
  readonly terminal: Terminal;
  readonly checks: readonly Check[];
  /** This machine anew, with nothing read of it: also after something was fixed. */
  machine(): Machine;
  /** Writes certificates in PEM to stdout as they are: base64 may look like a secret, and be blacked out. */
  writeCertificates(pem: string): void;
  /** Writes the report for a bug tracker. @returns the lines that tell what was written. @throws AppError */
  writeBundle(path: string, report: Report): Promise<readonly string[]>;
}

/** A report, and what previews and carries out the repairs in it. */
interface Diagnosis extends Report {
  readonly preview: RepairAct;
  readonly apply: RepairAct;
}

/**
 * `doctor`: looks at all that a pull depends on, and says what is wrong, why it matters and what fixes it.
 * @returns the exit status: 0 if all is well, 1 if there is a problem or a warning, or `--fix` has nobody to ask, 2 for a
 *   wrong command line
 */
export function runDoctor(args: readonly string[], ports: DoctorPorts): Promise<number> {
  return runAsCommand(DOCTOR, parseDoctorArguments(args), ports, async (parsed) => {
    if (parsed.authority && parsed.subject.kind === 'host') return printAuthority(parsed.subject.host, ports);
    if (parsed.fix && !parsed.yes && (parsed.json || !ports.terminal.isInteractive)) throw needsYes(parsed);
    const diagnosis = await diagnose(parsed, ports);
    if (!parsed.fix) return tell(diagnosis, parsed, ports);
    const fixed = await repair(diagnosis, parsed, ports);
    if (fixed === undefined) return 1;
    return tell({ ...(await diagnose(parsed, ports)), fixed }, parsed, ports);
  });
}

/** @throws AppError if none is needed, or none is at hand */
async function printAuthority(host: string, ports: DoctorPorts): Promise<number> {
  const found = await ports.machine().registryAuthority(host);
  if (typeof found === 'object') {
    ports.writeCertificates(found.pem);
    return 0;
  }
  const message =
    found === 'system'
      ? `The system's roots verify the certificate of ${host}: no engine needs another authority for it`
      : `${host} can't be reached, or nothing at hand verifies its certificate: neither the kubeconfig's authority, nor kube-root-ca.crt of your namespace, nor an engine's`;
  throw new AppError({
    code: found === 'system' ? 'authority-not-needed' : 'no-authority',
    message,
    fix: { run: `docker-credential-openshift doctor ${host}` },
  });
}

async function diagnose(parsed: DoctorArguments, ports: DoctorPorts): Promise<Diagnosis> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), CHECKS_MS);
  if (!parsed.json) ports.terminal.progress('Looking …');
  try {
    const facts = await gatherFacts(parsed, ports.machine());
    const preview: RepairAct = (one) => facts.previewRepair(one, facts);
    const checking = runChecks(ports.checks, facts, deadline.signal);
    const [findings, lookups] = await Promise.all([checking, facts.lookups()]);
    return {
      subject: parsed.subject,
      findings: await withFeasibleRepairs(findings, preview),
      lookups,
      fixed: [],
      preview,
      apply: (one) => facts.applyRepair(one, facts),
    };
  } finally {
    clearTimeout(timer);
    ports.terminal.progress('');
  }
}

/** @returns what was done, in sentences; undefined if the user did not want it */
async function repair(
  diagnosis: Diagnosis,
  parsed: DoctorArguments,
  ports: DoctorPorts,
): Promise<readonly string[] | undefined> {
  const repairs = repairsOf(diagnosis.findings);
  if (repairs.length === 0) {
    if (!parsed.json) ports.print('There is nothing that --fix can do.');
    return [];
  }
  if (!parsed.yes) {
    const { findings } = reportInLines(diagnosis, '', ports.terminal);
    const { done, failed } = await eachRepair(repairs, diagnosis.preview);
    for (const line of [...findings, '']) ports.print(line);
    for (const sentence of [...done, ...failed]) ports.print(`- ${sentence}`);
    if (!(await ports.terminal.confirm('Do this?'))) {
      ports.printError('Nothing was changed.');
      return undefined;
    }
  }
  const { done, failed } = await eachRepair(repairs, diagnosis.apply);
  for (const sentence of failed) ports.printError(sentence);
  return done;
}

async function tell(report: Report, parsed: DoctorArguments, ports: DoctorPorts): Promise<number> {
  if (parsed.bundle !== undefined) {
    for (const line of await ports.writeBundle(parsed.bundle, report)) ports.print(line);
  } else if (parsed.json) {
    ports.print(JSON.stringify(reportForJson(report), null, 2));
  } else {
    for (const line of linesOf(report, parsed, ports.terminal)) ports.print(line);
  }
  return isWell(report.findings) ? 0 : 1;
}

/** The verdict and what is not well first: nobody has to look for it among what is. */
function linesOf(report: Report, parsed: DoctorArguments, terminal: Terminal): readonly string[] {
  const fixing = doctorCommand({ ...parsed, fix: true, yes: false });
  const { verdict, findings, rest, winners, steps } = reportInLines(report, fixing, terminal);
  const done = report.fixed.map((sentence) => `Fixed: ${sentence}`);
  if (parsed.verbose) return [...done, verdict, ...findings, '', ...rest, ...steps];
  const last = winners.length === 0 ? [] : ['', ...winners];
  return [...done, verdict, ...findings, ...last];
}

function needsYes(parsed: DoctorArguments): AppError {
  return new AppError({
    code: 'doctor-needs-yes',
    message: '--fix asks before it changes anything, and here is nobody to ask',
    fix: { run: doctorCommand({ ...parsed, yes: true }) },
  });
}

/** Previews or carries out a repair. @returns what it does, in sentences. @throws AppError if it can't be done */
export type RepairAct = (repair: FileRepair) => Promise<readonly string[]>;

/** @returns what can be repaired, each file once, in the order of the findings */
function repairsOf(findings: readonly CheckedFinding[]): readonly FileRepair[] {
  const files = findings.flatMap(({ repair }) => repair?.file ?? []);
  return [...new Set(files)].map((file) => ({ file }));
}

/**
 * The findings, without the repairs that can't be carried out as things are: what is in the way, and what fixes that, is
 * told instead.
 */
async function withFeasibleRepairs(
  findings: readonly CheckedFinding[],
  preview: RepairAct,
): Promise<readonly CheckedFinding[]> {
  const faults = new Map<string, AppError>();
  for (const repair of repairsOf(findings)) {
    try {
      await preview(repair);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      faults.set(repair.file, error);
    }
  }
  return findings.map((finding) => {
    const fault = finding.repair === undefined ? undefined : faults.get(finding.repair.file);
    if (fault === undefined) return finding;
    const { why, fix } = reasonOf(fault);
    const inTheWay = `--fix can't do it: ${why}`;
    const effect = finding.effect === undefined ? inTheWay : `${finding.effect}. ${inTheWay}`;
    return { ...finding, effect, fix, repair: undefined };
  });
}

/**
 * Previews or carries out all repairs, one after the other; one that fails keeps no other from being done.
 * @returns what was done, and what could not be done and why, in sentences
 */
async function eachRepair(
  repairs: readonly FileRepair[],
  act: RepairAct,
): Promise<{ readonly done: readonly string[]; readonly failed: readonly string[] }> {
  const done: string[] = [];
  const failed: string[] = [];
  for (const repair of repairs) {
    try {
      done.push(...(await act(repair)));
    } catch (error) {
      // A file that can't be edited is told, with what fixes it; a defect goes up.
      if (!(error instanceof AppError)) throw error;
      failed.push(describeError(error));
    }
  }
  return { done, failed };
}
