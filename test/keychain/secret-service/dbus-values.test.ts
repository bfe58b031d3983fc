import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DbusValue, readValues, writeValues } from '../../../src/keychain/secret-service/dbus-values.ts';
import fc from '../../support/properties.ts';

const read = (signature: string, bytes: Buffer) =>
  readValues(signature, { bytes, at: 0, isLittleEndian: true });
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** A type, and a value of it. */
const typed: fc.Arbitrary<[string, DbusValue]> = fc.letrec<{ value: [string, DbusValue] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(fc.constant('s'), fc.string({ unit: 'grapheme' })),
    fc.tuple(fc.constant('u'), fc.nat()),
    fc.tuple(fc.constant('y'), fc.nat(255)),
    fc.tuple(fc.constant('b'), fc.boolean()),
    fc.tuple(
      fc.constant('ay'),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    ),
    fc.tuple(fc.constant('v'), tie('value')),
    tie('value').map(([type, value]): [string, DbusValue] => [
      `a${type}`,
      type === 'y' ? Buffer.from([Number(value)]) : [value, value],
    ]),
    fc
      .tuple(tie('value'), tie('value'))
      .map(([[a, first], [b, second]]): [string, DbusValue] => [`(${a}${b})`, [first, second]]),
    fc
      .tuple(fc.string(), tie('value'))
      .map(([key, [type, value]]): [string, DbusValue] => [`a{s${type}}`, [[key, value]]]),
  ),
})).value;

test('what is written is read back, whatever it is made of', () => {
  fc.assert(
    fc.property(fc.array(typed, { maxLength: 4 }), (pairs) => {
      const signature = pairs.map(([type]) => type).join('');
      const values = pairs.map(([, value]) => value);
      assert.deepEqual(read(signature, writeValues(signature, values)), values);
    }),
  );
});

test("values lie where the specification's own example has them", () => {
  // D-Bus specification, "Marshaling": a string, and an array of bytes after it.
  assert.deepEqual(writeValues('s', ['foo']), hex('03000000 666f6f00'));
  assert.deepEqual(writeValues('ys', [1, '+']), hex('01 000000 01000000 2b00'));
  assert.deepEqual(
    writeValues('a{sv}', [[['a', ['u', 7]]]]),
    hex('10000000 00000000 01000000 6100 01 7500 000000 07000000'),
  );
  assert.deepEqual(writeValues('a(oayays)', [[]]), hex('00000000 00000000'));
});

test('the other byte order is read, too', () => {
  const from = { bytes: hex('00000003 666f6f00'), at: 0, isLittleEndian: false };
  assert.deepEqual(readValues('s', from), ['foo']);
});

test('whatever bytes come, and however deep they nest, it ends with a RangeError or a value', () => {
  const signatures = ['s', 'ao', 'v', 'a{o(oayays)}', 'aoao', 'vo'];
  fc.assert(
    fc.property(fc.constantFrom(...signatures), fc.uint8Array({ maxLength: 200 }), (signature, bytes) => {
      try {
        read(signature, Buffer.from(bytes));
      } catch (error) {
        // What is no such value is told as that.
        assert.ok(error instanceof RangeError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
  const deep = Buffer.concat(Array.from({ length: 100 }, () => hex('01 7600')));
  assert.throws(() => read('v', deep), RangeError);
});

test('an array of structs without members, which would never end, is refused', () => {
  const two = hex('08000000 00000000 0000000000000000');
  for (const signature of ['a()', 'a{}', 'a(())']) assert.throws(() => read(signature, two), RangeError);
  assert.throws(() => read('v', Buffer.concat([hex('03 612829 00 000000'), two])), RangeError);
});

test('more values than any keyring answers with are refused before they have taken seconds to read', () => {
  const size = 400_008;
  const many = Buffer.alloc(4 + size);
  many.writeUInt32LE(size);
  assert.throws(() => read('au', many), /too many values/);
  assert.equal((read('ay', many)[0] as Uint8Array).length, size);
});
