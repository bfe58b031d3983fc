import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type DbusValue,
  readValues,
  type Variant,
  writeValues,
} from '../../../src/keychain/secret-service/dbus-values.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** What a call is answered with: its types and values, an error's name, or nothing at all. */
export type Reply =
  | readonly [signature: string, ...values: DbusValue[]]
  | { readonly error: string }
  | 'nothing';

/** A bus with a keyring behind it that answers every method as it is told. */
export interface FakeBus {
  /** Of its socket. */
  readonly path: string;
  readonly env: Record<string, string>;
  /** The methods that were called, in order. */
  readonly called: string[];
}

/**
 * @param replies by method, or what makes one for the first, second, … call of it; every other method is answered with an error
 * @param signals sent right after the answer to a method: object, interface, member, types and values
 * @param greeting what it answers to whoever wants to be let in
 * @param chatterMs how often it sends a signal that nobody waits for; undefined: never
 */
export async function fakeBus(
  t: TestContext,
  replies: Readonly<Record<string, Reply | ((time: number) => Reply)>>,
  signals: Readonly<Record<string, readonly [string, string, string, string, ...DbusValue[]]>> = {},
  greeting = 'DATA\r\nOK 1234\r\n',
  chatterMs?: number,
): Promise<FakeBus> {
  const path = join(temporaryDirectory(t), 'bus');
  const called: string[] = [];
  const serve = (socket: Socket): void => {
    let received = Buffer.alloc(0);
    let isLetIn = false;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (!isLetIn) {
        const begin = received.indexOf('BEGIN\r\n');
        if (begin === -1) return;
        isLetIn = true;
        received = received.subarray(begin + 7);
        socket.write(greeting);
        if (chatterMs !== undefined) chatter(socket, chatterMs);
      }
      while (received.length >= 16) {
        const length = ((16 + received.readUInt32LE(12) + 7) & ~7) + received.readUInt32LE(4);
        if (received.length < length) return;
        const [, , , , , serial, fields] = readValues('yyyyuua(yv)', {
          bytes: received,
          at: 0,
          isLittleEndian: true,
        });
        received = received.subarray(length);
        const member = String((fields as [number, Variant][]).find(([code]) => code === 3)?.[1][1]);
        called.push(member);
        const given =
          replies[member] ?? (member === 'Hello' || member === 'AddMatch' ? [''] : { error: 'Unknown' });
        const time = called.filter((each) => each === member).length;
        const reply = typeof given === 'function' ? given(time) : given;
        if (reply !== 'nothing')
          socket.write(replyMessage(Number(serial), reply as Exclude<Reply, 'nothing'>));
        const signal = signals[member];
        if (signal !== undefined) socket.write(signalMessage(...signal));
      }
    });
  };
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  return { path, env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` }, called };
}

function chatter(socket: Socket, everyMs: number): void {
  const signal = signalMessage('/elsewhere', 'org.example.Other', 'Happened', '');
  const timer = setInterval(() => socket.write(signal), everyMs);
  socket.on('close', () => clearInterval(timer));
}

function replyMessage(serial: number, reply: Exclude<Reply, 'nothing'>): Buffer {
  if ('error' in reply)
    return message(
      3,
      [
        [4, ['s', reply.error]],
        [5, ['u', serial]],
      ],
      's',
      ['no words'],
    );
  const [signature, ...values] = reply;
  return message(2, [[5, ['u', serial]]], signature, values);
}

function signalMessage(
  path: string,
  owner: string,
  member: string,
  signature: string,
  ...values: DbusValue[]
): Buffer {
  return message(
    4,
    [
      [1, ['o', path]],
      [2, ['s', owner]],
      [3, ['s', member]],
    ],
    signature,
    values,
  );
}

function message(
  type: number,
  fields: [number, Variant][],
  signature: string,
  values: readonly DbusValue[],
): Buffer {
  const body = writeValues(signature, values);
  const all = signature === '' ? fields : [...fields, [8, ['g', signature]] as [number, Variant]];
  const header = writeValues('yyyyuua(yv)', ['l'.charCodeAt(0), type, 0, 1, body.length, 1, all]);
  return Buffer.concat([header, Buffer.alloc(-header.length & 7), body]);
}
