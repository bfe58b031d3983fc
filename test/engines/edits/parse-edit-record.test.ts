import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EditStep, parseEditRecord, textMark } from '../../../src/engines/edits/edit-record.ts';
import fc from '../../support/properties.ts';

const steps: EditStep[] = [
  { kind: 'helper', host: 'h', previous: null, nth: 0, madeContainer: true },
  { kind: 'helper', host: 'h', previous: '"desktop"', nth: 1, madeContainer: false },
  { kind: 'login', host: 'h', key: 'h/ns', json: '{"auth": "x"}', after: 'a', legacy: false },
  { kind: 'unnamed', host: 'h', json: '"openshift"', after: null },
  { kind: 'binding', host: 'h', previous: null, written: { server: 's' } },
];
const recorded = { before: textMark('{}'), after: textMark('{ }'), steps };
const record = { files: [{ path: '/f', original: '{}', directories: ['/d'], edits: [recorded] }] };

test('what was written is read again', () => {
  assert.deepEqual(parseEditRecord(JSON.stringify(record)), record);
});

test('a record in which anything is amiss is none', () => {
  const [file] = record.files;
  const [edit] = file?.edits ?? [];
  const withFile = (change: object) => ({ files: [{ ...file, ...change }] });
  const withEdit = (change: object) => withFile({ edits: [{ ...edit, ...change }] });
  const withStep = (at: number, change: object) => withEdit({ steps: [{ ...steps[at], ...change }] });
  const wrong: unknown[] = [
    null,
    [],
    {},
    { files: {} },
    { files: [{ path: '/x' }] },
    { files: [{ edits: [] }] },
    withFile({ original: 1 }),
    withFile({ directories: [1] }),
    withEdit({ before: null }),
    withEdit({ after: 7 }),
    withEdit({ steps: [null] }),
    withStep(0, { kind: 'other' }),
    withStep(0, { host: undefined }),
    withStep(1, { previous: '{' }),
    withStep(2, { json: '{"auth": ' }),
    withStep(2, { legacy: 'no' }),
    withStep(3, { after: 1 }),
    withStep(3, { json: '{' }),
    withStep(4, { written: undefined }),
  ];
  for (const value of wrong) assert.equal(parseEditRecord(JSON.stringify(value)), undefined);
});

test('no JSON makes the reading fail', () => {
  const edits = fc.array(
    fc.record({ steps: fc.array(fc.jsonValue()), before: fc.string() }) as fc.Arbitrary<unknown>,
  );
  const nearly = fc.array(fc.record({ path: fc.string(), edits }));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        nearly.map((files) => JSON.stringify({ files })),
      ),
      (text) => {
        const read = parseEditRecord(text);
        assert.ok(read === undefined || Array.isArray(read.files satisfies readonly object[]));
      },
    ),
  );
});
