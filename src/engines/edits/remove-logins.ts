import { resolve } from 'node:path';
import { stampOf } from '../../files/hot-files.ts';
import { AppError } from '../../hosts/reason.ts';
import { type EngineEnvironment, engineFiles } from '../config-files/engine-files.ts';
import { isThere } from '../config-files/read-engine-file.ts';
import { allStates, volatilePlaces } from '../config-files/volatile-places.ts';
import type { EngineFile } from '../engine-state.ts';
import { applyEngineEdit } from './apply-engine-edit.ts';
import { listBackups } from './back-up-file.ts';
import { readEditRecord, recordFile } from './edit-record.ts';
import { forgetRemovedLogins } from './forget-removed-logins.ts';
import type { Writer } from './keep-edit.ts';
import { whileEditing } from './lock-edits.ts';
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
  for (const each of states.filter(holdsAnything)) {
    const forget = () => forgetRemovedLogins(each, uid, host);
    await attempt(() => whileEditing(each, { state: each, uid }, forget));
  }
  const [first] = faults;
  if (first !== undefined) throw first;
}

/** Where nothing was kept, no directory is made to look into. */
function holdsAnything(state: string): boolean {
  return stampOf(recordFile(state)) !== null || listBackups(state).length > 0;
}

/** The engines' files that `setup` changed, also where other variables led to them. */
function recordedFiles(state: string, uid: number | undefined): readonly LoginFile[] {
  return readEditRecord(state, uid).files.flatMap(({ path, edits }) => {
    const steps = edits.flatMap((edit) => edit.steps);
    if (steps.some(({ kind }) => kind === 'binding')) return [];
    return [{ path, legacy: steps.some((step) => step.kind === 'login' && step.legacy) }];
  });
}
