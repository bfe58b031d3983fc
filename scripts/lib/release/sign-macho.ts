import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Signs an executable for macOS ad hoc, as linkers do: digests of its pages and nobody's name. Bun does so for arm64; for
 * x64 it leaves the signature that its own runtime had, which does not hold for what was embedded, and macOS ends what has
 * pages that differ from a hardened signature. Layout: Apple's cs_blobs.h (xnu) and loader.h.
 *
 *   sign-macho.ts FILE IDENTIFIER
 */
const SEGMENT = 0x19;
const CODE_SIGNATURE = 0x1d;
const PAGE = 4096;
const HEADER = 88;
/** Ad hoc, and made by a linker: `codesign` replaces it without being forced. */
const FLAGS = 0x20002;

interface Layout {
  text: { offset: bigint; size: bigint };
  /** Where the segment's own entry, and that of the signature, lie among the load commands. */
  linkedit: number;
  signature: number;
}

function layoutOf(file: Buffer): Layout {
  if (file.readUInt32LE(0) !== 0xfeedfacf) throw new Error('This is no 64-bit Mach-O file');
  const found: Partial<Layout> = {};
  let at = 32;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const kind = file.readUInt32LE(at);
    const name = file.toString('latin1', at + 8, at + 24).replace(/\0+$/, '');
    if (kind === CODE_SIGNATURE) found.signature = at;
    if (kind === SEGMENT && name === '__LINKEDIT') found.linkedit = at;
    if (kind === SEGMENT && name === '__TEXT') {
      found.text = { offset: file.readBigUInt64LE(at + 40), size: file.readBigUInt64LE(at + 48) };
    }
    at += file.readUInt32LE(at + 4);
  }
  const { text, linkedit, signature } = found;
  if (text === undefined || linkedit === undefined || signature === undefined) {
    throw new Error('It has no place for a signature');
  }
  return { text, linkedit, signature };
}

/** The file with its signature replaced. */
function signed(file: Buffer, identifier: string): Buffer {
  const { text, linkedit, signature } = layoutOf(file);
  const limit = file.readUInt32LE(signature + 8);
  const pages = Math.ceil(limit / PAGE);
  const name = Buffer.from(`${identifier}\0`);
  const directoryBytes = HEADER + name.length + pages * 32;
  const blobBytes = 20 + directoryBytes;

  // What the load commands say of it is part of what is signed.
  const code = Buffer.from(file.subarray(0, limit));
  const linkeditBytes = BigInt(limit + blobBytes) - code.readBigUInt64LE(linkedit + 40);
  code.writeUInt32LE(blobBytes, signature + 12);
  code.writeBigUInt64LE(linkeditBytes, linkedit + 48);
  code.writeBigUInt64LE((linkeditBytes + 0xfffn) & ~0xfffn, linkedit + 32);

  const blob = Buffer.alloc(20 + HEADER);
  for (const [index, word] of [0xfade0cc0, blobBytes, 1, 0, 20].entries())
    blob.writeUInt32BE(word, index * 4);
  const directory = blob.subarray(20);
  const words = [0xfade0c02, directoryBytes, 0x20400, FLAGS, HEADER + name.length, HEADER, 0, pages, limit];
  for (const [index, word] of words.entries()) directory.writeUInt32BE(word, index * 4);
  // SHA-256, its 32 bytes, and pages of two to the power of 12.
  directory.set([32, 2, 0, 12], 36);
  directory.writeBigUInt64BE(text.offset, 64);
  directory.writeBigUInt64BE(text.size, 72);
  // The executable itself, and no library.
  directory.writeBigUInt64BE(1n, 80);

  const digests: Buffer[] = [];
  for (let at = 0; at < limit; at += PAGE) {
    digests.push(
      createHash('sha256')
        .update(code.subarray(at, Math.min(at + PAGE, limit)))
        .digest(),
    );
  }
  return Buffer.concat([code, blob, name, ...digests]);
}

const [path, identifier] = process.argv.slice(2);
if (path === undefined || identifier === undefined) throw new Error('Usage: sign-macho.ts FILE IDENTIFIER');
writeFileSync(path, signed(readFileSync(path), identifier));
