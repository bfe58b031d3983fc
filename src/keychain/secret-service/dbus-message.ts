import { type DbusValue, type Input, readValues, type Variant, writeValues } from './dbus-values.ts';

/** A method to be called. */
export interface MethodCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** The types of `args`; empty: there are none. */
  readonly signature: string;
  readonly args: readonly DbusValue[];
}

/** What came back, or any other message. */
export interface Message {
  readonly kind: 'return' | 'error' | 'signal' | 'other';
  /** Of a signal: `PATH MEMBER`. */
  readonly signal: string | undefined;
  /** The call that it answers. */
  readonly replyTo: number | undefined;
  /** Of an error: its name. */
  readonly errorName: string | undefined;
  readonly body: readonly DbusValue[];
}

const METHOD_CALL = 1;
const KINDS: Readonly<Record<number, Message['kind']>> = { 2: 'return', 3: 'error', 4: 'signal' };
/** Codes of header fields (D-Bus specification, "Header Fields"). */
const PATH = 1;
const INTERFACE = 2;
const MEMBER = 3;
const ERROR_NAME = 4;
const REPLY_SERIAL = 5;
const DESTINATION = 6;
const SIGNATURE = 8;
const FIXED_HEADER = 16;
/** More than any secret that we keep; the specification allows 128 MB. */
const LARGEST = 16 * 1024 * 1024;

/** @returns the bytes of a message that calls a method */
export function callMessage(serial: number, call: MethodCall): Buffer {
  const body = writeValues(call.signature, call.args);
  const fields: [number, Variant][] = [
    [PATH, ['o', call.path]],
    [INTERFACE, ['s', call.interface]],
    [MEMBER, ['s', call.member]],
    [DESTINATION, ['s', call.destination]],
  ];
  if (call.signature !== '') fields.push([SIGNATURE, ['g', call.signature]]);
  const header = writeValues('yyyyuua(yv)', [
    'l'.charCodeAt(0),
    METHOD_CALL,
    0,
    1,
    body.length,
    serial,
    fields,
  ]);
  return Buffer.concat([header, Buffer.alloc(-header.length & 7), body]);
}

/**
 * Takes the first message off what was received.
 * @returns it and its length in bytes; undefined if it is not there as a whole
 * @throws RangeError if this is no message
 */
export function takeMessage(received: Buffer): { message: Message; length: number } | undefined {
  if (received.length < FIXED_HEADER) return undefined;
  const order = String.fromCharCode(received[0] ?? 0);
  if (order !== 'l' && order !== 'B') throw new RangeError('no message of D-Bus');
  const isLittleEndian = order === 'l';
  const uint32 = (at: number) => (isLittleEndian ? received.readUInt32LE(at) : received.readUInt32BE(at));
  const bodyStart = (FIXED_HEADER + uint32(12) + 7) & ~7;
  const length = bodyStart + uint32(4);
  if (uint32(12) > LARGEST || uint32(4) > LARGEST) throw new RangeError('a message that is too large');
  if (received.length < length) return undefined;
  const bytes = received.subarray(0, length);
  return { message: readMessage({ bytes, at: 0, isLittleEndian }, bodyStart), length };
}

function readMessage(from: Input, bodyStart: number): Message {
  const [, type, , , , , fields] = readValues('yyyyuua(yv)', from);
  const values = new Map((fields as [number, Variant][]).map(([code, [, value]]) => [code, value]));
  const kind = KINDS[Number(type)] ?? 'other';
  const replyTo = values.get(REPLY_SERIAL);
  const errorName = values.get(ERROR_NAME);
  return {
    kind,
    replyTo: typeof replyTo === 'number' ? replyTo : undefined,
    signal: kind === 'signal' ? `${values.get(PATH)} ${values.get(MEMBER)}` : undefined,
    errorName: typeof errorName === 'string' ? errorName : undefined,
    // Whoever calls us may send types that are of no interest here.
    body: kind === 'other' ? [] : readValues(String(values.get(SIGNATURE) ?? ''), { ...from, at: bodyStart }),
  };
}
