import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFiles } from './source-files.ts';

/** Paths that Linux gives a meaning. Elsewhere they are paths like others: on Windows any user may make them. */
const LINUX_PATH = /['"`]\/(?:proc|sys|dev|run|var|etc|usr|tmp|opt|\.dockerenv)\b/;
/** Compared with, or a path in a container elsewhere, and never opened. */
const ONLY_COMPARED = [
  'cluster/pull-secret-objects.ts',
  'commands/timer/run-timer.ts',
  'engines/config-files/engine-file-on-disk.ts',
];

test('paths that only Linux has are in files that ask for the platform', () => {
  const files = sourceFiles().filter(({ code }) => LINUX_PATH.test(code));
  assert.ok(files.length > 8, 'the source was not read');
  const unguarded = files.filter(({ code }) => !/\bplatform\b|\bon: '/.test(code)).map(({ name }) => name);
  assert.deepEqual(
    unguarded.filter((name) => !ONLY_COMPARED.includes(name)),
    [],
  );
});

test('what lies in /proc is opened on Linux alone', () => {
  for (const { name, code } of sourceFiles()) {
    for (const [index, line] of code.split('\n').entries()) {
      if (!/['"`]\/proc\b/.test(line)) continue;
      // In the same function, or in the one that calls it.
      const before = code
        .split('\n')
        .slice(Math.max(0, index - 40), index + 1)
        .join('\n');
      assert.match(before, /[!=]== 'linux'|hasProc/, `${name}: ${line.trim()}`);
    }
  }
});
