import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { fakeBus } from './fake-bus.ts';

const BUN = fileURLToPath(new URL('../../../node_modules/.bin/bun', import.meta.url));
const CONNECTION = new URL('../../../src/keychain/secret-service/dbus-connection.ts', import.meta.url).href;
const LARGE = 1_000_000;

/** Asks a bus once, and tells what came of it; the same under each runtime. */
const ASK = `
const [path, patienceMs, bytes] = JSON.parse(process.env.ASKED);
const { connectToBus } = await import(${JSON.stringify(CONNECTION)});
const bus = connectToBus(path, patienceMs);
const call = { destination: 'org.example', path: '/', interface: 'org.example.Any', member: 'Ask' };
try {
  const said = await bus.call({ ...call, signature: 's', args: ['x'.repeat(bytes)] });
  console.log(JSON.stringify({ said }));
} catch ({ reason }) {
  console.log(JSON.stringify({ reason }));
}
bus.close();
`;

async function askUnderBoth(path: string, patienceMs = 20_000, bytes = 1): Promise<readonly unknown[]> {
  const env = { PATH: process.env.PATH, ASKED: JSON.stringify([path, patienceMs, bytes]) };
  const programs: [string, string[]][] = [
    [BUN, ['-e', ASK]],
    [process.execPath, ['--input-type=module', '-e', ASK]],
  ];
  const outcomes: unknown[] = [];
  for (const [program, args] of programs) {
    outcomes.push(JSON.parse((await promisify(execFile)(program, args, { env })).stdout));
  }
  return outcomes;
}

/** A server that does one thing with whoever connects. */
async function server(t: TestContext, serve: (socket: Socket) => void, name = 'bus'): Promise<string> {
  const path = name.startsWith('\0') ? name : join(temporaryDirectory(t), name);
  const listening = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => listening.listen(path, resolve));
  t.after(() => listening.close());
  return path;
}

test('under Bun and under Node a bus is heard alike, by its own sockets', async (t) => {
  const { path } = await fakeBus(t, { Ask: ['s', 'y'.repeat(LARGE)] });
  const said = { said: ['y'.repeat(LARGE)] };
  assert.deepEqual(await askUnderBoth(path), [said, said]);
});

test('more than a socket takes at once goes out whole', async (t) => {
  const { path } = await fakeBus(t, { Ask: ['s', 'heard'] });
  const said = { said: ['heard'] };
  assert.deepEqual(await askUnderBoth(path, 20_000, LARGE), [said, said]);
});

test('a bus that fails does so for the same reason under both', async (t) => {
  const both = (reason: string) => [{ reason }, { reason }];
  const { path: refusing } = await fakeBus(t, {}, {}, 'REJECTED EXTERNAL\r\n');
  assert.deepEqual(await askUnderBoth(refusing), both('rejected'));
  const { path: silent } = await fakeBus(t, { Ask: 'nothing' });
  assert.deepEqual(await askUnderBoth(silent, 100), both('late'));
  const { path: failing } = await fakeBus(t, { Ask: { error: 'org.example.Failed' } });
  assert.deepEqual(await askUnderBoth(failing), both('org.example.Failed'));
  const closing = await server(t, (socket) => socket.end());
  assert.deepEqual(await askUnderBoth(closing), both('broken'));
  const babbling = await server(t, (socket) => socket.write(`OK\r\n${'?'.repeat(64)}`));
  assert.deepEqual(await askUnderBoth(babbling), both('broken'));
  assert.deepEqual(await askUnderBoth(join(temporaryDirectory(t), 'nobody')), both('unreachable'));
});

test('an abstract name is reached under both', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const name = `\0docker-credential-openshift-test-${process.pid}`;
  const path = await server(t, (socket) => socket.end('REJECTED\r\n'), name);
  assert.deepEqual(await askUnderBoth(path), [{ reason: 'rejected' }, { reason: 'rejected' }]);
});
