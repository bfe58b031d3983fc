import { readFileSync } from 'node:fs';
import { coreFileLimit, limitCoreFiles, writeNoCoreFiles } from './core-file-limit.ts';
import { leaveMemoryOutOfCoreFiles, writeCoreFileFilter } from './this-process.ts';

/** Starts a program whose core files are to be what they would be without us. */
export type StartOther = <T>(start: () => T) => T;

/**
 * Has the system write no core files of this process and leave memory out of them, and so for the programs it starts, but
 * for those that are started by what is returned: a program inherits this at its start, and a person's browser is no place
 * for our secrets.
 */
export function leaveOnlyOwnMemoryOut(): StartOther {
  const before = coreFileFilter();
  const limit = coreFileLimit();
  leaveMemoryOutOfCoreFiles();
  writeNoCoreFiles();
  return (start) => {
    if (before === undefined) return start();
    writeCoreFileFilter(before);
    if (limit !== undefined && limit !== '0') limitCoreFiles(limit);
    try {
      return start();
    } finally {
      leaveMemoryOutOfCoreFiles();
      writeNoCoreFiles();
    }
  };
}

/** @returns the mask as the kernel reads it; undefined where there is none */
function coreFileFilter(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return `0x${readFileSync('/proc/self/coredump_filter', 'utf8').trim()}`;
  } catch {
    // A sandbox without /proc.
    return undefined;
  }
}
