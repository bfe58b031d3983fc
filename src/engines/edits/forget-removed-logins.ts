import { AppError } from '../../hosts/reason.ts';
import { isKeyOf, namesOfRegistry } from '../../registry/docker-hub.ts';
import { listBackups, readBackupAt, removeBackupAt, replaceBackupAt } from './back-up-file.ts';
import { type EditRecord, type RecordedEdit, readEditRecord, writeEditRecord } from './edit-record.ts';
import { planSignOut } from './plan-engine-edit.ts';

/** What no text's fingerprint is. */
const UNKNOWN = 'unknown';

/**
 * Takes the logins of a host out of all backups, and out of what is recorded for `setup --undo`, which then brings back
 * everything but these, whichever variables led to the files when they were set up. To be called under the lock of the
 * edits.
 * @param state our state directory
 * @throws AppError if the record is broken
 */
export async function forgetRemovedLogins(
  state: string,
  uid: number | undefined,
  host: string,
): Promise<void> {
  for (const backup of listBackups(state)) {
    const text = readBackupAt(backup, uid);
    const rest = text === null ? null : withoutLogins(text, backup, host);
    if (rest === text) continue;
    if (rest === null || !(await replaceBackupAt(backup, rest, uid))) await removeBackupAt(backup);
  }
  const record = readEditRecord(state, uid);
  const next = withoutRecordedLogins(record, host);
  if (JSON.stringify(next) !== JSON.stringify(record)) await writeEditRecord(state, next, uid);
}

/**
 * Whose backup it is does not show: entries are taken out of `auths`, and, as in a `.dockercfg`, out of the top level.
 * @returns null if it can't be told what the text holds
 */
function withoutLogins(text: string, path: string, host: string): string | null {
  // Our own config holds no logins, and is no JSON.
  if (!/^\s*\{/.test(text)) return text;
  try {
    const rest = planSignOut(text, { path, host }).text;
    return planSignOut(rest, { path, host, legacy: true }).text;
  } catch (error) {
    // Broken: better no backup than one with a login that a person signed out of.
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}

/** An edit whose text would bring a login back is undone step by step instead. */
function withoutRecordedLogins(record: EditRecord, host: string): EditRecord {
  const names = namesOfRegistry(host);
  const holdsName = (text: string) => names.some((name) => text.toLowerCase().includes(name));
  const cleared = (edit: RecordedEdit): RecordedEdit => {
    const steps = edit.steps.filter((step) => step.kind !== 'login' || !isKeyOf(step.key, host));
    const isTold = steps.length < edit.steps.length || holdsName(edit.removed);
    return isTold ? { ...edit, before: UNKNOWN, after: UNKNOWN, removed: '', steps } : edit;
  };
  return { files: record.files.map(({ path, edits }) => ({ path, edits: edits.map(cleared) })) };
}
