import { openBusSocket } from './bus-socket.ts';
import { callMessage, type Message, type MethodCall, takeMessage } from './dbus-message.ts';
import type { DbusValue } from './dbus-values.ts';

/** A connection to a message bus. */
export interface BusConnection {
  /** @throws BusError */
  call(call: MethodCall): Promise<readonly DbusValue[]>;
  /** The next signal of that member from that object; to be called before what brings it about. @throws BusError */
  signalled(path: string, member: string): Promise<readonly DbusValue[]>;
  close(): void;
}

/** Why a call has no result. */
export class BusError extends Error {
  /** The name that D-Bus has for it, or of the connection itself: `unreachable`, `rejected`, `late`, `broken`. */
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
 * @param patienceMs how long nothing that is waited for may come; what nobody waits for, such as signals of others, is
 *   no sign that anybody works on it
 * @param withinMs how long the whole may take, however much is answered
 * @param mayGoOn asked once when either time is over: whether it gets the same time again
 */
export function connectToBus(
  path: string,
  patienceMs: number,
  withinMs?: number,
  mayGoOn = mayWaitLonger,
): BusConnection {
  const waiting = new Map<number | string, Waiting>();
  let isLetIn = false;
  let received: Buffer = Buffer.alloc(0);
  let lost: BusError | undefined;
  let serial = 0;
  let timer: NodeJS.Timeout | undefined;
  let end: NodeJS.Timeout | undefined;

  const wait = (ms: number, keep: (timer: NodeJS.Timeout) => void, isSecondTime = false): void => {
    const late = (): void => {
      if (!isSecondTime && mayGoOn(ms)) wait(ms, keep, true);
      else fail(new BusError('late', 'no answer in time'));
    };
    keep(setTimeout(late, ms));
  };
  const waitAnew = (): void => {
    clearTimeout(timer);
    if (waiting.size === 0) return;
    wait(patienceMs, (it) => {
      timer = it;
    });
  };
  const fail = (error: BusError): void => {
    lost ??= error;
    clearTimeout(timer);
    clearTimeout(end);
    socket.destroy();
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
  };
  const answerTo = (key: number | string): Promise<readonly DbusValue[]> =>
    new Promise((resolve, reject) => {
      if (lost !== undefined) reject(lost);
      else waiting.set(key, { resolve, reject });
      waitAnew();
    });
  const call = (request: MethodCall): Promise<readonly DbusValue[]> => {
    serial += 1;
    const answer = answerTo(serial);
    socket.write(callMessage(serial, request));
    return answer;
  };
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
      if (settle(taken.message, waiting)) waitAnew();
    }
  };
  const socket = openBusSocket(path, {
    data: (bytes) => {
      received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
      try {
        take();
      } catch (error) {
        // Whatever listens there does not speak D-Bus.
        if (!(error instanceof RangeError)) throw error;
        fail(new BusError('broken', `the message bus talks nonsense: ${error.message}`));
      }
    },
    error: ({ code, message }) => {
      // EAGAIN: as many wait already as it lets wait.
      const reason =
        code === 'EACCES' || code === 'EPERM' ? 'rejected' : code === 'EAGAIN' ? 'late' : 'unreachable';
      fail(new BusError(reason, `the message bus can't be reached: ${code ?? message}`));
    },
    close: () => fail(new BusError('broken', 'the message bus closed the connection')),
  });
  if (withinMs !== undefined) {
    wait(withinMs, (it) => {
      end = it;
    });
  }
  socket.write(Buffer.from('\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n'));
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
  return {
    call,
    signalled: (path, member) => answerTo(`${path} ${member}`),
    close: () => fail(new BusError('broken', 'the connection was closed')),
  };
}

/** @returns whether somebody waited for this message */
function settle(
  { kind, replyTo, signal, errorName, body }: Message,
  waiting: Map<number | string, Waiting>,
): boolean {
  const key = replyTo ?? signal ?? '';
  const caller = waiting.get(key);
  if (caller === undefined || kind === 'other') return false;
  waiting.delete(key);
  const [text] = body;
  if (kind !== 'error') caller.resolve(body);
  else
    caller.reject(
      new BusError(errorName ?? 'broken', typeof text === 'string' ? text : 'no reason was given'),
    );
  return true;
}

/** Where this process has lived for so long, an engine that waits for it has no more time to give. */
const LATEST_END_MS = 3500;

/**
 * Where programs wait for a processor, one that is not let run is as silent as one that hangs.
 * @param forMs how much longer
 */
function mayWaitLonger(forMs: number): boolean {
  if (process.platform !== 'linux' || performance.now() + forMs > LATEST_END_MS) return false;
  try {
    // proc_loadavg(5): the fourth word is RUNNABLE/ALL.
    const words = process.getBuiltinModule('node:fs').readFileSync('/proc/loadavg', 'latin1').split(' ');
    return Number.parseInt(words[3] ?? '', 10) > process.getBuiltinModule('node:os').availableParallelism();
  } catch {
    // A sandbox without /proc: nothing can be said.
    return false;
  }
}
