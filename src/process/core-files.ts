import { readFileSync } from 'node:fs';
import { leaveMemoryOutOfCoreFiles, writeCoreFileFilter } from './this-process.ts';

/** util-linux's: Node and Bun have no setrlimit. */
const PRLIMIT = '/usr/bin/prlimit';
const PRLIMIT_MS = 500;

/**
 * Has the system write no core file of this process, nor of the programs that it starts from now on: even without the
 * memory, the registers in one may hold pieces of a token. Where none would be written, which is how most systems are,
 * nothing is done; neither where there is no prlimit.
 */
export function writeNoCoreFiles(): void {
  outliveFullFiles();
  const limit = coreFileLimit();
  if (limit !== undefined && limit !== '0') limitCoreFiles('0');
}

/** A file that grows beyond the limit for files (`ulimit -f`) is an error like a full disk, and not the end of the process. */
function outliveFullFiles(): void {
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});
}

/** @returns the soft limit of core files, in bytes or `unlimited`; undefined where there is no /proc */
function coreFileLimit(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return /^Max core file size\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  } catch {
    // A sandbox without /proc.
    return undefined;
  }
}

/** Sets the soft limit of this process; the hard one stays, so that other programs may raise theirs. */
function limitCoreFiles(soft: string): void {
  // Not by `import`: every `get` of a stored secret comes by here, and on most systems no limit has to be set.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  spawnSync(PRLIMIT, ['--pid', String(process.pid), `--core=${soft}:`], {
    stdio: 'ignore',
    timeout: PRLIMIT_MS,
  });
}

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
