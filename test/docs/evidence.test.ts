import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pages, ROOT } from './pages.ts';

/** Pages that say nothing of what the program does. */
const OTHERS =
  /^(?:CONTRIBUTING|CHANGELOG|SECURITY|docs\/(?:README|glossary|architecture|ready-record)|docs\/decisions\/.*)\.md$/;
/** Beside a version of what it speaks of, a source needs no test here: `podman 5.8.6`. */
const SOURCE = /^source: .*\d+\.\d+/;

test('each section of what people read says, unseen, what holds it: a test, a decision, or a source with its version', () => {
  const bare: string[] = [];
  const gone: string[] = [];
  for (const { path, text } of pages()) {
    if (OTHERS.test(path)) continue;
    const outside = text.replaceAll(/^(\s*)```[\s\S]*?^\1```$/gm, '');
    // The last of them may be a page's only one.
    for (const section of outside.split(/^(?=#{1,2} )/m)) {
      const title = /^#{1,2} .*/.exec(section)?.[0];
      if (title === undefined) continue;
      const held = /^<!-- held by (.+) -->$/m.exec(section)?.[1];
      if (held === undefined) bare.push(`${path}: ${title}`);
      for (const evidence of held?.split(', ') ?? []) {
        if (!SOURCE.test(evidence) && !existsSync(join(ROOT, evidence))) gone.push(`${path}: ${evidence}`);
      }
    }
  }
  assert.deepEqual(bare, [], 'write <!-- held by test/… --> below the heading');
  assert.deepEqual(gone, [], 'that file is not there');
});
