import { createHash } from 'node:crypto';

/** What the signature of a 64-bit Mach-O file says, and whether it holds. */
export interface Signature {
  readonly identifier: string;
  readonly isAdHoc: boolean;
  readonly pagesThatDiffer: number;
  /** Whether nothing comes before it that is not signed. */
  readonly coversAll: boolean;
}

/** Reads it as macOS does: Apple's cs_blobs.h. @throws when there is none */
export function signatureOf(file: Buffer): Signature {
  let at = 32;
  while (file.readUInt32LE(at) !== 0x1d) at += file.readUInt32LE(at + 4);
  const from = file.readUInt32LE(at + 8);
  const blob = file.subarray(from, from + file.readUInt32LE(at + 12));
  const parts = Array.from({ length: blob.readUInt32BE(8) }, (_, index) => 12 + index * 8);
  const part = parts.find((place) => blob.readUInt32BE(place) === 0);
  if (part === undefined) throw new Error('The signature has no code directory');
  const directory = blob.subarray(blob.readUInt32BE(part + 4));
  const word = (index: number) => directory.readUInt32BE(index * 4);
  const [digests, identifier, pages, limit] = [word(4), word(5), word(7), word(8)];
  const page = 2 ** (directory[39] ?? 0);
  let pagesThatDiffer = 0;
  for (let index = 0; index < pages; index++) {
    const bytes = file.subarray(index * page, Math.min((index + 1) * page, limit));
    const digest = createHash('sha256').update(bytes).digest();
    if (!directory.subarray(digests + index * 32, digests + index * 32 + 32).equals(digest))
      pagesThatDiffer++;
  }
  return {
    identifier: directory.toString('latin1', identifier, directory.indexOf(0, identifier)),
    isAdHoc: (word(3) & 2) !== 0,
    pagesThatDiffer,
    coversAll: limit === from && pages === Math.ceil(from / page),
  };
}
