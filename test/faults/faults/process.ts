import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { limitedGroup } from '../cgroup.ts';
import type { Arranged, Fault, World } from '../fault.ts';
import { apart, by, byShell } from '../wrapped.ts';

const TOKEN = ['token'];
/** Where the program can't be started, or has not what it takes, the front answers. */
const FRONT = ['token', 'program-ended', 'not-started', 'late'];

const SIGNALS: readonly Fault[] = ['TERM', 'INT', 'HUP', 'QUIT', 'KILL'].map((signal) => ({
  name: `SIG${signal} comes while the API is waited for`,
  arrange(world) {
    world.sandbox.setFault('api', 'stall');
    const { command } = by(world, 'timeout', '--preserve-status', '--signal', signal, '1');
    return { ...(command && { command }), lift: () => world.sandbox.setFault('api', null) };
  },
  get: ['token'],
  isKilled: true,
}));

const DISPOSITIONS: readonly Fault[] = [
  {
    name: 'the program is stopped and goes on',
    arrange(world) {
      // It waits for the API when it is stopped, and when it goes on.
      world.sandbox.setFault('api', 'stall');
      const stopped = 'trap "" CHLD; (sleep 0.05; kill -STOP $$; sleep 0.5; kill -CONT $$) & exec "$0" "$@"';
      return { ...byShell(world, stopped), lift: () => world.sandbox.setFault('api', null) };
    },
    get: TOKEN,
  },
  ...(['ignored', 'blocked'] as const).map(
    (how): Fault => ({
      name: `every signal comes ${how}`,
      arrange: (world) => by(world, 'env', how === 'ignored' ? '--ignore-signal' : '--block-signal'),
      get: TOKEN,
    }),
  ),
];

const FULL = 'mkfifo full; exec 9<> full; rm full; dd if=/dev/zero bs=4096 oflag=nonblock 2> /dev/null >&9;';
const DESCRIPTORS: readonly Fault[] = (
  [
    ['stdin is closed', '<&-', false, ['anonymous']],
    ['stdin is a directory', '< /', false, ['anonymous']],
    ['stdin is endless', '< /dev/zero', false, ['anonymous']],
    ['stdout is closed', '>&-', true],
    ['stdout is full', '> /dev/full', true],
    ['stderr is closed', '2>&-', false],
    ['stderr is full', '2> /dev/full', false],
    ['no descriptor is open', '<&- >&- 2>&-', true],
  ] as const
).map(
  ([name, redirected, isUnread, get = TOKEN]: readonly [string, string, boolean, (readonly string[])?]) => ({
    name,
    arrange: (world) => byShell(world, `exec "$0" "$@" ${redirected}`),
    get,
    isUnread,
  }),
);

const PIPES: readonly Fault[] = [
  {
    name: 'stderr is a pipe that nobody reads',
    isTypical: true,
    isForVerbs: true,
    arrange: (world) => byShell(world, `${FULL} exec "$0" "$@" 2>&9 9>&-`),
    get: TOKEN,
  },
  {
    name: 'stdin stays open',
    arrange: (world) => byShell(world, 'mkfifo open; exec 9<> open; rm open; exec "$0" "$@" <&9 9>&-'),
    get: ['late'],
    waits: true,
  },
  {
    name: 'a thousand descriptors are open',
    arrange: (world) =>
      byShell(
        world,
        'ulimit -n 4096; exec bash -c \'for n in $(seq 10 1010); do eval "exec $n< /dev/null"; done; exec "$0" "$@"\' "$0" "$@"',
      ),
    get: TOKEN,
  },
];

const without = ({ home }: World, ...names: readonly string[]): Arranged => ({
  env: Object.fromEntries(Object.entries(home.env).filter(([name]) => !names.includes(name))),
});
const withMore = ({ home }: World, more: Readonly<Record<string, string>>): Arranged => ({
  env: { ...home.env, ...more },
});

const ENVIRONMENT: readonly Fault[] = [
  {
    name: 'the environment is 1 MB large',
    isTypical: true,
    arrange: (world) =>
      withMore(
        world,
        Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`LARGE_${n}`, 'x'.repeat(100_000)])),
      ),
    get: TOKEN,
  },
  {
    name: 'the environment has ten thousand variables',
    arrange: (world) =>
      withMore(world, Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`MANY_${n}`, 'x']))),
    get: TOKEN,
  },
  {
    name: 'there is no HOME',
    arrange: (world) => without(world, 'HOME'),
    get: ['anonymous'],
    // Who has no HOME has no kubeconfig, and signs out nobody who has one.
    afterwards: TOKEN,
    isTypical: true,
  },
  { name: 'there is no PATH', arrange: (world) => without(world, 'PATH'), get: TOKEN },
  { name: 'HOME is relative', arrange: (world) => withMore(world, { HOME: 'home' }), get: ['anonymous'] },
  {
    name: 'HOME is not a directory',
    arrange: (world) => withMore(world, { HOME: '/dev/null' }),
    get: ['anonymous'],
  },
  {
    name: 'HOME does not exist',
    arrange: (world) => withMore(world, { HOME: `${world.home.directory}/nowhere/at/all` }),
    get: ['anonymous'],
  },
  {
    name: 'variables lead a runtime astray',
    arrange: (world) =>
      withMore(world, {
        NODE_OPTIONS: '--require /nowhere/at/all.js',
        BUN_OPTIONS: '--preload /nowhere/at/all.js',
        BUN_BE_BUN: '1',
        NODE_EXTRA_CA_CERTS: '/nowhere/at/all.pem',
      }),
    get: TOKEN,
    needsFront: true,
  },
  {
    name: 'TMPDIR does not exist',
    arrange: (world) => withMore(world, { TMPDIR: '/nowhere/at/all' }),
    get: TOKEN,
  },
];

const LIMITS: readonly Fault[] = [
  ...['nofile=3', 'nofile=8', 'nofile=16', 'nofile=64'],
  ...[
    'fsize=0',
    'cpu=1',
    'stack=65536',
    'as=20000000',
    'as=300000000',
    'data=20000000',
    'memlock=0',
    'sigpending=0',
    'core=0',
  ],
].map((limit) => ({
  name: `ulimit ${limit}`,
  arrange: (world) => by(world, 'prlimit', `--${limit}`),
  get: FRONT,
  needsFront: true,
}));

const GROUPS: readonly Fault[] = (
  [
    ...[16, 32, 64].map((megabytes) => [`memory of ${megabytes} MB`, 'memory', megabytes << 20] as const),
    ...[1, 2, 4, 8].map((most) => [`${most} processes and threads`, 'pids', most] as const),
  ] as const
).map(([what, limit, most]) => ({
  name: `a control group with ${what}`,
  arrange(world) {
    const group = limitedGroup(limit, most);
    if (group === undefined) throw new Error('no control group can be made');
    return { ...byShell(world, `echo $$ > ${group.processes} && exec "$0" "$@"`), leave: group.remove };
  },
  get: FRONT,
  needs: 'root and a cgroup',
  needsFront: true,
}));

const SURROUNDINGS: readonly Fault[] = [
  {
    name: 'there is no /proc',
    isTypical: true,
    arrange: (world) => apart(world, ['--mount'], 'mount -t tmpfs none /proc'),
    get: FRONT,
    others: { version: ['done', 'not-started'] },
    needs: 'root',
    needsFront: true,
  },
  {
    name: 'there is no /etc, /sys, /tmp and /run',
    arrange: (world) =>
      apart(world, ['--mount'], 'for place in /etc /sys /run; do mount -t tmpfs none $place; done'),
    get: TOKEN,
    needs: 'root',
  },
  {
    name: 'there is no /dev',
    arrange: (world) => apart(world, ['--mount'], 'mount -t tmpfs none /dev'),
    get: FRONT,
    needs: 'root',
    needsFront: true,
  },
  {
    name: 'the whole file system is read-only',
    arrange: (world) => apart(world, ['--mount'], 'mount -o bind,remount,ro /'),
    get: TOKEN,
    needs: 'root',
  },
  {
    name: 'the directory was deleted',
    isTypical: true,
    arrange(world) {
      const cwd = join(world.home.directory, 'gone');
      mkdirSync(cwd);
      return {
        ...byShell(world, 'rmdir "$PWD"; exec "$0" "$@"'),
        cwd,
        lift: () => rmSync(cwd, { recursive: true, force: true }),
      };
    },
    get: TOKEN,
    // What a person runs reads paths from there, and so does not start anywhere else.
    others: { token: ['not-started'], authfile: ['not-started'], version: ['not-started'] },
    needsFront: true,
  },
];

/** The process and what it is given. */
export const PROCESS: readonly Fault[] = [
  ...SIGNALS,
  ...DISPOSITIONS,
  ...DESCRIPTORS,
  ...PIPES,
  ...ENVIRONMENT,
  ...LIMITS,
  ...GROUPS,
  ...SURROUNDINGS,
];
