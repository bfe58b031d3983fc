import { inOneLine } from '../../src/hosts/reason.ts';
import type { RegistrySettings } from '../../src/registry/bind-host.ts';
import { simulateCluster } from './simulated-cluster.ts';
import { simulateMachine } from './simulated-machine.ts';
import { createRandom, randomOutages } from './simulated-outages.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** When every simulation starts. */
export const START_MS = Date.parse('2027-01-01T00:00:00Z');
const SECRET = 'docker-credential-openshift-machine';
/** A cached credential is not asked about again for so long. */
const UNSEEN_MS = 5 * MINUTE_MS;
/** The least that a token must have left to live to be answered, and what a `Date` in whole seconds hides. */
const MARGIN_MS = 63_000;

/** What is simulated. Times count from the start, in ms. */
export interface Scenario {
  readonly seed: number;
  readonly days: number;
  readonly outages: number;
  /** The config's entry for the host. */
  readonly settings: RegistrySettings;
  /** Of the minted token, or of the person's. */
  readonly lifeMs: number;
  /** Default: 30 days. */
  readonly loginLifeMs?: number;
  /** How far the machine's clock is off. */
  readonly clockOffMs?: (sinceStartMs: number) => number;
  /** When neither the cluster nor its registry can be reached, besides the outages. */
  readonly offline?: { readonly fromMs: number; readonly untilMs: number };
  /** When the machine sleeps. */
  readonly suspends?: readonly { readonly fromMs: number; readonly untilMs: number }[];
}

/** What came of it: counts, and a line for each thing that must not happen. */
export interface Outcome {
  readonly gets: number;
  readonly credentials: number;
  readonly anonymous: number;
  readonly logins: number;
  readonly longestOutageMs: number;
  readonly expired: readonly string[];
  readonly publicPullsLost: readonly string[];
  readonly privatePullsLost: readonly string[];
  /** Lost to a registry that stopped taking live tokens less than 5 minutes ago, which nobody can know of. */
  readonly unknowable: number;
  /** What was answered when, to compare. */
  readonly story: string;
}

/** Lives through a scenario: gets every few minutes, the hourly timer, and a person who signs in when told to. */
export async function simulate(scenario: Scenario): Promise<Outcome> {
  const random = createRandom(scenario.seed);
  const endMs = START_MS + scenario.days * DAY_MS;
  const span = { fromMs: START_MS, untilMs: endMs };
  const { offline = { fromMs: 0, untilMs: 0 } } = scenario;
  const outages = randomOutages(createRandom(~scenario.seed), scenario.outages, span, scenario.lifeMs / 2, [
    {
      api: true,
      registry: true,
      validation: false,
      fromMs: START_MS + offline.fromMs,
      untilMs: START_MS + offline.untilMs,
    },
  ]);
  let nowMs = START_MS;
  const clock = { nowMs: () => nowMs, waitMs: () => Promise.resolve() };
  const cluster = simulateCluster(clock, outages, SECRET);
  const off = scenario.clockOffMs ?? (() => 0);
  const moment = () => ({ wallMs: nowMs + off(nowMs - START_MS), uptimeMs: nowMs - START_MS + HOUR_MS });
  const machine = simulateMachine({ cluster, moment, settings: scenario.settings, secretName: SECRET });

  const { loginLifeMs = 30 * DAY_MS } = scenario;
  let login = '';
  let logins = 0;
  const signIn = (): boolean => {
    const token = cluster.login(loginLifeMs / 1000);
    if (token === undefined) return false;
    login = token;
    logins++;
    machine.login(token);
    return true;
  };

  const outcome = { gets: 0, credentials: 0, anonymous: 0, unknowable: 0 };
  const expired: string[] = [];
  const publicPullsLost: string[] = [];
  const privatePullsLost: string[] = [];
  const story: string[] = [];
  let wasTold = !signIn();

  const pull = async (): Promise<void> => {
    const { answer, warnings = [], renewSoon } = await machine.get();
    outcome.gets++;
    const said = inOneLine(answer.kind === 'anonymous' ? answer.reasons : warnings);
    const line = `${new Date(nowMs).toISOString()} ${answer.kind} ${said}`;
    const { registry } = outages.at(nowMs);
    const isSound = outages.soundSinceMs(nowMs) !== undefined;
    const proves = [login, ...(scenario.settings.selfRenew === true ? [cluster.lastMint()] : [])];
    const isRenewable = proves.some((token) => cluster.endOf(token) - nowMs > MARGIN_MS);
    if (answer.kind === 'anonymous') {
      outcome.anonymous++;
      if (isSound && isRenewable) privatePullsLost.push(line);
    } else {
      outcome.credentials++;
      if (cluster.endOf(answer.secret) <= nowMs) expired.push(line);
      const downSinceMs = outages.validationDownSinceMs(nowMs);
      // While nothing is wrong, its end alone decides, and was looked at already.
      if (!registry && downSinceMs !== undefined && cluster.probe(answer.secret) !== 'accepted') {
        if (nowMs - downSinceMs < UNSEEN_MS) outcome.unknowable++;
        else publicPullsLost.push(line);
      }
    }
    story.push(`${nowMs} ${answer.kind}`);
    if (/Run: docker-credential-openshift login|refuses your login|Your login to \S+ ends/.test(said))
      wasTold = true;
    if (renewSoon === true) await machine.renew();
  };

  let nextGetMs = START_MS;
  let nextTimerMs = START_MS + HOUR_MS * random();
  while (nowMs < endMs) {
    nowMs = Math.min(nextGetMs, nextTimerMs);
    const sleep = scenario.suspends?.find(
      ({ fromMs, untilMs }) => nowMs >= START_MS + fromMs && nowMs < START_MS + untilMs,
    );
    if (sleep !== undefined) {
      // Both go on at once when the machine wakes up.
      nowMs = START_MS + sleep.untilMs;
      nextGetMs = nowMs + 1000 * random();
      nextTimerMs = nowMs + 60_000 * random();
      continue;
    }
    if (wasTold && signIn()) wasTold = false;
    if (nowMs === nextTimerMs) {
      await machine.renew();
      nextTimerMs = nowMs + HOUR_MS;
    } else {
      await pull();
      // By day every few minutes, in bursts now and then; by night seldom.
      const byDay = nowMs % DAY_MS < DAY_MS / 2;
      const meanMs = random() < 0.2 ? 500 : (byDay ? 10 : 60) * MINUTE_MS;
      nextGetMs = nowMs + Math.max(1, -Math.log(1 - random()) * meanMs);
    }
  }
  return {
    ...outcome,
    logins,
    longestOutageMs: outages.longestMs,
    expired,
    publicPullsLost,
    privatePullsLost,
    story: story.join('\n'),
  };
}
