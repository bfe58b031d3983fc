import { AppError } from '../../hosts/reason.ts';
import { type Printer, runAsCommand } from '../run-as-command.ts';
import type { Terminal } from '../terminal.ts';
import type { Check, CheckContext, CheckedHosts } from './check.ts';
import { DOCTOR } from './declaration.ts';
import { isWell } from './finding.ts';
import type { Lookup } from './lookup.ts';
import { carryOut, fixesOf, previewOf, withFeasibleFixes } from './mend.ts';
import { type DoctorArguments, doctorCommand, parseDoctorArguments } from './parse-arguments.ts';
import { findingsInLines, lookupInLines, summary } from './print-report.ts';
import { type Report, reportForJson } from './report-json.ts';
import { runChecks } from './run-checks.ts';

/** The machine as it is at one moment: files are read once for all checks. */
export interface Examination {
  readonly checks: readonly Check[];
  /** The registry hosts to look at, and whose they are. */
  hosts(): Promise<CheckedHosts>;
  /** What the engines will do for the subject; empty if it names no registry. */
  lookups(context: CheckContext): Promise<readonly Lookup[]>;
}

export interface DoctorPorts extends Printer {
  readonly terminal: Terminal;
  /** Looks at the machine anew: also after mending. */
  examine(parsed: DoctorArguments): Examination;
  /** @returns a signal that aborts when the time for the checks is up, and how to take it back */
  deadline(): { signal: AbortSignal; clear(): void };
  /** Writes the report for a bug tracker. @returns the lines that tell what was written. @throws AppError */
  writeBundle(path: string, report: Report): Promise<readonly string[]>;
}

/**
 * `doctor`: looks at all that a pull depends on, and says what is wrong, why it matters and what mends it.
 * @returns the exit status: 0 if all is well, 1 if there is a problem or a warning, or `--fix` has nobody to ask, 2 for a
 *   wrong command line
 */
export function runDoctor(args: readonly string[], ports: DoctorPorts): Promise<number> {
  return runAsCommand(DOCTOR, parseDoctorArguments(args), ports, async (parsed) => {
    if (parsed.fix && !parsed.yes && (parsed.json || !ports.terminal.isInteractive)) throw needsYes(parsed);
    const report = await diagnose(parsed, ports);
    if (!parsed.fix) return tell(report, parsed, ports);
    const mended = await mend(report, parsed, ports);
    if (mended === undefined) return 1;
    return tell({ ...(await diagnose(parsed, ports)), mended }, parsed, ports);
  });
}

async function diagnose(parsed: DoctorArguments, ports: DoctorPorts): Promise<Report> {
  const { subject, engines } = parsed;
  const examination = ports.examine(parsed);
  const { signal, clear } = ports.deadline();
  if (!parsed.json) ports.terminal.progress('Looking …');
  try {
    const context = { subject, engines, ...(await examination.hosts()), signal };
    const [findings, lookups] = await Promise.all([
      runChecks(examination.checks, context),
      examination.lookups(context),
    ]);
    return { subject, findings: await withFeasibleFixes(findings), lookups, mended: [] };
  } finally {
    clear();
    ports.terminal.progress('');
  }
}

/** @returns what was done, in sentences; undefined if the user did not want it */
async function mend(
  report: Report,
  parsed: DoctorArguments,
  ports: DoctorPorts,
): Promise<readonly string[] | undefined> {
  const fixes = fixesOf(report.findings);
  if (fixes.length === 0) {
    if (!parsed.json) ports.print('There is nothing that --fix can mend.');
    return [];
  }
  if (!parsed.yes) {
    for (const line of findingsInLines(report.findings, ports.terminal)) ports.print(line);
    ports.print('');
    for (const sentence of await previewOf(fixes)) ports.print(`- ${sentence}`);
    if (!(await ports.terminal.confirm('Do this?'))) {
      ports.printError('Nothing was changed.');
      return undefined;
    }
  }
  const { done, failed } = await carryOut(fixes);
  for (const sentence of failed) ports.printError(sentence);
  return done;
}

async function tell(report: Report, parsed: DoctorArguments, ports: DoctorPorts): Promise<number> {
  const { findings, lookups, mended } = report;
  if (parsed.bundle !== undefined) {
    for (const line of await ports.writeBundle(parsed.bundle, report)) ports.print(line);
  } else if (parsed.json) {
    ports.print(JSON.stringify(reportForJson(report), null, 2));
  } else {
    for (const sentence of mended) ports.print(`Mended: ${sentence}`);
    for (const line of findingsInLines(findings, ports.terminal)) ports.print(line);
    for (const lookup of lookups) for (const line of lookupInLines(lookup, ports.terminal)) ports.print(line);
    ports.print('');
    ports.print(summary(findings, doctorCommand({ ...parsed, fix: true, yes: false })));
  }
  return isWell(findings) ? 0 : 1;
}

function needsYes(parsed: DoctorArguments): AppError {
  return new AppError({
    code: 'doctor-needs-yes',
    message: '--fix asks before it changes anything, and here is nobody to ask',
    fix: { run: doctorCommand({ ...parsed, yes: true }) },
  });
}
