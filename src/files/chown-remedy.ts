import { lstat } from 'node:fs/promises';
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
    const found = await lstat(place).catch(() => undefined);
    if (found !== undefined && found.uid !== 0) {
      if (roots === undefined || (uid !== undefined && found.uid !== uid)) return undefined;
      const whole = roots.isDirectory ? '-R ' : '';
      return `sudo chown ${whole}${found.uid}:${found.gid} ${shellQuoted(roots.place)}`;
    }
    // What can't be looked at lies in a directory that is told instead.
    if (found !== undefined) roots = { place, isDirectory: found.isDirectory() };
    if (place === dirname(place)) return undefined;
  }
}
