import type { Pace } from '../../src/hosts/renewal.ts';
import { START_MS } from './simulate.ts';
import { simulateCluster } from './simulated-cluster.ts';
import { type SimulatedMachine, simulateMachine } from './simulated-machine.ts';
import { createRandom, randomOutages } from './simulated-outages.ts';

export const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SECRET = 'docker-credential-openshift-machine';
const LIFE_MS = HOUR_MS;

/** Many machines of one cluster. Times count from the start, in ms. */
export interface Fleet {
  readonly seed: number;
  readonly nodes: number;
  readonly lastsMs: number;
  /** The machines come up, each with its first pull, within this time. */
  readonly startWithinMs: number;
  /** How long it is from one pull of a machine to the next, on average. */
  readonly pullEveryMs: number;
  /** Neither the cluster nor its registry can be reached. */
  readonly outage: { readonly fromMs: number; readonly untilMs: number };
  /** What takes the place of each machine's own pace, to compare. */
  readonly pace?: Pace;
}

/** What came of it. */
export interface FleetOutcome {
  /** How many tokens the API server was asked for, minute by minute. */
  readonly mints: readonly number[];
  readonly pulls: number;
  /** Pulls that went on anonymously while the cluster could be reached, and while it could not. */
  readonly anonymous: { readonly reachable: number; readonly away: number };
  /** Pulls that were answered with a token that had expired. */
  readonly expired: number;
  /** The least that a token had left to live that was answered, in ms. */
  readonly leastLeftMs: number;
}

/** Lives through it: every machine pulls now and then, and renews as the program decides. */
export async function simulateFleet(fleet: Fleet): Promise<FleetOutcome> {
  const random = createRandom(fleet.seed);
  const span = { fromMs: START_MS, untilMs: START_MS + fleet.lastsMs };
  const away = { api: true, registry: true, validation: false };
  const { fromMs, untilMs } = fleet.outage;
  const outages = randomOutages(random, 0, span, 1, [
    { ...away, fromMs: START_MS + fromMs, untilMs: START_MS + untilMs },
  ]);
  let nowMs = START_MS;
  const clock = { nowMs: () => nowMs, waitMs: () => Promise.resolve() };
  const cluster = simulateCluster(clock, outages, SECRET);
  const mints = new Array<number>(Math.ceil(fleet.lastsMs / MINUTE_MS)).fill(0);
  const counting: typeof cluster = {
    ...cluster,
    ask: (token, path, body) => {
      const minute = Math.floor((nowMs - START_MS) / MINUTE_MS);
      if (path.endsWith('/token') && !outages.at(nowMs).api) mints[minute] = (mints[minute] ?? 0) + 1;
      return cluster.ask(token, path, body);
    },
  };
  const login = cluster.login((2 * fleet.lastsMs) / 1000) ?? '';
  const machines = Array.from({ length: fleet.nodes }, (_, index): SimulatedMachine => {
    const machine = simulateMachine({
      cluster: counting,
      moment: () => ({ wallMs: nowMs, uptimeMs: nowMs - START_MS + HOUR_MS }),
      settings: { serviceAccount: 'alice-ns/puller', tokenLifetime: LIFE_MS / 1000 },
      secretName: SECRET,
      name: `node-${index}.example.com`,
      ...(fleet.pace === undefined ? {} : { pace: fleet.pace }),
    });
    machine.login(login);
    return machine;
  });

  const anonymous = { reachable: 0, away: 0 };
  let [pulls, expired, leastLeftMs] = [0, 0, Number.POSITIVE_INFINITY];
  const pull = async (machine: SimulatedMachine): Promise<void> => {
    const { answer, renewSoon } = await machine.get();
    pulls++;
    if (answer.kind === 'anonymous') {
      anonymous[outages.at(nowMs).api ? 'away' : 'reachable']++;
    } else {
      const leftMs = cluster.endOf(answer.secret) - nowMs;
      if (leftMs <= 0) expired++;
      leastLeftMs = Math.min(leastLeftMs, leftMs);
    }
    if (renewSoon === true) await machine.renew();
  };

  const due: SimulatedMachine[][] = Array.from({ length: fleet.lastsMs / 1000 }, () => []);
  for (const machine of machines) due[Math.floor((random() * fleet.startWithinMs) / 1000)]?.push(machine);
  for (const [second, pulling] of due.entries()) {
    nowMs = START_MS + second * 1000;
    for (const machine of pulling) {
      await pull(machine);
      const pauseMs = -Math.log(1 - random()) * fleet.pullEveryMs;
      due[second + 1 + Math.floor(pauseMs / 1000)]?.push(machine);
    }
  }
  return { mints, pulls, anonymous, expired, leastLeftMs };
}

/** The most and the mean of a span of minutes, of so many minutes in a row each. */
export function ratesOf(
  mints: readonly number[],
  [from, until]: readonly [number, number],
  window = 1,
): { readonly most: number; readonly mean: number } {
  const part = mints.slice(from, until);
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);
  const windows = part.slice(window - 1).map((_, index) => sum(part.slice(index, index + window)) / window);
  return { most: Math.max(...windows), mean: sum(part) / part.length };
}
