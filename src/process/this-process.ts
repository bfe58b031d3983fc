import { readKey, readReadyFile } from '../files/answer-file.ts';
import { cacheDirectory, type Place } from '../files/directories.ts';
import { bootId, stampOf, uptimeMs } from '../files/hot-files.ts';
import { readReady } from '../files/ready-record.ts';
import type { KeptAnswer, SaidAnswer } from '../hosts/answer.ts';
import type { Moment } from '../hosts/clock.ts';

/** Where this process stands. */
export function place(): Place {
  return { platform: process.platform, env: process.env, uid: process.geteuid?.() };
}

/**
 * Ends the process at once. `process.exit` would run handlers and wait for streams that nothing was written to;
 * both runtimes have this function below it.
 */
export function exit(status: number): void {
  (process as unknown as { reallyExit(status: number): void }).reallyExit(status);
}

/**
 * Has the system leave the memory of this process, and of the programs that it starts from now on, out of core files:
 * a crash leaves no secret on the disk. It changes nothing where there is no /proc (macOS and Windows write no such
 * files by default).
 */
export function leaveMemoryOutOfCoreFiles(): void {
  writeCoreFileFilter('0');
}

/** @param mask the kinds of memory to write: core(5), "Controlling which mappings are written to the core dump" */
export function writeCoreFileFilter(mask: string): void {
  if (process.platform !== 'linux') return;
  const { closeSync, constants, openSync, writeSync } = process.getBuiltinModule('node:fs');
  let fd: number;
  try {
    fd = openSync('/proc/self/coredump_filter', constants.O_WRONLY);
  } catch {
    // No /proc, or one that is read-only.
    return;
  }
  try {
    writeSync(fd, mask);
  } catch {
    // A sandbox that forbids it: no reason to serve less.
  } finally {
    closeSync(fd);
  }
}

/** The working directory; empty if it was deleted. */
export function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    // ENOENT: engines may be started from a directory that is gone.
    return '';
  }
}

/** This moment, by both clocks. */
export function moment(): Moment {
  return { wallMs: Date.now(), uptimeMs: uptimeMs() };
}

/** What may be repeated for a host, if all its conditions hold. */
export function recall(host: string, here: Place): SaidAnswer | KeptAnswer | null {
  const cache = cacheDirectory(here);
  const text = cache === null ? null : readReadyFile(cache, host, here.uid);
  const key = text === null || cache === null ? null : readKey(cache, here.uid);
  if (text === null || key === null) return null;
  const { env, uid } = here;
  const world = { env, uid, key, now: moment(), bootId: bootId(), workingDirectory, stampOf };
  const answer = readReady(text, host, world);
  return answer?.kind === 'said' && answer.status === 0 && !isJson(answer.out) ? null : answer;
}

/** What was written by `formatReady` is; callers take it apart. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // The answer is decided anew.
    return false;
  }
}
