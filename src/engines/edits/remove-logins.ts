import { resolve } from 'node:path';
import { stampOf } from '../../files/hot-files.ts';
import { AppError } from '../../hosts/reason.ts';
import { isKeyOf } from '../../registry/engine-names.ts';
import { isThere } from '../config-files/engine-file-on-disk.ts';
import { type EngineEnvironment, engineFiles } from '../config-files/engine-files.ts';
import type { EngineFile } from '../engine-state.ts';
import { applyEngineEdit, whileEditing } from './apply-engine-edit.ts';
import { type RecordedFile, readEditRecord, recordFile, writeEditRecord } from './edit-record.ts';
import { allStates, volatilePlaces, type Writer } from './keep-edit.ts';
import { planSignOut } from './plan-engine-edit.ts';

type LoginFile = Pick<EngineFile, 'path' | 'legacy'>;

/**
 * Removes every stored login of a host, in any spelling, from every file that an engine may read, now or with other variables, or that
 * `setup` changed, and from what it kept for its undoing. That the files name a helper for the host stays, so that
 * engines go on asking it.
 * @param host as `normaliseRegistryHost` writes it; one name of Docker Hub stands for all
 * @param state our state directory; null: there is none
 * @param say is told each thing that was done, in a sentence
 * @throws AppError naming a file that can't be edited, once all others were
 */
export async function removeLogins(
  environment: EngineEnvironment,
  state: string | null,
  host: string,
  say: (sentence: string) => void,
): Promise<void> {
  const { uid } = environment;
  const writer: Writer = { uid, state, volatile: volatilePlaces(environment), keeps: 'nothing' };
  const faults: AppError[] = [];
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      // One file's fault keeps no other from being cleared; it is told in the end.
      if (!(error instanceof AppError)) throw error;
      faults.push(error);
    }
  };
  const states = allStates(writer);
  const files = new Map(engineFiles(environment).map((file) => [resolve(file.path), file as LoginFile]));
  for (const each of states) {
    await attempt(async () => {
      for (const file of recordedFiles(each, uid)) if (!files.has(file.path)) files.set(file.path, file);
    });
  }
  for (const { path, legacy } of files.values()) {
    await attempt(async () => {
      if (!(await isThere(path))) return;
      const plan = (text: string | null) => planSignOut(text, { path, host, legacy });
      for (const change of await applyEngineEdit(path, plan, writer)) say(`${path}: ${change}`);
    });
  }
  for (const each of states.filter((state) => stampOf(recordFile(state)) !== null)) {
    await attempt(() => whileEditing(each, { state: each, uid }, () => forgetLogins(each, uid, host)));
  }
  const [first] = faults;
  if (first !== undefined) throw first;
}

/** The engines' files that `setup` changed, also where other variables led to them. */
function recordedFiles(state: string, uid: number | undefined): readonly LoginFile[] {
  return readEditRecord(state, uid).files.flatMap(({ path, edits }) => {
    const steps = edits.flatMap((edit) => edit.steps);
    if (steps.some(({ kind }) => kind === 'binding')) return [];
    return [{ path, legacy: steps.some((step) => step.kind === 'login' && step.legacy) }];
  });
}

/**
 * Takes the logins of a host out of what is recorded for `setup --undo`, which then brings back everything but these. To be
 * called under the lock of the edits.
 * @throws AppError if the record is broken
 */
async function forgetLogins(state: string, uid: number | undefined, host: string): Promise<void> {
  const record = readEditRecord(state, uid);
  const files = record.files.map((file): RecordedFile => {
    const edits = file.edits.map((edit) => ({
      ...edit,
      steps: edit.steps.filter((step) => step.kind !== 'login' || !isKeyOf(step.key, host)),
    }));
    return { ...file, original: withoutLogins(file.original, file.path, host), edits };
  });
  if (JSON.stringify({ files }) !== JSON.stringify(record)) await writeEditRecord(state, { files }, uid);
}

/**
 * Whose text it is does not show: entries are taken out of `auths`, and, as in a `.dockercfg`, out of the top level.
 * @returns undefined if it can't be told what the text holds
 */
function withoutLogins(text: RecordedFile['original'], path: string, host: string): RecordedFile['original'] {
  // Our own config holds no logins, and is no JSON.
  if (typeof text !== 'string' || !/^\s*\{/.test(text)) return text;
  try {
    const rest = planSignOut(text, { path, host }).text;
    return planSignOut(rest, { path, host, legacy: true }).text;
  } catch (error) {
    // Broken: better no original than one with a login that a person signed out of.
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}
