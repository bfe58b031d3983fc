import { AppError, describeError } from '../../credential/app-error.ts';
import type { CheckedFinding, Fix } from './finding.ts';

/** @returns what can be mended, each thing once, in the order of the findings */
export function fixesOf(findings: readonly CheckedFinding[]): readonly Fix[] {
  const fixes = new Map<string, Fix>();
  for (const { fix } of findings) if (fix !== undefined && !fixes.has(fix.key)) fixes.set(fix.key, fix);
  return [...fixes.values()];
}

/**
 * Carries out all fixes, one after the other; one that fails keeps no other from being done.
 * @returns what was done, and what could not be done and why, in sentences
 */
export async function carryOut(
  fixes: readonly Fix[],
): Promise<{ done: readonly string[]; failed: readonly string[] }> {
  const done: string[] = [];
  const failed: string[] = [];
  for (const fix of fixes) {
    try {
      done.push(...(await fix.apply()));
    } catch (error) {
      // A file that can't be edited is told, with what mends it; a defect goes up.
      if (!(error instanceof AppError)) throw error;
      failed.push(describeError(error));
    }
  }
  return { done, failed };
}
