import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFiles } from './source-files.ts';

const files = sourceFiles();

test('no file is a barrel, and none exports by default', () => {
  for (const { name, code } of files) {
    assert.doesNotMatch(code, /^export\s+default\b|\bas default\b/m, name);
    assert.doesNotMatch(code, /^export\s+(?:type\s+)?(?:\*|\{[^}]*\})\s*(?:as \w+ )?from\b/m, name);
  }
});

/** It asks which runtime it is in, and serves in both. */
const OF_BOTH_RUNTIMES = ['keychain/secret-service/bus-socket.ts'];

test('nothing of Bun, of CommonJS or of a package that is not declared is imported', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  const declared = Object.keys(manifest.dependencies);
  for (const { name, imports, code } of files) {
    assert.doesNotMatch(code, /\brequire\(/, name);
    if (!OF_BOTH_RUNTIMES.includes(name)) assert.doesNotMatch(code, /\bBun\b/, name);
    for (const { specifier } of imports) {
      const isBuiltIn = specifier.startsWith('node:');
      assert.ok(
        specifier.startsWith('.') || isBuiltIn || declared.includes(specifier),
        `${name}: ${specifier}`,
      );
    }
  }
});

test('a file has a name that says what is in it, in one spelling, and fits on a few screens', () => {
  for (const { name, text } of files) {
    assert.match(name, /^(?:[a-z]+(?:-[a-z]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/);
    assert.doesNotMatch(name, /(?:^|\/)(?:index|utils?|helpers?|common|misc|types)\.ts$/);
    const lines = text.split('\n').length - 1;
    assert.ok(lines <= 250, `${name} has ${lines} lines`);
  }
});

test('nothing is left to be done later, and no check is switched off', () => {
  for (const { name, text } of files) {
    assert.doesNotMatch(
      text,
      /\b(?:TODO|FIXME|XXX|HACK)\b|@ts-(?:ignore|nocheck|expect-error)|biome-ignore/,
      name,
    );
  }
});

test('every exported function says what it does', () => {
  for (const { name, text } of files) {
    const lines = text.split('\n');
    for (const [index, line] of lines.entries()) {
      if (!/^export (?:async )?function /.test(line)) continue;
      assert.equal(lines[index - 1]?.endsWith('*/'), true, `${name}: ${line}`);
    }
  }
});

test('every catch that swallows an error names its reason', () => {
  for (const { name, text } of files) {
    const bare = [...text.matchAll(/catch(?: \(\w+\))? \{\n(.*)\n(.*)\n(.*)/g)].filter(
      (lines) => !lines.slice(1, 4).some((line) => /\/\/|\bthrow\b/.test(line)),
    );
    assert.deepEqual(
      bare.map(([match]) => match),
      [],
      name,
    );
  }
});
