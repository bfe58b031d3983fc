import { execFile } from 'node:child_process';

/** `cp` is done in a millisecond, but where a file system hangs. */
const LONGEST_MS = 5000;

/**
 * Gives a file the permissions of another, its access control list among them, and its user's extended attributes; what a
 * default list of the directory gave it goes. Node has no call for these, GNU's `cp` has (docs/decisions/0014).
 * @returns whether all of them were copied; false, too, where this system's `cp` can't (busybox) or there is none
 */
export function copyAttributes(from: string, to: string): Promise<boolean> {
  const args = ['--attributes-only', '--preserve=mode,xattr', '--', from, to];
  return new Promise((resolve) => {
    execFile('cp', args, { timeout: LONGEST_MS }, (error) => resolve(error === null));
  });
}
