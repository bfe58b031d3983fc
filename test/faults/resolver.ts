import { createSocket } from 'node:dgram';

/** How a name server answers. `garbage`: bytes that are no message; `nowhere`: an address that nothing answers from. */
export type Resolving = 'nxdomain' | 'servfail' | 'silent' | 'garbage' | 'nowhere';

/** Codes of RFC 1035, section 4.1.1. */
const CODES = { nxdomain: 3, servfail: 2, nowhere: 0 } as const;
const TYPE_A = 1;
/** An A record for the name that the question begins with: of class IN, for a minute. */
const NOWHERE = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);

function reply(query: Buffer, how: Exclude<Resolving, 'silent'>): Buffer {
  if (how === 'garbage') return Buffer.from('no name server speaks like this');
  let end = 12;
  while (query[end] !== 0) end += (query[end] ?? 0) + 1;
  const question = query.subarray(12, end + 5);
  const isAnswered = how === 'nowhere' && query.readUInt16BE(end + 1) === TYPE_A;
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x8180 + CODES[how], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(isAnswered ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, question, ...(isAnswered ? [NOWHERE] : [])]);
}

const how = process.argv[2] as Resolving;
const server = createSocket('udp4');
server.on('message', (query, { port, address }) => {
  if (how !== 'silent') server.send(reply(query, how), port, address);
});
server.bind(53, '127.0.0.1', () => process.stdout.write('ready\n'));
