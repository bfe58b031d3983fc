/** A variant: its type, and its value. */
export type Variant = readonly [signature: string, value: DbusValue];
/**
 * A value of D-Bus: numbers for `y` and `u`, text for `s`, `o` and `g`, bytes for `ay`, lists for other arrays, structs
 * and dict entries.
 */
export type DbusValue = string | number | boolean | Uint8Array | readonly DbusValue[];

/** What a value's position in a message must be a multiple of (D-Bus specification, "Marshaling"). */
const ALIGNMENT: Readonly<Record<string, number>> = {
  y: 1,
  g: 1,
  v: 1,
  b: 4,
  u: 4,
  s: 4,
  o: 4,
  a: 4,
  '(': 8,
  '{': 8,
};

/** @returns what a value's position must be a multiple of */
function alignmentOf(type: string): number {
  const alignment = ALIGNMENT[type.charAt(0)];
  if (alignment === undefined) throw new RangeError('a type that is not expected');
  return alignment;
}

/** The single complete types of a signature. @throws RangeError if it is none */
function* typesOf(signature: string): Generator<string> {
  let at = 0;
  while (at < signature.length) {
    const end = endOfType(signature, at);
    yield signature.slice(at, end);
    at = end;
  }
}

function endOfType(signature: string, start: number): number {
  let at = start;
  while (signature.charAt(at) === 'a') at += 1;
  if (signature.charAt(at) !== '(' && signature.charAt(at) !== '{') return at + 1;
  let depth = 0;
  do {
    const character = signature.charAt(at);
    if (character === '') throw new RangeError('a type is not closed');
    if (character === '(' || character === '{') depth += 1;
    if (character === ')' || character === '}') depth -= 1;
    at += 1;
  } while (depth > 0);
  return at;
}

/** The specification's own limit. */
const DEEPEST = 32;
/** More than any answer of a keyring holds: to read what 16 MB may hold would take seconds, and nothing could end it. */
const MOST_VALUES = 100_000;

/** Bytes of a message, and where values begin in it. Positions are counted from the message's own beginning. */
export interface Input {
  readonly bytes: Buffer;
  readonly at: number;
  readonly isLittleEndian: boolean;
}

/** @throws RangeError if the bytes are none of these types, or end too soon */
export function readValues(signature: string, { bytes, at, isLittleEndian }: Input): DbusValue[] {
  const from = { bytes, at, isLittleEndian, valuesLeft: MOST_VALUES };
  return Array.from(typesOf(signature), (type) => readOne(type, from, 0));
}

interface Reading extends Input {
  at: number;
  valuesLeft: number;
}

function readOne(type: string, from: Reading, depth: number): DbusValue {
  if (depth > DEEPEST) throw new RangeError('nested too deeply');
  from.valuesLeft -= 1;
  if (from.valuesLeft < 0) throw new RangeError('too many values');
  from.at += -from.at & (alignmentOf(type) - 1);
  switch (type.charAt(0)) {
    case 'y':
      return from.bytes.readUInt8(move(1, from));
    case 'b':
      return readLength(from) === 1;
    case 'u':
      return readLength(from);
    case 'g':
      return readText(from.bytes.readUInt8(move(1, from)), from);
    case 's':
    case 'o':
      return readText(readLength(from), from);
    case 'v': {
      const inner = String(readOne('g', from, depth));
      return [inner, readOne(inner, from, depth + 1)];
    }
    case 'a':
      return readArray(type.slice(1), from, depth);
    default: {
      const parts = Array.from(typesOf(type.slice(1, -1)), (part) => readOne(part, from, depth + 1));
      // The specification knows none. It would take no bytes, and an array of them would never end.
      if (parts.length === 0) throw new RangeError('a struct without members');
      return parts;
    }
  }
}

function readArray(element: string, from: Reading, depth: number): DbusValue {
  const size = readLength(from);
  from.at += -from.at & (alignmentOf(element) - 1);
  const start = move(size, from);
  if (element === 'y') return from.bytes.subarray(start, from.at);
  const end = from.at;
  from.at = start;
  const items: DbusValue[] = [];
  while (from.at < end) items.push(readOne(element, from, depth + 1));
  if (from.at !== end) throw new RangeError('an array ends inside of a value');
  return items;
}

function readLength(from: Reading): number {
  const at = move(4, from);
  return from.isLittleEndian ? from.bytes.readUInt32LE(at) : from.bytes.readUInt32BE(at);
}

function readText(length: number, from: Reading): string {
  const at = move(length + 1, from);
  return from.bytes.toString('utf8', at, at + length);
}

/** @returns where the bytes that are passed over begin */
function move(count: number, from: Reading): number {
  const at = from.at;
  if (at + count > from.bytes.length) throw new RangeError('the message ends too soon');
  from.at += count;
  return at;
}

/** @returns the values one after the other, in little-endian order, as the body of a message begins with them */
export function writeValues(signature: string, values: readonly DbusValue[]): Buffer {
  const out: Output = { parts: [], length: 0 };
  writeAll(signature, values, out);
  return Buffer.concat(out.parts, out.length);
}

interface Output {
  readonly parts: Uint8Array[];
  length: number;
}

function writeAll(signature: string, values: readonly DbusValue[], out: Output): void {
  let index = 0;
  for (const type of typesOf(signature)) {
    const value = values[index];
    if (value === undefined) throw new TypeError(`a value is missing for ${signature}`);
    writeOne(type, value, out);
    index += 1;
  }
}

function writeOne(type: string, value: DbusValue, out: Output): void {
  pad(alignmentOf(type), out);
  const kind = type.charAt(0);
  if (kind === 'y') append(Uint8Array.of(Number(value)), out);
  else if (kind === 'b' || kind === 'u') append(uint32(Number(value)), out);
  else if (kind === 'g' || kind === 's' || kind === 'o') writeText(kind === 'g', String(value), out);
  else if (kind === 'a') writeArray(type.slice(1), value, out);
  else if (kind === 'v') {
    const [inner, content] = value as Variant;
    writeText(true, inner, out);
    writeOne(inner, content, out);
  } else writeAll(type.slice(1, -1), value as readonly DbusValue[], out);
}

/** @param isSignature its length takes one byte */
function writeText(isSignature: boolean, text: string, out: Output): void {
  const bytes = Buffer.from(`${text}\0`);
  const length = bytes.length - 1;
  append(isSignature ? Uint8Array.of(length) : uint32(length), out);
  append(bytes, out);
}

function writeArray(element: string, value: DbusValue, out: Output): void {
  const size = uint32(0);
  append(size, out);
  pad(alignmentOf(element), out);
  const start = out.length;
  if (element === 'y') append(value as Uint8Array, out);
  else for (const item of value as readonly DbusValue[]) writeOne(element, item, out);
  size.writeUInt32LE(out.length - start);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function append(bytes: Uint8Array, out: Output): void {
  out.parts.push(bytes);
  out.length += bytes.length;
}

function pad(alignment: number, out: Output): void {
  const missing = -out.length & (alignment - 1);
  if (missing > 0) append(new Uint8Array(missing), out);
}
