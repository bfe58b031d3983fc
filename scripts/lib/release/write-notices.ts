import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import manifest from '../../../package.json' with { type: 'json' };
import runtime from '../../../packaging/runtime-parts.json' with { type: 'json' };
import { bundledPackages, type LockedPackage, lockedPackage } from './locked-packages.ts';

/**
 * Writes what an archive is made of into DIRECTORY: sbom.cdx.json (CycloneDX 1.6) and THIRD-PARTY.md, with each licence
 * that asks to be repeated. Both are made from package-lock.json; nothing of the day or the machine gets into them.
 * `npm sbom --omit=dev` leaves out what a development dependency needs as well (findings/npm-sbom-omits-shared.sh).
 *
 *   write-notices.ts DIRECTORY EPOCH [--fetched DIR] [--runtime PACKAGE]... [--keychain PACKAGE]... [--libc NAME-VERSION]...
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fetched: { type: 'string' },
    runtime: { type: 'string', multiple: true, default: [] as string[] },
    keychain: { type: 'string', multiple: true, default: [] as string[] },
    libc: { type: 'string', multiple: true, default: [] as string[] },
  },
});
const { fetched } = values;
const libcs = [...new Set(values.libc)];
const runtimes = [...new Set(values.runtime)];
const keychains = values.keychain;
const [directory, epoch] = positionals;
if (directory === undefined || epoch === undefined)
  throw new Error('Usage: write-notices.ts DIRECTORY EPOCH');

/** What fronts are linked with, and the package of Debian that says how it may be used. */
const LIBCS = [
  { name: 'musl', license: 'MIT', package: 'musl' },
  { name: 'mingw-w64', license: 'ZPL-2.1', package: 'mingw-w64-x86-64-dev' },
] as const;

interface Component {
  type: string;
  'bom-ref': string;
  name: string;
  version?: string;
  licenses: readonly object[];
  [key: string]: unknown;
}

// Without a library for the platform the compiler leaves out what would load it.
const packages = bundledPackages((name) => keychains.includes(name)).filter(
  ({ name }) => name !== '@napi-rs/keyring' || keychains.length > 0,
);
const parts = packages.map(npmComponent);
for (const name of runtimes) {
  const linked = runtime.parts.map((part) => ({
    type: 'library',
    'bom-ref': `${name}/${part.name}`,
    name: part.name,
    licenses: [licenseOf(part.license)],
  }));
  parts.push({ ...npmComponent(lockedPackage(name)), type: 'platform', components: linked });
}
parts.push(...libcs.map(libcComponent));

mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, 'sbom.cdx.json'), `${JSON.stringify(bill(), undefined, 2)}\n`);
writeFileSync(join(directory, 'THIRD-PARTY.md'), notices());

function bill(): object {
  const root = {
    type: 'application',
    'bom-ref': `${manifest.name}@${manifest.version}`,
    name: manifest.name,
    version: manifest.version,
    description: manifest.description,
    licenses: [licenseOf(manifest.license)],
    purl: `pkg:npm/${manifest.name}@${manifest.version}`,
  };
  const isBundled = new Map(packages.map((entry) => [entry.name, npmComponent(entry)['bom-ref']]));
  const edges = packages.map((entry) => ({
    ref: npmComponent(entry)['bom-ref'],
    dependsOn: Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .flatMap((name) => isBundled.get(name) ?? [])
      .sort(),
  }));
  const own = Object.keys(manifest.dependencies).flatMap((name) => isBundled.get(name) ?? []);
  const others = parts.map((part) => part['bom-ref']).filter((ref) => ![...isBundled.values()].includes(ref));
  const content = {
    metadata: {
      timestamp: new Date(Number(epoch) * 1000).toISOString(),
      component: root,
    },
    components: parts,
    dependencies: [
      { ref: root['bom-ref'], dependsOn: [...own, ...others].sort() },
      ...edges,
      ...others.map((ref) => ({ ref })),
    ],
  };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
    version: 1,
    ...content,
  };
}

function npmComponent(entry: LockedPackage): Component {
  const { name, version, license = 'NOASSERTION', integrity } = entry;
  const [algorithm, digest = ''] = integrity?.split('-') ?? [];
  return {
    type: 'library',
    'bom-ref': `${name}@${version}`,
    name,
    version,
    ...(algorithm === 'sha512' && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    }),
    licenses: [licenseOf(license)],
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
  };
}

/** What the native front is linked with, such as `musl-1.2.3-1`. */
function libcComponent(label: string): Component {
  const { name, license } = libcOf(label);
  const [version = ''] = label.slice(name.length + 1).split('-');
  return { type: 'library', 'bom-ref': label, name, version, licenses: [licenseOf(license)] };
}

function libcOf(label: string) {
  const libc = LIBCS.find(({ name }) => label.startsWith(`${name}-`));
  if (libc === undefined) throw new Error(`It is not known how ${label} may be used`);
  return libc;
}

function licenseOf(license: string): object {
  return /^[\w.+-]+$/.test(license) ? { license: { id: license } } : { expression: license };
}

/** The same for the same content. */
function uuidOf(content: string): string {
  const digest = createHash('sha256').update(content).digest('hex');
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

function notices(): string {
  const sections = [`# What ${manifest.name} is made of`, ''];
  sections.push('| part | version | licence |', '|---|---|---|');
  for (const part of parts) sections.push(`| ${part.name} | ${part.version} | ${shownLicense(part)} |`);
  for (const name of runtimes) sections.push('', runtimeNotice(name));
  for (const { name, version } of packages) {
    for (const [file, text] of licenseTexts(name))
      sections.push('', `## ${name} ${version}: ${file}`, '', text);
  }
  // As Debian has them.
  const repeat = (title: string, file: string) =>
    sections.push('', `## ${title}`, '', readFileSync(file, 'utf8').trim());
  for (const label of libcs) repeat(label, `/usr/share/doc/${libcOf(label).package}/copyright`);
  if (runtimes.length > 0) repeat('LGPL-2.1', '/usr/share/common-licenses/LGPL-2.1');
  return `${sections.join('\n')}\n`;
}

function shownLicense(part: Component): string {
  const [license] = part.licenses as [{ license?: { id: string }; expression?: string }];
  return license.license?.id ?? license.expression ?? '';
}

/** The files in which a package says how it may be used. */
function licenseTexts(name: string): readonly (readonly [file: string, text: string])[] {
  const places = [join('node_modules', name), ...(fetched === undefined ? [] : [join(fetched, name)])];
  const place = places.find((path) => existsSync(join(path, 'package.json')));
  if (place === undefined) throw new Error(`${name} is not installed`);
  const files = readdirSync(place).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
  // What comes for one platform alone has the licence of the package that it belongs to.
  if (files.length === 0 && !keychains.includes(name))
    throw new Error(`${name} says nowhere how it may be used`);
  return files.map((file) => [file, readFileSync(join(place, file), 'utf8').trim()]);
}

function runtimeNotice(name: string): string {
  const lines = [`## ${name} ${lockedPackage(name).version}`, '', ...runtime.notice];
  lines.push('', '| part of it | licence |', '|---|---|');
  lines.push(...runtime.parts.map(({ name, license }) => `| ${name} | ${license} |`));
  return lines.join('\n');
}
