import { readFileSync, readlinkSync } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { readPrivateFile } from './hot-files.ts';

/** Who holds a lock, beside the lock: one who was killed can't give it back. */
interface Holder {
  readonly pid: number;
  /** Where that number means a process. */
  readonly place: string;
  /** This very lock: the next one lies at the same path. */
  readonly lock: string;
}

function holderFile(lockDirectory: string): string {
  return `${lockDirectory}.holder`;
}

/** Notes this process as the holder of a lock that it has just taken. */
export async function noteHolder(lockDirectory: string): Promise<void> {
  const lock = await identityOf(lockDirectory);
  const place = pidPlace();
  if (lock === undefined || place === undefined) return;
  const holder: Holder = { pid: process.pid, place, lock };
  await writeFile(holderFile(lockDirectory), JSON.stringify(holder), { mode: 0o600 });
}

/** To be called before the lock is given back, or taken from one who can't give it back. */
export async function forgetHolder(lockDirectory: string): Promise<void> {
  await rm(holderFile(lockDirectory), { force: true });
}

/** What can be told of the process that holds a lock; `unknown`, too, for one on another machine. */
export async function holderState(
  lockDirectory: string,
  uid: number | undefined,
): Promise<'alive' | 'dead' | 'unknown'> {
  const text = readPrivateFile(holderFile(lockDirectory), uid, 4096);
  if (text === null) return 'unknown';
  let holder: Partial<Holder>;
  try {
    holder = JSON.parse(text) as Partial<Holder>;
  } catch {
    // It is being written just now.
    return 'unknown';
  }
  const { pid, place, lock } = holder;
  if (typeof pid !== 'number' || lock === undefined || place === undefined) return 'unknown';
  if (place !== pidPlace() || lock !== (await identityOf(lockDirectory))) return 'unknown';
  return isRunning(pid) ? 'alive' : 'dead';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is another user's by now.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** The time of birth tells apart what lies at one path, and in one inode, one after another. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, birthtimeNs } = await stat(path, { bigint: true });
    return birthtimeNs === 0n ? undefined : `${dev}:${ino}:${birthtimeNs}`;
  } catch {
    // Given back, or taken over, meanwhile.
    return undefined;
  }
}

/** A home may be shared by machines, and by containers with process numbers of their own. */
function pidPlace(): string | undefined {
  try {
    const boot = process.platform === 'linux' ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8') : '';
    const namespace = process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : '';
    return [hostname(), boot.trim(), namespace].join(' ');
  } catch {
    // No /proc: there is no telling whose number it is.
    return undefined;
  }
}
