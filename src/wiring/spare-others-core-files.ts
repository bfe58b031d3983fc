import { readFileSync } from 'node:fs';
import { leaveMemoryOutOfCoreFiles, writeCoreFileFilter } from './this-process.ts';

/** Starts a program whose core files are to be what they would be without us. */
export type StartOther = <T>(start: () => T) => T;

/**
 * Leaves the memory of this process out of core files, and that of the programs it starts, but for those that are
 * started by what is returned: a program inherits this at its start, and a person's browser is no place for our secrets.
 */
export function leaveOnlyOwnMemoryOut(): StartOther {
  const before = coreFileFilter();
  leaveMemoryOutOfCoreFiles();
  return (start) => {
    if (before === undefined) return start();
    writeCoreFileFilter(before);
    try {
      return start();
    } finally {
      leaveMemoryOutOfCoreFiles();
    }
  };
}

/** @returns the mask as the kernel reads it; undefined where there is none */
function coreFileFilter(): string | undefined {
  try {
    return `0x${readFileSync('/proc/self/coredump_filter', 'utf8').trim()}`;
  } catch {
    // Not Linux, or no /proc.
    return undefined;
  }
}
