import { AppError } from '../credential/app-error.ts';
import { engineNamesOf } from '../registry/engine-names.ts';
import { applyEngineEdit } from './apply-engine-edit.ts';
import { type EngineEnvironment, engineFiles } from './engine-files.ts';
import { forgetRemovedLogins } from './forget-removed-logins.ts';
import type { Writer } from './keep-edit.ts';
import { whileEditing } from './lock-edits.ts';
import { planSignOut } from './plan-engine-edit.ts';
import { isThere } from './read-engine-file.ts';

/**
 * Removes every stored login of a host from every file that an engine may read, now or with other variables, and from
 * what `setup` kept for its undoing. That the files name a helper for the host stays, so that engines go on asking it.
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
  const writer: Writer = { uid: environment.uid, state, keeps: 'nothing' };
  const hosts = engineNamesOf(host);
  const faults: AppError[] = [];
  for (const { path, legacy } of engineFiles(environment)) {
    try {
      if (!(await isThere(path))) continue;
      const plan = (text: string | null) => planSignOut(text, { path, hosts, legacy });
      for (const change of await applyEngineEdit(path, plan, writer)) say(`${path}: ${change}`);
    } catch (error) {
      // One file's fault keeps no other from being cleared; it is told in the end.
      if (!(error instanceof AppError)) throw error;
      faults.push(error);
    }
  }
  if (state !== null) await forget(environment, state, hosts);
  const [first] = faults;
  if (first !== undefined) throw first;
}

async function forget(
  environment: EngineEnvironment,
  state: string,
  hosts: readonly string[],
): Promise<void> {
  const { uid } = environment;
  const files = engineFiles(environment);
  await whileEditing(state, { state, uid }, () => forgetRemovedLogins(state, uid, files, hosts));
}
