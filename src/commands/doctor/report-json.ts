import { VERSION } from '../version.ts';
import { type CheckedFinding, isWell } from './finding.ts';
import type { Lookup } from './lookup.ts';
import { type Subject, subjectInWords } from './subject.ts';

/** The layout of `--json`. It counts up when a key changes its meaning or goes; new keys may come without that. */
const FORMAT = 1;

/** What `doctor` found out. */
export interface Report {
  readonly subject: Subject;
  readonly findings: readonly CheckedFinding[];
  readonly lookups: readonly Lookup[];
  /** What `--fix` did, in sentences. */
  readonly mended: readonly string[];
}

/** @returns the report as a value for JSON; its shape is described in docs/doctor.md */
export function reportForJson({ subject, findings, lookups, mended }: Report): object {
  return {
    format: FORMAT,
    version: VERSION,
    subject: subjectInWords(subject),
    well: isWell(findings),
    findings: findings.map(({ check, status, host, saw, why, mend, fix }) => ({
      check,
      status,
      host: host ?? null,
      saw,
      why: why ?? null,
      mend: mend ?? null,
      fixable: fix !== undefined,
    })),
    lookups,
    mended,
  };
}
