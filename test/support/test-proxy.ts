import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface TestProxy {
  readonly port: number;
  /** Where it was asked to connect to, as `host:port`. */
  readonly targets: string[];
  /** Header lines of the CONNECT requests, or `socks5`. */
  readonly greetings: string[];
}

/** An HTTP proxy that only connects; with `credentials`, 407 to everyone without them. */
export function startConnectProxy(t: TestContext, credentials?: string): Promise<TestProxy> {
  return startProxy(t, async (socket, proxy) => {
    const head = (await readSome(socket)).toString('latin1');
    proxy.greetings.push(head);
    const target = /^CONNECT (\S+) /.exec(head)?.[1] ?? '';
    const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    const given = /^proxy-authorization: (.*)$/im.exec(head)?.[1]?.trim();
    if (wanted !== undefined && given !== wanted) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    proxy.targets.push(target);
    join(socket, target, 'HTTP/1.1 200 Connection established\r\n\r\n');
  });
}

/** A SOCKS5 proxy without authentication (RFC 1928). */
export function startSocksProxy(t: TestContext): Promise<TestProxy> {
  return startProxy(t, async (socket, proxy) => {
    proxy.greetings.push('socks5');
    await readSome(socket);
    socket.write(Buffer.from([5, 0]));
    const request = await readSome(socket);
    const isName = request[3] === 3;
    const host = isName
      ? request.toString('latin1', 5, 5 + (request[4] ?? 0))
      : [...request.subarray(4, 8)].join('.');
    const target = `${host}:${request.readUInt16BE(request.length - 2)}`;
    proxy.targets.push(target);
    join(socket, target, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
  });
}

async function startProxy(
  t: TestContext,
  serve: (socket: Socket, proxy: TestProxy) => Promise<void>,
): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A client that breaks the connection is its own affair.
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    void serve(socket, proxy);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: TestProxy = { port: (server.address() as AddressInfo).port, targets: [], greetings: [] };
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return proxy;
}

/** What comes in one piece: every greeting of these protocols does on loopback. */
async function readSome(socket: Socket): Promise<Buffer> {
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes;
}

/** Every name is this machine: tests reach nothing else. */
function join(socket: Socket, target: string, welcome: string | Buffer): void {
  const onward = connect(Number(target.slice(target.lastIndexOf(':') + 1)), '127.0.0.1');
  onward.on('connect', () => {
    socket.write(welcome);
    socket.pipe(onward);
    onward.pipe(socket);
  });
  onward.on('error', () => socket.destroy());
  onward.on('close', () => socket.destroy());
  socket.on('close', () => onward.destroy());
}
