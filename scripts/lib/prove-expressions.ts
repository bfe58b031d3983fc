/**
 * Proves that regular expressions are linear, by recheck, and notes those that are in test/house/linear-expressions.json.
 * @argument where recheck is installed
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expressions } from '../../test/house/expressions.ts';

interface Diagnostics {
  readonly status: 'safe' | 'vulnerable' | 'unknown';
  readonly complexity?: { readonly summary: string };
  readonly attack?: { readonly pattern: string };
}
type Check = (pattern: string, flags: string, params: { timeout: number }) => Diagnostics;

const LONGEST_MS = 300_000;
const file = fileURLToPath(new URL('../../test/house/linear-expressions.json', import.meta.url));

const proved: string[] = JSON.parse(readFileSync(file, 'utf8'));
const { checkSync } = createRequire(join(process.argv[2] ?? '', 'x.js'))('recheck') as { checkSync: Check };
const linear: string[] = [];
for (const [expression, name] of expressions()) {
  if (proved.includes(expression)) {
    linear.push(expression);
    continue;
  }
  const end = expression.lastIndexOf('/');
  const { status, complexity, attack } = checkSync(expression.slice(1, end), expression.slice(end + 1), {
    timeout: LONGEST_MS,
  });
  if (status === 'safe') {
    linear.push(expression);
    continue;
  }
  process.exitCode = 1;
  console.error(`${name}: ${expression} is ${complexity?.summary ?? status}`);
  if (attack !== undefined) console.error(`  with ${attack.pattern.slice(0, 200)}`);
}
writeFileSync(file, `${JSON.stringify(linear.sort(), null, 2)}\n`);
console.log(`${linear.length} expressions are linear`);
