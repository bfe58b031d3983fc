import type { Answer } from '../../src/hosts/answer.ts';
import { inOneLine, type Reason } from '../../src/hosts/reason.ts';

/** Why there is no credential, as an engine shows it; undefined: there is one, or nothing is said. */
export function said(answer: Answer): string | undefined {
  return answer.kind === 'anonymous' && answer.reasons.length > 0 ? inOneLine(answer.reasons) : undefined;
}

/** What is said beside a credential, as an engine shows it; undefined: nothing. */
export function warned({ warnings }: { readonly warnings?: readonly Reason[] }): string | undefined {
  return warnings === undefined ? undefined : inOneLine(warnings);
}

/** The codes of what is said, in its order. */
export function codesOf(answer: Answer): readonly string[] {
  return answer.kind === 'anonymous' ? answer.reasons.map(({ code }) => code) : [];
}
