import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expressions } from './expressions.ts';
import proved from './linear-expressions.json' with { type: 'json' };
import { sourceFiles } from './source-files.ts';

/** Made of parts that stand in the same file; each is anchored at its start, or what it repeats can't begin anew inside. */
const FILES_WITH_PARTS = [
  'cluster/ask-registry.ts',
  'commands/doctor/bundle.ts',
  'commands/service-account/parse-arguments.ts',
  'config/config.ts',
  'process/terminal.ts',
  'registry/server-url.ts',
  'registry/image-reference.ts',
];

test('no regular expression takes longer than in proportion to the text: all were proved by scripts/prove-expressions', () => {
  const found = expressions();
  assert.ok(found.size > 100, 'the source was not read');
  const unproved = [...found].filter(([expression]) => !(proved as string[]).includes(expression));
  assert.deepEqual(
    unproved,
    [],
    'Run scripts/prove-expressions. One that it calls vulnerable is to be written otherwise',
  );
});

test('regular expressions that are put together are in few files', () => {
  const files = sourceFiles().filter(({ code }) => code.includes('new RegExp('));
  const names = files.map(({ name }) => name).filter((name) => !FILES_WITH_PARTS.includes(name));
  assert.deepEqual(names, []);
});
