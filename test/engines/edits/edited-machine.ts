import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { applyEngineEdit } from '../../../src/engines/edits/apply-engine-edit.ts';
import type { Writer } from '../../../src/engines/edits/keep-edit.ts';
import { planEngineEdit } from '../../../src/engines/edits/plan-engine-edit.ts';
import { planUndo } from '../../../src/engines/edits/plan-undo.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A directory with files of engines, and one of ours beside them. */
export function editedMachine(t: TestContext) {
  const root = temporaryDirectory(t);
  const at = (path: string) => join(root, path);
  const state = at('docker-credential-openshift');
  const writer: Writer = { uid: process.geteuid?.(), state, keeps: 'record' };
  return {
    at,
    state,
    writer,
    read: (path: string) => readFileSync(at(path), 'utf8'),
    has: (path: string) => existsSync(at(path)),
    list: (path: string) => (existsSync(at(path)) ? readdirSync(at(path)) : []),
    mode: (path: string) => statSync(at(path)).mode & 0o777,
    write(path: string, text: string) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    },
    /** Has the helper serve hosts by this file. @returns what changed, in sentences */
    setUp(path: string, hosts: readonly string[], more: Partial<Writer> = {}) {
      const request = { path: at(path), hosts, addCredHelpers: true };
      return applyEngineEdit(at(path), (text) => planEngineEdit(text, request), { ...writer, ...more });
    },
    /** Takes it back. @returns what changed and what was left, in sentences */
    async undo(hosts?: readonly string[]) {
      const edits = await planUndo(writer, hosts);
      for (const edit of edits) await edit.apply();
      return { changes: edits.flatMap((edit) => edit.changes), left: edits.flatMap((edit) => edit.left) };
    },
  };
}
