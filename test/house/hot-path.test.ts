import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SourceFile, sourceFiles } from './source-files.ts';

const byName = new Map(sourceFiles().map((file) => [file.name, file]));
/** What Node and Bun have at hand in any case. */
const LIGHT_MODULES = ['node:fs', 'node:path', 'node:process'];
const MOST_FILES = 12;
/** Where stderr is a socket, and something is to be said. */
const NEVER_AT_ONCE = ['node:worker_threads'];

/** The files that are loaded before anything runs. */
function closureOf(entry: string): SourceFile[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const { file, isDynamic, isType } of byName.get(name)?.imports ?? []) {
      if (file !== undefined && !isDynamic && !isType) visit(file);
    }
  };
  visit(entry);
  return [...found].map((name) => byName.get(name) as SourceFile);
}

test('a cached answer takes at most a dozen small files of ours, and nothing heavy besides', () => {
  const closure = closureOf('main.ts');
  const names = closure.map(({ name }) => name);
  assert.ok(names.length <= MOST_FILES, names.join(', '));
  const besides = closure.flatMap(({ name, imports }) =>
    imports
      .filter(({ file, isDynamic, isType }) => file === undefined && !isDynamic && !isType)
      .filter(({ specifier }) => !LIGHT_MODULES.includes(specifier))
      .map(({ specifier }) => `${name}: ${specifier}`),
  );
  assert.deepEqual(besides, []);
  const code = closure.map((file) => file.code).join('\n');
  for (const [, module = ''] of code.matchAll(/getBuiltinModule\('([^']*)'/g)) {
    assert.ok([...LIGHT_MODULES, ...NEVER_AT_ONCE].includes(module), module);
  }
});

test('what asks clusters, reads YAML or edits files is loaded only when it is needed', () => {
  const loaded = closureOf('main.ts').map(({ name }) => name.replace(/\/.*/, ''));
  for (const room of ['cluster', 'config', 'engines', 'commands']) assert.ok(!loaded.includes(room), room);
});

test('the other verbs are not loaded with it', () => {
  const dynamic = closureOf('main.ts').flatMap(({ imports }) =>
    imports.filter(({ isDynamic }) => isDynamic).map(({ file }) => file),
  );
  assert.deepEqual(dynamic.sort(), ['wiring/get-kept.ts', 'wiring/get-slowly.ts', 'wiring/run-command.ts']);
});
