/** The socket of a message bus. What is written goes out in its order, as soon as it is connected. */
export interface BusSocket {
  write(bytes: Uint8Array): void;
  destroy(): void;
}

export interface BusSocketEvents {
  data(bytes: Buffer): void;
  error(error: NodeJS.ErrnoException): void;
  close(): void;
}

/** Of Bun's own sockets, what is used of them. */
interface BunSocket {
  /** @returns how much the system has taken; negative: it is closed */
  write(bytes: Uint8Array): number;
  end(): void;
}
interface BunRuntime {
  connect(options: { unix: string; socket: object }): Promise<BunSocket>;
}

/**
 * Connects to a socket of this machine. Under Bun by its own ones: to load `node:net` takes that runtime 3 ms and to connect by it
 * another, of the 10 that a `get` from the keyring has (docs/decisions/0007-keychain.md).
 * @param path an abstract one begins with a NUL
 */
export function openBusSocket(path: string, on: BusSocketEvents): BusSocket {
  const { Bun } = globalThis as { Bun?: BunRuntime };
  return Bun === undefined ? openNodeSocket(path, on) : openBunSocket(path, on, Bun);
}

function openNodeSocket(path: string, on: BusSocketEvents): BusSocket {
  const socket = process.getBuiltinModule('node:net').connect({ path });
  socket.on('data', on.data);
  socket.on('error', on.error);
  socket.on('close', on.close);
  return { write: (bytes) => void socket.write(bytes), destroy: () => void socket.destroy() };
}

function openBunSocket(path: string, on: BusSocketEvents, { connect }: BunRuntime): BusSocket {
  let socket: BunSocket | undefined;
  let isDestroyed = false;
  let unsent: Uint8Array = new Uint8Array();
  const send = (): void => {
    if (socket === undefined || unsent.length === 0) return;
    const count = socket.write(unsent);
    if (count > 0) unsent = unsent.subarray(count);
  };
  const close = (): void => {
    if (!isDestroyed) on.close();
  };
  const fail = (error: NodeJS.ErrnoException): void => {
    if (!isDestroyed) on.error(error);
  };
  connect({
    unix: path,
    socket: {
      open: (opened: BunSocket) => {
        socket = opened;
        if (isDestroyed) opened.end();
        else send();
      },
      data: (_: BunSocket, bytes: Buffer) => {
        if (!isDestroyed) on.data(bytes);
      },
      drain: send,
      end: close,
      close,
      error: (_: BunSocket, error: NodeJS.ErrnoException) => fail(error),
    },
  }).catch(fail);
  return {
    write: (bytes) => {
      unsent = unsent.length === 0 ? bytes : Buffer.concat([unsent, bytes]);
      send();
    },
    destroy: () => {
      isDestroyed = true;
      socket?.end();
    },
  };
}
