import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bundledPackages } from '../../scripts/lib/release/locked-packages.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What scripts/build and scripts/release share. */
const BUILD = `set -eu
for part in compile-flags compile-front build-parts; do . scripts/lib/$part.sh; done
mkdir out
# Where there is no commit, the day of the build stands in the manual page.
commit_day=2026-01-01
compile_program out/program --external "$keychain"
if compiler=$(find_front_compiler); then compile_front "$compiler" out/front -s; fi
bundle_for_node out/node
write_share out/share`;

/** Builds a copy of the source in a directory of its own. @returns the digest of each file that comes out */
function digestsOfBuild(t: TestContext, name: string): Record<string, string> {
  const directory = join(temporaryDirectory(t), name);
  mkdirSync(directory, { recursive: true });
  for (const part of ['src', 'scripts', 'packaging', 'package.json', 'tsconfig.json'])
    cpSync(part, join(directory, part), { recursive: true });
  // Within it, as everybody has them: the bundle for Node tells the way to each.
  for (const { name: dependency } of bundledPackages(() => false)) {
    const path = join('node_modules', dependency);
    cpSync(path, join(directory, path), { recursive: true });
  }
  mkdirSync(join(directory, 'node_modules/.bin'));
  symlinkSync(resolve('node_modules/.bin/bun'), join(directory, 'node_modules/.bin/bun'));
  execFileSync('sh', ['-c', BUILD], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  const out = join(directory, 'out');
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(out.length), createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

test('two builds of the same source, in directories of different names, have the same bytes', (t) => {
  const first = digestsOfBuild(t, 'a');
  assert.ok(Object.keys(first).length > 10);
  assert.deepEqual(digestsOfBuild(t, 'another/with a longer name'), first);
});
