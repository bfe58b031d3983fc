/**
 * Sets a host up in files of engines and undoes it, over and over, until it is killed.
 * Arguments: our state directory, then the files.
 */
import { writeSync } from 'node:fs';
import { applyEngineEdit } from '../../../src/engines/edits/apply-engine-edit.ts';
import { planEngineEdit } from '../../../src/engines/edits/plan-engine-edit.ts';
import { planUndo } from '../../../src/engines/edits/plan-undo.ts';

const [state = '', ...paths] = process.argv.slice(2);
const writer = { uid: process.geteuid?.(), state, keeps: 'record' } as const;

/** What a killed process before this one left is taken over by now: from here on edits follow on one another. */
let isUnderWay = false;
for (;;) {
  for (const path of paths) {
    const request = { path, hosts: ['registry.example.com'], addCredHelpers: true };
    await applyEngineEdit(path, (text) => planEngineEdit(text, request), writer);
    if (!isUnderWay) writeSync(1, 'under way\n');
    isUnderWay = true;
  }
  for (const edit of await planUndo(writer)) await edit.apply();
}
