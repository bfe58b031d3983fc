import { imageInWords } from '../../registry/image-reference.ts';
import { VERSION } from '../version.ts';
import { type CheckedFinding, isWell } from './finding.ts';
import type { Lookup } from './lookup.ts';
import type { Subject } from './subject.ts';

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

/** @returns what was asked about, in the words of the command line; null: everything */
export function subjectInWords(subject: Subject): string | null {
  switch (subject.kind) {
    case 'all':
      return null;
    case 'host':
      return subject.host;
    case 'image':
      return imageInWords(subject.image);
    case 'console':
      return subject.url.origin + subject.url.pathname;
  }
}
