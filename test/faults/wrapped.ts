import { inNamespaces } from '../e2e/as-root.ts';
import type { Arranged, World } from './fault.ts';

/** The program started by a shell. @param script ends with `"$0" "$@"`, which is the program */
export function byShell({ program }: World, script: string): Arranged {
  return { command: ['/bin/sh', '-c', script, ...program] };
}

/** The program started by another one, such as `prlimit`. */
export function by({ program }: World, ...words: readonly [string, ...string[]]): Arranged {
  return { command: [...words, ...program] };
}

/** The program in namespaces of its own. @param prepare what a shell does there first, as root */
export function apart({ program }: World, flags: readonly string[], prepare?: string): Arranged {
  return { command: inNamespaces({ command: program }, flags, prepare).command };
}
