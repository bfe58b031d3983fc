import type { FileRepair } from '../../engines/edits/file-repairs.ts';
import { AppError, describeError, reasonOf } from '../../hosts/reason.ts';
import type { CheckedFinding } from './finding.ts';

/** Previews or carries out a repair. @returns what it does, in sentences. @throws AppError if it can't be done */
export type RepairAct = (repair: FileRepair) => Promise<readonly string[]>;

/** @returns what can be repaired, each file once, in the order of the findings */
export function repairsOf(findings: readonly CheckedFinding[]): readonly FileRepair[] {
  const files = findings.flatMap(({ repair }) => repair?.file ?? []);
  return [...new Set(files)].map((file) => ({ file }));
}

/**
 * The findings, without the repairs that can't be carried out as things are: what is in the way, and what fixes that, is
 * told instead.
 */
export async function withFeasibleRepairs(
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
export async function eachRepair(
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
