import { connect } from 'node:net';
import { callMessage, type Message, type MethodCall, takeMessage } from './dbus-message.ts';
import type { DbusValue } from './dbus-types.ts';

/** A connection to a message bus. */
export interface BusConnection {
  /** @throws BusError */
  call(call: MethodCall): Promise<readonly DbusValue[]>;
  close(): void;
}

/** Why a call has no result. */
export class BusError extends Error {
  /** The name that D-Bus has for it, or `unreachable`, `rejected` and `broken` for the connection itself. */
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.name = 'BusError';
    this.reason = reason;
  }
}

interface Waiting {
  resolve(body: readonly DbusValue[]): void;
  reject(error: BusError): void;
}

const LONGEST_AUTHENTICATION = 4096;
const BUS = 'org.freedesktop.DBus';

/**
 * Connects to a message bus. Calls may be made at once: what is written goes out together, without waiting for the
 * bus to have let us in.
 *
 * Who we are is left to the bus to see from the socket (`EXTERNAL` with no name in it, as systemd does): inside of a
 * user namespace we know another number for ourselves than the bus does.
 * @param path of its socket; an abstract one begins with a NUL
 */
export function connectToBus(path: string): BusConnection {
  const socket = connect({ path });
  const waiting = new Map<number, Waiting>();
  let isLetIn = false;
  let received: Buffer = Buffer.alloc(0);
  let lost: BusError | undefined;
  let serial = 0;

  const fail = (error: BusError): void => {
    lost ??= error;
    socket.destroy();
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
  };
  const call = (request: MethodCall): Promise<readonly DbusValue[]> =>
    new Promise((resolve, reject) => {
      if (lost !== undefined) return reject(lost);
      serial += 1;
      waiting.set(serial, { resolve, reject });
      socket.write(callMessage(serial, request));
    });
  const letIn = (): void => {
    for (;;) {
      const end = received.indexOf('\r\n');
      if (end === -1 && received.length > LONGEST_AUTHENTICATION) throw new RangeError('no line of D-Bus');
      if (end === -1) return;
      const line = received.toString('latin1', 0, end);
      received = received.subarray(end + 2);
      if (line.startsWith('REJECTED') || line.startsWith('ERROR')) {
        fail(new BusError('rejected', 'the message bus does not let this process in'));
        return;
      }
      if (line.startsWith('OK')) {
        isLetIn = true;
        return;
      }
    }
  };
  const take = (): void => {
    if (!isLetIn) letIn();
    while (isLetIn) {
      const taken = takeMessage(received);
      if (taken === undefined) return;
      received = received.subarray(taken.length);
      settle(taken.message, waiting);
    }
  };
  socket.on('data', (bytes: Buffer) => {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    try {
      take();
    } catch (error) {
      // Whatever listens there does not speak D-Bus.
      if (!(error instanceof RangeError)) throw error;
      fail(new BusError('broken', `the message bus talks nonsense: ${error.message}`));
    }
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EACCES' || error.code === 'EPERM' ? 'rejected' : 'unreachable';
    fail(new BusError(reason, `the message bus can't be reached: ${error.code ?? error.message}`));
  });
  socket.on('close', () => fail(new BusError('broken', 'the message bus closed the connection')));
  socket.write('\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n');
  call({
    destination: BUS,
    path: '/org/freedesktop/DBus',
    interface: BUS,
    member: 'Hello',
    signature: '',
    args: [],
  }).catch(() => {
    // Whoever calls something hears the same.
  });
  return { call, close: () => socket.destroy() };
}

function settle({ kind, replyTo, errorName, body }: Message, waiting: Map<number, Waiting>): void {
  const caller = replyTo === undefined ? undefined : waiting.get(replyTo);
  if (replyTo === undefined || caller === undefined || kind === 'other') return;
  waiting.delete(replyTo);
  const [text] = body;
  if (kind === 'return') caller.resolve(body);
  else
    caller.reject(
      new BusError(errorName ?? 'broken', typeof text === 'string' ? text : 'no reason was given'),
    );
}
