import { alignmentOf, type DbusValue, typesOf } from './dbus-types.ts';

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
