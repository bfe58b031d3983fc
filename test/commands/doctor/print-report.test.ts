import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckedFinding } from '../../../src/commands/doctor/finding.ts';
import type { Lookup } from '../../../src/commands/doctor/lookup.ts';
import { findingsInLines, lookupInLines, summary } from '../../../src/commands/doctor/print-report.ts';

const plain = { columns: undefined, hasColours: false };
const finding = (fields: Partial<CheckedFinding>): CheckedFinding => ({
  check: 'x',
  status: 'ok',
  saw: 'Seen',
  ...fields,
});

test('what is worst comes last, where it is seen', () => {
  const lines = findingsInLines(
    [
      finding({ status: 'problem', saw: 'P' }),
      finding({ saw: 'O' }),
      finding({ status: 'warning', saw: 'W' }),
    ],
    plain,
  );
  assert.deepEqual(lines, ['ok       O.', '', 'warning  W.', '', 'problem  P.']);
});

test('sentences are wrapped to the terminal, and commands are not', () => {
  const mend = `docker-credential-openshift setup ${'a'.repeat(60)}.example.com`;
  const saw = 'one two three four five six seven eight nine ten eleven twelve';
  const lines = findingsInLines([finding({ status: 'problem', saw, mend })], {
    columns: 50,
    hasColours: false,
  });
  assert.deepEqual(lines, [
    '',
    'problem  one two three four five six seven eight',
    '         nine ten eleven twelve.',
    `         Run: ${mend}`,
  ]);
});

test('colours are used where they are shown, and what a file holds can drive no terminal', () => {
  const [, line] = findingsInLines([finding({ status: 'problem', saw: 'a\u001b[2Jb' })], {
    columns: 80,
    hasColours: true,
  });
  assert.equal(line, '\u001b[31mproblem\u001b[0m  a [2Jb.');
});

test('the summary counts, and names the command that mends', () => {
  const fix = { key: 'k', preview: async () => [], apply: async () => [] };
  const problem = finding({ status: 'problem' });
  const all = 'docker-credential-openshift doctor --fix';
  assert.equal(summary([finding({})], all), 'All is well.');
  assert.equal(summary([problem, problem, finding({ status: 'warning' })], all), '2 problems and 1 warning.');
  assert.equal(
    summary([{ ...problem, fix }], all),
    '1 problem; to mend it all, run: docker-credential-openshift doctor --fix',
  );
  assert.equal(
    summary([{ ...problem, fix }, problem], 'docker-credential-openshift doctor r.example.com/a --fix'),
    '2 problems; to mend 1 of them, run: docker-credential-openshift doctor r.example.com/a --fix',
  );
});

test('a lookup is told step by step', () => {
  const lookup: Lookup = {
    engine: 'docker',
    program: 'docker 28.2',
    steps: [{ where: 'FILE', lookedFor: '"H"', found: 'nothing', outcome: 'it looks on' }],
    winner: { kind: 'anonymous' },
    says: 'docker goes on anonymously',
  };
  assert.equal(lookupInLines({ ...lookup, at: 'a.io' }, plain)[1], 'What docker 28.2 does at a.io');
  assert.deepEqual(lookupInLines(lookup, plain), [
    '',
    'What docker 28.2 does',
    '  1. FILE: looks for "H"; nothing; it looks on.',
    '  => docker goes on anonymously.',
  ]);
});
