import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffText } from '../../../src/engines/edits/show-edit.ts';
import fc from '../../support/properties.ts';

const asIs = (text: string) => text;
const diff = (before: string | null, after: string | null, shown = asIs) =>
  diffText('/f', before, after, shown);
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}`);
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

test('what changes is shown with three lines around it, as diff -u does', () => {
  const old = numbered(20);
  const now = old.with(9, 'tenth').toSpliced(18, 1);
  assert.deepEqual(diff(text(old), text(now)), [
    '--- /f',
    '+++ /f',
    '@@ -7,7 +7,7 @@',
    ...[' line 7', ' line 8', ' line 9', '-line 10', '+tenth', ' line 11', ' line 12', ' line 13'],
    '@@ -16,5 +16,4 @@',
    ...[' line 16', ' line 17', ' line 18', '-line 19', ' line 20'],
  ]);
});

test('changes that are near each other are shown at once', () => {
  const old = numbered(9);
  const hunks = diff(text(old), text(old.with(1, 'a').with(7, 'b'))).filter((line) => line.startsWith('@@'));
  assert.deepEqual(hunks, ['@@ -1,9 +1,9 @@']);
});

test('a new file and one that goes are told as such, and no change is no diff', () => {
  assert.deepEqual(diff(null, '{\n}'), ['--- no file', '+++ /f', '@@ -0,0 +1,2 @@', '+{', '+}']);
  assert.deepEqual(diff('{}', null), ['--- /f', '+++ no file', '@@ -1,1 +0,0 @@', '-{}']);
  assert.deepEqual(diff('a\n', 'a\n'), []);
});

test('lines are compared as they are and shown as they may be shown', () => {
  const shown = (secret: string) => secret.replaceAll(/s\d/g, '…');
  assert.deepEqual(diff('a\ns1\n', 'a\ns2\n', shown).slice(3), [' a', '-…', '+…']);
});

test('of a very long line what is around the change is shown', () => {
  const [start, end] = ['a'.repeat(5000), 'z'.repeat(5000)];
  const [, , , old, now] = diff(`${start}OLD${end}`, `${start}NEW${end}`);
  assert.match(old ?? '', /^-…a{39,41}OLDz+…$/);
  assert.match(now ?? '', /^\+…a{39,41}NEWz+…$/);
  assert.ok((old?.length ?? 0) < 200);
});

test('a diff of two files that have nothing in common is done at once', () => {
  const lines = diff(text(numbered(20_000)), text(numbered(20_000).map((line) => `new ${line}`)));
  assert.equal(lines.length, 40_003);
});

test('the lines that stay and those that come are the new text, those that stay and go the old one', () => {
  const some = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
  fc.assert(
    fc.property(some, some, (old, now) => {
      const told = diff(text(old), text(now)).slice(2);
      const of = (signs: string) =>
        told.filter((line) => signs.includes(line[0] ?? '@')).map((line) => line.slice(1));
      assert.ok(isWithin(of(' +'), now) && isWithin(of(' -'), old));
      const added = now.length - old.length;
      assert.equal(of('+').length - of('-').length, added);
    }),
    { numRuns: 2000 },
  );
});

/** Whether these lines come in `all` in their order. */
function isWithin(lines: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const line of all) if (line === lines[at]) at++;
  return at === lines.length;
}

test('of a very long line that comes or goes alone the start is shown, and of a change near its end all that follows', () => {
  const long = 'a'.repeat(300);
  const [, , , alone] = diff('', `${long}\n`);
  assert.equal(alone, `+${'a'.repeat(160)}…`);
  assert.equal(diff(`${long}\nx\n`, `${long}\ny\n`)[3], ` ${'a'.repeat(160)}…`);
  const [, , , old, now] = diff(`${long}OLD`, `${long}NEW`);
  assert.deepEqual([old?.slice(-5), now?.slice(-5)], ['aaOLD', 'aaNEW']);
});
