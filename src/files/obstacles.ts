import { lstat, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { shellQuoted } from '../hosts/quoting.ts';

/**
 * The command that gives a person back what `sudo` left as root's in a directory of theirs.
 * @param path absolute; it need not be there, nor within reach
 * @param uid the effective user id; undefined: whoever the directory belongs to
 * @returns undefined: nothing of root's lies in a directory of this person
 */
export async function chownRemedy(path: string, uid?: number): Promise<string | undefined> {
  let roots: { place: string; isDirectory: boolean } | undefined;
  for (let place = path; ; place = dirname(place)) {
    const stats = await lstat(place).catch(() => undefined);
    if (stats !== undefined && stats.uid !== 0) {
      if (roots === undefined || (uid !== undefined && stats.uid !== uid)) return undefined;
      const whole = roots.isDirectory ? '-R ' : '';
      return `sudo chown ${whole}${stats.uid}:${stats.gid} ${shellQuoted(roots.place)}`;
    }
    // What can't be looked at lies in a directory that is told instead.
    if (stats !== undefined) roots = { place, isDirectory: stats.isDirectory() };
    if (place === dirname(place)) return undefined;
  }
}

/**
 * Whether a file is a mount point of its own, as containers are given single files: it can be written to, and not be
 * replaced. That its device is another than its directory's would not tell: so it is on overlayfs for many a file.
 * @param target absolute, without symbolic links
 * @returns false also where nobody tells (no /proc)
 */
export async function isMountPoint(target: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  let table: string;
  try {
    table = await readFile('/proc/self/mountinfo', 'utf8');
  } catch {
    // A sandbox without /proc: then the attempt tells.
    return false;
  }
  return table.split('\n').some((line) => unescaped(line.split(' ', 5)[4] ?? '') === target);
}

/** proc(5): blanks and backslashes in paths are written in octal. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
