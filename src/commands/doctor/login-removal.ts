import { posix, win32 } from 'node:path';
import type { AuthFile, StoredLogin } from '../../engines/engine-state.ts';
import { shellQuoted, shownName } from '../../hosts/quoting.ts';

/**
 * What takes a login out of a file that is not the helper's to change: the engines' own commands where they do, and do no
 * harm. `podman logout` writes nothing back but logins and helpers (seen with 4.3: docker's credsStore, HttpHeaders and
 * currentContext were gone), and knows no URLs.
 */
export function loginRemoval({ key, form }: StoredLogin, file: AuthFile): string {
  const { path, readBy, readNowBy, legacy, credsStore, otherKeys } = file;
  const byHand = `Take the entry ${shownName(key)} out of ${path}.`;
  // A user and a password were in it, which are not shown.
  if (key.includes('@') || legacy) return byHand;
  if (readNowBy.includes('docker')) return `docker logout ${shellQuoted(key)}`;
  if (readBy.includes('docker')) {
    const { basename, dirname } = path.includes('\\') ? win32 : posix;
    return basename(path) === 'config.json'
      ? `docker --config ${shellQuoted(dirname(path))} logout ${shellQuoted(key)}`
      : byHand;
  }
  const isMore = credsStore !== undefined || otherKeys.length > 0;
  if (form === 'url' || isMore) return byHand;
  return `podman logout --authfile ${shellQuoted(path)} ${shellQuoted(key)}`;
}
