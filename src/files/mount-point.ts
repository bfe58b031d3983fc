import { readFile } from 'node:fs/promises';

/**
 * Whether a file is a mount point of its own, as containers are given single files: it can be written to, and not be
 * replaced. That its device is another than its directory's would not tell: so it is on overlayfs for many a file.
 * @param target absolute, without symbolic links
 * @returns false also where nobody tells (no /proc)
 */
export async function isMountPoint(target: string): Promise<boolean> {
  let table: string;
  try {
    table = await readFile('/proc/self/mountinfo', 'utf8');
  } catch {
    // Not Linux: then the attempt tells.
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
