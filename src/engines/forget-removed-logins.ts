import { resolve } from 'node:path';
import { AppError } from '../credential/app-error.ts';
import { readBackup, removeBackup, replaceBackup } from './back-up-file.ts';
import { type EditRecord, type RecordedEdit, readEditRecord, writeEditRecord } from './edit-record.ts';
import type { EngineFile } from './engine-files.ts';
import { planSignOut, shadowsHost } from './plan-engine-edit.ts';

/** What no text's fingerprint is. */
const UNKNOWN = 'unknown';

/**
 * Takes the logins of hosts out of the backups of engines' files and out of what is recorded for `setup --undo`, which
 * then brings back everything but these. To be called under the lock of the edits.
 * @param state our state directory
 * @param files whose backups
 * @throws AppError if the record is broken
 */
export async function forgetRemovedLogins(
  state: string,
  uid: number | undefined,
  files: readonly Pick<EngineFile, 'path' | 'legacy'>[],
  hosts: readonly string[],
): Promise<void> {
  for (const { path: named, legacy } of files) {
    const path = resolve(named);
    const backup = readBackup(state, path, uid);
    const rest = backup === null ? null : withoutLogins(backup, path, hosts, legacy);
    if (rest === backup) continue;
    if (rest === null || !(await replaceBackup(state, path, rest, uid))) await removeBackup(state, path);
  }
  const record = readEditRecord(state, uid);
  const next = withoutRecordedLogins(record, hosts);
  if (JSON.stringify(next) !== JSON.stringify(record)) await writeEditRecord(state, next, uid);
}

/** @returns null if it can't be told what the text holds */
function withoutLogins(text: string, path: string, hosts: readonly string[], legacy: boolean): string | null {
  try {
    return planSignOut(text, { path, hosts, legacy }).text;
  } catch (error) {
    // Broken: better no backup than one with a login that a person signed out of.
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}

/** An edit whose text would bring a login back is undone step by step instead. */
function withoutRecordedLogins(record: EditRecord, hosts: readonly string[]): EditRecord {
  const isOf = (key: string) => hosts.some((host) => shadowsHost(key, host));
  const cleared = (edit: RecordedEdit): RecordedEdit => {
    const steps = edit.steps.filter((step) => step.kind !== 'login' || !isOf(step.key));
    const isTold = steps.length < edit.steps.length || hosts.some((host) => edit.removed.includes(host));
    return isTold ? { ...edit, before: UNKNOWN, after: UNKNOWN, removed: '', steps } : edit;
  };
  return { files: record.files.map(({ path, edits }) => ({ path, edits: edits.map(cleared) })) };
}
