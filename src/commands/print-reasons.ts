import { inLines, type Reason } from '../hosts/reason.ts';

/** Prints each reason in a line, and below it what fixes it. */
export function printReasons(reasons: readonly Reason[], print: (line: string) => void): void {
  for (const { why, fix } of inLines(reasons)) {
    print(why);
    if (fix !== undefined) print(`  ${fix}`);
  }
}
