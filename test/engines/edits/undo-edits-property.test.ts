import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJsonObject } from '../../../src/engines/config-files/json-fields.ts';
import { withNewMember } from '../../../src/engines/edits/edit-json-text.ts';
import { type RecordedEdit, textMark } from '../../../src/engines/edits/edit-record.ts';
import { planEngineEdit } from '../../../src/engines/edits/plan-engine-edit.ts';
import { undoEdits } from '../../../src/engines/edits/undo-edits.ts';
import fc from '../../support/properties.ts';
import { configFileText, hosts } from './random-config-file.ts';

const path = 'config.json';
const all = { isWanted: () => true, isDead: () => false };
/** No file, an empty one, and whatever a file may hold. */
const anyText = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(null, '', '\n') },
  { weight: 20, arbitrary: configFileText },
);

/** Edits a text once for each list of hosts. */
function edited(text: string | null, setups: readonly (readonly string[])[], legacy: boolean) {
  const edits: RecordedEdit[] = [];
  let now = text;
  for (const each of setups) {
    const { text: next, steps = [] } = planEngineEdit(now, {
      path,
      hosts: each,
      addCredHelpers: true,
      legacy,
    });
    if (next === null || next === now) continue;
    edits.push({ before: textMark(now), after: textMark(next), steps });
    now = next;
  }
  return { now, edits, file: { path, original: text, edits } };
}

const parsed = (text: string | null) => JSON.parse(text === null || text.trim() === '' ? '{}' : text);

test('edited and undone, a file is byte for byte what it was', () => {
  const inOneOrTwo = fc.constantFrom(
    [hosts],
    hosts.map((host) => [host]),
  );
  fc.assert(
    fc.property(anyText, inOneOrTwo, fc.boolean(), (text, setups, legacy) => {
      const { now, file } = edited(text, setups, legacy);
      const undone = undoEdits(now, file, all);
      assert.equal(undone.text, text);
      assert.deepEqual([undone.left, undone.rest], [[], []]);
      assert.equal(undone.changes.length > 0, now !== text);
      // A second undoing, and one of edits that were never made, finds nothing to do.
      assert.deepEqual(undoEdits(text, file, all), { text, changes: [], left: [], rest: [] });
    }),
    { numRuns: 10_000 },
  );
});

test('what another program added meanwhile stays, and all else means what it meant', () => {
  fc.assert(
    fc.property(anyText, fc.boolean(), (text, oneByOne) => {
      const { now, edits, file } = edited(text, [hosts], false);
      if (now === null) return;
      const added = withNewMember(now, parseJsonObject(now, path), 'added since', { by: 'another' });
      const isFirst = (host: string) => host === hosts[0];
      const first = undoEdits(added, file, oneByOne ? { ...all, isWanted: isFirst } : all);
      const last = undoEdits(first.text, { ...file, edits: first.rest }, all);
      assert.equal(first.rest.length === 0, !oneByOne || edits.length === 0 || !hasStepsOf(edits, hosts[1]));
      const after = parsed(last.text);
      assert.deepEqual(after['added since'], { by: 'another' });
      delete after['added since'];
      assert.deepEqual(withoutEmpty(after), withoutEmpty(parsed(text)));
    }),
    { numRuns: 2000 },
  );
});

function hasStepsOf(edits: readonly RecordedEdit[], host: string | undefined): boolean {
  return edits.some(({ steps }) => steps.some((step) => step.host === host));
}

/** No `auths` and an empty one are the same to engines. */
function withoutEmpty(value: Record<string, object>) {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([name, of]) => !['auths', 'credHelpers'].includes(name) || Object.keys(of).length > 0,
    ),
  );
}
