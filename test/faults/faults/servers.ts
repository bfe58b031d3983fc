import type { Fault as ServerFault } from '../../sandbox/http/faults.ts';
import type { ServerName } from '../../sandbox/http/message.ts';
import type { Fault, World } from '../fault.ts';

const UNCHECKED = ['token-unchecked'];
const REFUSED = ['token-refused'];

interface Behaviour {
  readonly name: string;
  readonly isTypical?: boolean;
  readonly fault: ServerFault | 'closed';
  readonly waits?: boolean;
  /** What `get` may say afterwards, where both did that. */
  readonly afterwards?: readonly string[];
  /** What `get` says where the API does that, and where both do; the registry alone is not asked. */
  readonly api?: readonly string[];
  readonly both?: readonly string[];
}

const BEHAVIOURS: readonly Behaviour[] = [
  { name: 'refuses connections', fault: 'closed', isTypical: true },
  { name: 'resets each connection', fault: 'reset' },
  { name: 'accepts connections and never speaks TLS', fault: 'stall-handshake', waits: true },
  { name: 'never answers', fault: 'stall', waits: true, isTypical: true },
  { name: 'sends headers and no body', fault: 'stall-after-headers', waits: true },
  { name: 'sends its answer byte by byte, for ever', fault: 'drip', waits: true },
  { name: 'ends its answers half way', fault: 'truncated' },
  { name: 'sends 256 MB', fault: 'huge-body' },
  { name: 'speaks no HTTP', fault: 'garbage' },
  { name: 'sends a page to log in', fault: 'html', isTypical: true },
  { name: 'redirects elsewhere', fault: { redirect: 'https://127.0.0.1:1/elsewhere' } },
  { name: 'answers 401', fault: 401, api: REFUSED, both: REFUSED, isTypical: true },
  { name: 'answers 403', fault: 403, api: REFUSED, both: REFUSED },
  { name: 'answers 404', fault: 404 },
  { name: 'answers 409', fault: 409 },
  { name: 'answers 422', fault: 422 },
  { name: 'answers 429, and to come again in an hour', fault: 429, afterwards: UNCHECKED },
  { name: 'answers 500', fault: 500 },
  { name: 'answers 503', fault: 503, isTypical: true },
];

async function misbehave({ sandbox }: World, servers: readonly ServerName[], fault: ServerFault | 'closed') {
  for (const server of servers) {
    if (fault === 'closed') await sandbox.close(server);
    else sandbox.setFault(server, fault);
  }
  return {
    async lift() {
      for (const server of servers) {
        if (fault === 'closed') await sandbox.reopen(server);
        else sandbox.setFault(server, null);
      }
    },
  };
}

/** What the servers can do to their callers. Who is waited for may take all of the time that there is, on a busy machine. */
export const SERVERS: readonly Fault[] = [
  ...BEHAVIOURS.map(
    ({ name, fault, waits = false, api = ['token'] }): Fault => ({
      name: `the API ${name}`,
      arrange: (world) => misbehave(world, ['api'], fault),
      get: waits ? [...api, 'late'] : api,
      kept: ['token'],
      waits,
    }),
  ),
  ...BEHAVIOURS.map(
    ({ name, fault, waits = false }): Fault => ({
      name: `the registry ${name}`,
      arrange: (world) => misbehave(world, ['registry'], fault),
      get: ['token'],
      waits,
    }),
  ),
  ...BEHAVIOURS.map(
    ({ name, fault, waits = false, both = UNCHECKED, isTypical = false, afterwards }): Fault => ({
      name: `every server ${name}`,
      arrange: (world) => misbehave(world, ['api', 'oauth', 'registry'], fault),
      get: waits ? [...both, 'late'] : both,
      isTypical,
      kept: ['token'],
      waits,
      ...(afterwards && { afterwards }),
    }),
  ),
  {
    name: 'the cluster can validate no token',
    arrange: ({ sandbox }) => {
      sandbox.setOutage({ validationDown: true });
      return { lift: () => sandbox.setOutage({ validationDown: false }) };
    },
    get: REFUSED,
    kept: ['token'],
  },
];
