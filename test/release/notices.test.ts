import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { signatureOf } from './signature-of.ts';

const LIB = 'scripts/lib/release';
const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'pipe' });

interface Bill {
  readonly metadata: { readonly timestamp: string };
  readonly components: readonly { readonly name: string; readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

function noticesIn(directory: string) {
  run(process.execPath, `${LIB}/write-notices.ts`, directory, '1700000000');
  return {
    bill: readFileSync(join(directory, 'sbom.cdx.json'), 'utf8'),
    licences: readFileSync(join(directory, 'THIRD-PARTY.md'), 'utf8'),
  };
}

test('the bill of materials names every package that the compiler takes in, and the same bytes come out again', (t) => {
  const first = noticesIn(temporaryDirectory(t));
  assert.deepEqual(noticesIn(temporaryDirectory(t)), first);
  const bill = JSON.parse(first.bill) as Bill;
  assert.equal(bill.metadata.timestamp, '2023-11-14T22:13:20.000Z');

  const meta = join(temporaryDirectory(t), 'meta.json');
  run(
    'node_modules/.bin/bun',
    'build',
    'src/main.ts',
    '--target=node',
    '--main-fields=module',
    '--main-fields=main',
    '--external',
    '@napi-rs/keyring',
    '--splitting',
    `--metafile=${meta}`,
    '--outdir',
    temporaryDirectory(t),
  ); // prettier-ignore
  const { inputs } = JSON.parse(readFileSync(meta, 'utf8')) as { inputs: Record<string, object> };
  const taken = Object.keys(inputs).flatMap(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1] ?? [],
  );
  const named = bill.components.map(({ name }) => name);
  assert.deepEqual([...new Set(taken)].sort(), named);

  const refs = bill.components.map((component) => component['bom-ref']);
  for (const { dependsOn = [] } of bill.dependencies)
    for (const ref of dependsOn) assert.ok(refs.includes(ref), ref);
});

test('the licences of all that is bundled are repeated', (t) => {
  const { bill, licences } = noticesIn(temporaryDirectory(t));
  for (const { name } of (JSON.parse(bill) as Bill).components) {
    const section = licences.split(`\n## ${name} `)[1]?.split('\n## ')[0] ?? '';
    assert.match(section, /permission|redistribution/i, name);
  }
});

test('a Mach-O file that is signed ad hoc has a digest of each of its pages', (t) => {
  const file = join(temporaryDirectory(t), 'program');
  const limit = 3 * 4096 + 16;
  const bytes = Buffer.alloc(limit + 64, 7);
  bytes.fill(0, 0, 32 + 72 + 72 + 16);
  bytes.writeUInt32LE(0xfeedfacf, 0);
  bytes.writeUInt32LE(3, 16);
  for (const [index, name] of ['__TEXT', '__LINKEDIT'].entries()) {
    const at = 32 + index * 72;
    bytes.writeUInt32LE(0x19, at);
    bytes.writeUInt32LE(72, at + 4);
    bytes.write(name, at + 8, 'latin1');
    bytes.writeBigUInt64LE(BigInt(index * 8192), at + 40);
    bytes.writeBigUInt64LE(8192n, at + 48);
  }
  bytes.writeUInt32LE(0x1d, 32 + 144);
  bytes.writeUInt32LE(16, 32 + 148);
  bytes.writeUInt32LE(limit, 32 + 152);
  bytes.writeUInt32LE(64, 32 + 156);
  writeFileSync(file, bytes);
  run(process.execPath, `${LIB}/sign-macho.ts`, file, 'program');
  const signed = readFileSync(file);
  const holds = { identifier: 'program', isAdHoc: true, pagesThatDiffer: 0, coversAll: true };
  assert.deepEqual(signatureOf(signed), holds);
  signed.writeUInt8(8, 5000);
  assert.deepEqual(signatureOf(signed), { ...holds, pagesThatDiffer: 1 });
});
