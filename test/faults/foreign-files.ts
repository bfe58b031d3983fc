import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

const OURS = /(?:^|\/)docker-credential-openshift(?:\/|$)/;
/** What a served directory was before, and is again. */
const BEHIND = /\.behind(?:\/|$)/;

/**
 * What lies in a home and is not the helper's: of each file its owner, mode, time of change and text.
 * @param others names of files that are left out, from the home on
 */
export function foreignFiles(home: string, others: readonly string[] = []): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(home, path);
    if (entry.isDirectory() || OURS.test(name) || BEHIND.test(name) || others.includes(name)) continue;
    const { uid, mode, mtimeMs } = lstatSync(path);
    const content = entry.isSymbolicLink() ? readlinkSync(path) : entry.isFile() ? textOf(path) : '';
    found[name] = [uid, mode.toString(8), mtimeMs, content].join(' ');
  }
  return found;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // The fault itself may keep everybody from reading it.
    return String((error as NodeJS.ErrnoException).code);
  }
}
