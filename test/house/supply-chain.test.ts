import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { bundledPackages, type LockedPackage } from '../../scripts/lib/release/locked-packages.ts';

const locked = Object.entries(lock.packages as unknown as Record<string, LockedPackage>)
  .filter(([place]) => place !== '')
  .map(([place, entry]) => ({ ...entry, name: place.replace(/^.*node_modules\//, '') }));

test('no package but those that are listed may run a script while it is installed', () => {
  const withScripts = locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
  assert.deepEqual([...new Set(withScripts)].sort(), Object.keys(manifest.allowScripts).sort());
});

test('the lock file has a digest of every package, for every platform, and no address', () => {
  assert.ok(locked.length > 100);
  for (const { name, integrity } of locked) assert.match(integrity ?? '', /^sha512-/, name);
  assert.doesNotMatch(JSON.stringify(lock), /"resolved"|https?:\/\/[^"]*\.tgz/);
});

test('docs/dependencies.md gives a reason for each dependency, in its version, and for no other', () => {
  const page = readFileSync('docs/dependencies.md', 'utf8');
  const rows = [...page.matchAll(/^\| `([^`]+)` \| ([\d.]+) \| (\S[^|]+) \|/gm)];
  const declared = { ...manifest.dependencies, ...manifest.devDependencies };
  assert.deepEqual(Object.fromEntries(rows.map(([, name, version]) => [name, version])), declared);
  const brought = bundledPackages(() => false).filter(({ name }) => !(name in declared));
  for (const { name } of brought) assert.ok(page.includes(`\`${name}\``), `${name} is not named`);
});

test('what the program is made of has a licence that asks for no more than to be named', () => {
  for (const { name, license = '' } of bundledPackages(() => true)) {
    assert.match(license, /^(?:MIT|ISC|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|0BSD)$/, name);
  }
});
