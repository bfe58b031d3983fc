import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { NOBODYS_ID } from '../../e2e/as-root.ts';
import { compiledHelper } from '../../support/helper-program.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import type { Arranged, Fault, World } from '../fault.ts';
import { apart, by } from '../wrapped.ts';

const TOKEN = ['token'];
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** The wall clock as it would have jumped since the answer was kept: what was kept lies so much further back. */
function jumped({ home, sandbox }: World, byMs: number): Arranged {
  const host = sandbox.registryHost;
  if (home.cached(host) === undefined) return {};
  home.editCached(host, (record) => {
    record.checkedAt.wallMs -= byMs;
  });
  return {};
}

const CLOCKS: readonly Fault[] = (
  [
    ['an hour ahead', HOUR_MS],
    ['an hour back', -HOUR_MS],
    ['a year ahead', YEAR_MS],
    ['a year back', -YEAR_MS],
    ['back to 1970', -56 * YEAR_MS],
  ] as const
).map(([what, byMs]) => ({
  name: `the clock jumped ${what} since the answer was kept`,
  async arrange(world) {
    await world.home.get(world.sandbox.registryHost);
    return jumped(world, byMs);
  },
  get: TOKEN,
  isTypical: byMs === YEAR_MS,
}));

const BOOTS: readonly Fault[] = (
  [
    ['ahead', 40 * 86_400],
    ['back to the start', 0],
  ] as const
).map(([what, seconds]) => ({
  name: `the time since the start of the machine jumped ${what}`,
  arrange: (world) =>
    apart(world, [
      '--mount',
      '--fork',
      '--kill-child',
      '--time',
      '--boottime',
      String(seconds),
      '--monotonic',
      String(seconds),
    ]),
  get: TOKEN,
  needs: 'root',
}));

/** Every file of the home given to a user, and back. */
function ownedBy({ home, sandbox }: World, id: number): Pick<Arranged, 'lift'> {
  const give = (to: number) => spawnSync('chown', ['-R', '-h', `${to}:${to}`, home.directory]);
  give(id);
  // Its authority is read there.
  chmodSync(sandbox.directory, 0o755);
  return { lift: () => void give(0) };
}

const USERS: readonly Fault[] = [
  {
    name: 'a user namespace in which one is root',
    arrange: (world) => by(world, 'unshare', '--user', '--map-root-user'),
    get: TOKEN,
    isTypical: true,
  },
  {
    name: 'a user namespace in which one is nobody',
    arrange: (world) => by(world, 'unshare', '--user'),
    get: TOKEN,
  },
  {
    name: "root with another's HOME, as with sudo",
    arrange: (world) => ownedBy(world, NOBODYS_ID),
    get: TOKEN,
    // A file of root's in somebody else's home would be in that person's way.
    others: { authfile: ['foreign-file'] },
    isTypical: true,
    needs: 'root',
  },
  {
    name: 'a user that no passwd file knows',
    async arrange(world) {
      const directory = temporaryDirectory(world.t);
      chmodSync(directory, 0o755);
      const path = await compiledHelper.install(directory);
      const user = [`--reuid=${NOBODYS_ID}`, `--regid=${NOBODYS_ID}`, '--clear-groups'];
      return { ...ownedBy(world, NOBODYS_ID), command: ['setpriv', ...user, path] };
    },
    get: TOKEN,
    needs: 'root',
    needsFront: true,
  },
  {
    name: "a user with root's HOME",
    async arrange(world) {
      const directory = temporaryDirectory(world.t);
      chmodSync(directory, 0o755);
      const path = await compiledHelper.install(directory);
      chownSync(world.home.directory, 0, 0);
      return { command: ['setpriv', `--reuid=${NOBODYS_ID}`, '--clear-groups', path] };
    },
    get: ['config-broken'],
    needs: 'root',
    needsFront: true,
  },
  {
    name: 'root without any of its powers',
    arrange: (world) => by(world, 'setpriv', '--bounding-set=-all', '--inh-caps=-all'),
    get: TOKEN,
    needs: 'root',
  },
];

/** Clocks, and who one is. */
export const CLOCKS_AND_USERS: readonly Fault[] = [...CLOCKS, ...BOOTS, ...USERS];
