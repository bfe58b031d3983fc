import { type Fix as Remedy, withoutSecrets } from '../../hosts/reason.ts';

/**
 * How bad a finding is. `ok`: it is as it should be; `note`: worth knowing, and no fault; `warning`: it works now, and
 * will not one day, or not everywhere; `problem`: something does not work; `skipped`: it could not be looked at, or
 * there was no need.
 */
export type Status = 'ok' | 'note' | 'warning' | 'problem' | 'skipped';

/** What a check found. None of its words holds a secret. */
export interface Finding {
  readonly status: Status;
  /** What it saw, as a sentence without its full stop: which file, host or context, and what is there. */
  readonly saw: string;
  /** Why that matters, as a sentence without its full stop. */
  readonly why?: string | undefined;
  /** A command to paste that mends it, or a sentence with a capital; see `fixText`. */
  readonly mend?: string | undefined;
  /** The registry host that it is about, if it is about one. */
  readonly host?: string | undefined;
  /** Who is named in its words: a report for others leaves that out. */
  readonly user?: string | undefined;
  /** How `--fix` mends it; without it only the user can. */
  readonly fix?: Fix | undefined;
}

/** What `--fix` can do about a finding. */
export interface Fix {
  /** Two findings with the same key are mended by one fix: the file, or the thing, that it changes. */
  readonly key: string;
  /** What it is going to do, in sentences. Changes nothing. @throws AppError if it can't be done */
  preview(): Promise<readonly string[]>;
  /** Does it. @returns what it did, in sentences. @throws AppError if it can't be done */
  apply(): Promise<readonly string[]>;
}

/** A finding, and the check that it is from. */
export interface CheckedFinding extends Finding {
  readonly check: string;
}

/** @returns whether nothing needs mending: neither a problem nor a warning */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status !== 'problem' && status !== 'warning');
}

/** @returns what fixes a thing, as `mend` has it */
export function fixText(fix: Remedy | undefined): string | undefined {
  if (fix === undefined) return undefined;
  return withoutSecrets('run' in fix ? fix.run : fix.do);
}
