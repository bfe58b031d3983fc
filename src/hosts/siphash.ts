/**
 * SipHash-2-4 with 128 bits (Aumasson, Bernstein: "SipHash: a fast short-input PRF", and its reference code's long
 * output): a digest that tells nothing of what it was made of, without the key. Not node:crypto's: to load that takes
 * the compiled program longer than all of a `get` (docs/decisions/0010-native-front.md).
 * @param key 32 hexadecimal digits
 * @returns 32 hexadecimal digits
 */
export function siphash(key: string, bytes: Uint8Array): string {
  const k = Array.from({ length: 4 }, (_, i) => Number.parseInt(reversed(key.slice(8 * i, 8 * i + 8)), 16));
  const [k0 = 0, k1 = 0, k2 = 0, k3 = 0] = k;
  // Four words of 64 bits, each as its lower and its upper half.
  const v = new Uint32Array([
    k0 ^ 0x70736575,
    k1 ^ 0x736f6d65,
    k2 ^ 0x6e646f6d ^ 0xee,
    k3 ^ 0x646f7261,
    k0 ^ 0x6e657261,
    k1 ^ 0x6c796765,
    k2 ^ 0x79746573,
    k3 ^ 0x74656462,
  ]);
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) take(v, word(bytes, at), word(bytes, at + 4));
  const rest = new Uint8Array(8);
  rest.set(bytes.subarray(whole));
  rest[7] = bytes.length;
  take(v, word(rest, 0), word(rest, 4));
  change(v, 4, 0xee);
  const first = finish(v);
  change(v, 2, 0xdd);
  return first + finish(v);
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function take(v: Uint32Array, low: number, high: number): void {
  change(v, 6, low);
  change(v, 7, high);
  round(v);
  round(v);
  change(v, 0, low);
  change(v, 1, high);
}

function finish(v: Uint32Array): string {
  for (let i = 0; i < 4; i += 1) round(v);
  const half = (at: number) =>
    reversed(hex(((v[at] ?? 0) ^ (v[at + 2] ?? 0) ^ (v[at + 4] ?? 0) ^ (v[at + 6] ?? 0)) >>> 0));
  return half(0) + half(1);
}

function round(v: Uint32Array): void {
  mix(v, 0, 2, 13);
  turn(v, 0, 32);
  mix(v, 4, 6, 16);
  mix(v, 0, 6, 21);
  mix(v, 4, 2, 17);
  turn(v, 4, 32);
}

/** a += b, b turned and changed by a */
function mix(v: Uint32Array, a: number, b: number, bits: number): void {
  const low = (v[a] ?? 0) + (v[b] ?? 0);
  v[a + 1] = (v[a + 1] ?? 0) + (v[b + 1] ?? 0) + (low > 0xffff_ffff ? 1 : 0);
  v[a] = low;
  turn(v, b, bits);
  change(v, b, v[a] ?? 0);
  change(v, b + 1, v[a + 1] ?? 0);
}

/** Turns a word left by at most 32 bits. */
function turn(v: Uint32Array, at: number, bits: number): void {
  const low = v[at] ?? 0;
  const high = v[at + 1] ?? 0;
  v[at] = bits === 32 ? high : (low << bits) | (high >>> (32 - bits));
  v[at + 1] = bits === 32 ? low : (high << bits) | (low >>> (32 - bits));
}

function change(v: Uint32Array, at: number, bits: number): void {
  v[at] = (v[at] ?? 0) ^ bits;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** The bytes of a word, the other way round. */
function reversed(digits: string): string {
  return digits.slice(6) + digits.slice(4, 6) + digits.slice(2, 4) + digits.slice(0, 2);
}
