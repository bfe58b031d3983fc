import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockedPackage } from './locked-packages.ts';

/**
 * Has packages of other platforms, which `npm ci` leaves out, unpacked in DIRECTORY/NAME: with npm's own client, in the
 * version of package-lock.json, and only with the bytes whose digest stands there.
 */
function fetchPackage(name: string, directory: string): void {
  const { version, integrity } = lockedPackage(name);
  if (integrity === undefined)
    throw new Error(`package-lock.json has no integrity hash of ${name}@${version}`);
  const place = join(directory, `${name.replace('/', '+')}-${version}`);
  const archive = `${place}.tgz`;
  if (existsSync(archive)) assertIntegrity(archive, integrity);
  else {
    const coming = `${place}.coming`;
    rmSync(coming, { recursive: true, force: true });
    mkdirSync(coming, { recursive: true });
    const args = [
      'pack',
      '--loglevel=error',
      '--prefer-offline',
      '--pack-destination',
      coming,
      `${name}@${version}`,
    ];
    const file = execFileSync('npm', args, { encoding: 'utf8' }).trim();
    assertIntegrity(join(coming, file), integrity);
    renameSync(join(coming, file), archive);
    rmSync(coming, { recursive: true });
  }
  const unpacked = join(directory, name);
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked, { recursive: true });
  execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', unpacked]);
}

function assertIntegrity(file: string, integrity: string): void {
  const [algorithm = '', digest] = integrity.split('-');
  const found = createHash(algorithm).update(readFileSync(file)).digest('base64');
  if (found !== digest) throw new Error(`${file} is not what package-lock.json names: ${algorithm}-${found}`);
}

const [directory, ...names] = process.argv.slice(2);
if (directory === undefined) throw new Error('Usage: fetch-packages.ts DIRECTORY NAME...');
for (const name of names) fetchPackage(name, directory);
