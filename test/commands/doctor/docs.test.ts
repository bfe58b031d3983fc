import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CHECKS } from '../../../src/commands/doctor/checks/all-checks.ts';

test('docs/doctor.md lists every check with what it looks at, and no other', () => {
  const text = readFileSync(new URL('../../../docs/doctor.md', import.meta.url), 'utf8');
  const tables = text.split('| check | what it looks at |\n').slice(1);
  for (const [index, needs] of (['machine', 'network'] as const).entries()) {
    const rows = tables[index]?.split('\n\n', 1)[0]?.split('\n').slice(1) ?? [];
    const wanted = CHECKS.filter((check) => check.needs === needs);
    assert.deepEqual(rows.sort(), wanted.map(({ id, title }) => `| \`${id}\` | ${title} |`).sort());
  }
  const ids = CHECKS.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
});
