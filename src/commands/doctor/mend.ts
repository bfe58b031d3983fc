import { AppError, describeError, withoutSecrets } from '../../hosts/reason.ts';
import { type CheckedFinding, type Fix, fixText } from './finding.ts';

/** @returns what can be mended, each thing once, in the order of the findings */
export function fixesOf(findings: readonly CheckedFinding[]): readonly Fix[] {
  const fixes = new Map<string, Fix>();
  for (const { fix } of findings) if (fix !== undefined && !fixes.has(fix.key)) fixes.set(fix.key, fix);
  return [...fixes.values()];
}

/**
 * The findings, without the fixes that can't be carried out as things are: what is in the way, and what mends that, is told
 * instead.
 */
export async function withFeasibleFixes(
  findings: readonly CheckedFinding[],
): Promise<readonly CheckedFinding[]> {
  const faults = new Map<string, AppError>();
  for (const { key, preview } of fixesOf(findings)) {
    try {
      await preview();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      faults.set(key, error);
    }
  }
  return findings.map((finding) => {
    const fault = finding.fix === undefined ? undefined : faults.get(finding.fix.key);
    if (fault === undefined) return finding;
    const inTheWay = `--fix can't mend it: ${withoutSecrets(fault.message)}`;
    const why = finding.why === undefined ? inTheWay : `${finding.why}. ${inTheWay}`;
    const mend = fixText(fault.fix);
    return { ...finding, why, mend, fix: undefined };
  });
}

/** @returns what all fixes are going to do, and which can't be done and why, in sentences */
export async function previewOf(fixes: readonly Fix[]): Promise<readonly string[]> {
  const { done, failed } = await each(fixes, (fix) => fix.preview());
  return [...done, ...failed];
}

/**
 * Carries out all fixes, one after the other; one that fails keeps no other from being done.
 * @returns what was done, and what could not be done and why, in sentences
 */
export function carryOut(fixes: readonly Fix[]): Promise<Outcome> {
  return each(fixes, (fix) => fix.apply());
}

interface Outcome {
  readonly done: readonly string[];
  readonly failed: readonly string[];
}

async function each(fixes: readonly Fix[], act: (fix: Fix) => Promise<readonly string[]>): Promise<Outcome> {
  const done: string[] = [];
  const failed: string[] = [];
  for (const fix of fixes) {
    try {
      done.push(...(await act(fix)));
    } catch (error) {
      // A file that can't be edited is told, with what mends it; a defect goes up.
      if (!(error instanceof AppError)) throw error;
      failed.push(describeError(error));
    }
  }
  return { done, failed };
}
