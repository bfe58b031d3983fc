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
export function alignmentOf(type: string): number {
  const alignment = ALIGNMENT[type.charAt(0)];
  if (alignment === undefined) throw new RangeError('a type that is not expected');
  return alignment;
}

/** The single complete types of a signature. @throws RangeError if it is none */
export function* typesOf(signature: string): Generator<string> {
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
