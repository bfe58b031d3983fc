import { readFileSync } from 'node:fs';

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
export function coreFileLimit(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return /^Max core file size\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  } catch {
    // A sandbox without /proc.
    return undefined;
  }
}

/** Sets the soft limit of this process; the hard one stays, so that other programs may raise theirs. */
export function limitCoreFiles(soft: string): void {
  // Not by `import`: every `get` of a stored secret comes by here, and on most systems no limit has to be set.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  spawnSync(PRLIMIT, ['--pid', String(process.pid), `--core=${soft}:`], {
    stdio: 'ignore',
    timeout: PRLIMIT_MS,
  });
}
