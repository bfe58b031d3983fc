import type { FileRepair } from '../../engines/edits/file-repairs.ts';
import type { Reason } from '../../hosts/reason.ts';

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
