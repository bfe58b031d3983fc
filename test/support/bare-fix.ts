import type { Fix } from '../../src/hosts/reason.ts';

/** The command or the sentence of a fix; empty: there is none. */
export function bareFix(fix: Fix | undefined): string {
  if (fix === undefined) return '';
  return 'run' in fix ? fix.run : fix.do;
}
