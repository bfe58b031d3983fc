import { alignmentOf, type DbusValue, typesOf, type Variant } from './dbus-types.ts';

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
