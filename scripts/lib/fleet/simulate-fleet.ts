import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { AT_HALF } from '../../../src/hosts/renewal.ts';
import {
  type Fleet,
  type FleetOutcome,
  MINUTE_MS,
  ratesOf,
  simulateFleet,
} from '../../../test/renewal/simulated-fleet.ts';
import { outageSvg } from './outage-svg.ts';

const ALL_NODES = 5000;
const START_MIN = 60;
const OUTAGE_MIN = 90;
const END_MIN = 160;
const picture = fileURLToPath(new URL('../../../docs/pictures/outage.svg', import.meta.url));

const nodes = Number(process.argv[2] ?? ALL_NODES);
const fleet: Fleet = {
  seed: 1,
  nodes,
  lastsMs: END_MIN * MINUTE_MS,
  startWithinMs: 40 * MINUTE_MS,
  pullEveryMs: 5 * MINUTE_MS,
  outage: outageOf(20),
};

function outageOf(minutes: number): Fleet['outage'] {
  return { fromMs: OUTAGE_MIN * MINUTE_MS, untilMs: (OUTAGE_MIN + minutes) * MINUTE_MS };
}

/** One row of the table. */
interface Row {
  readonly what: string;
  readonly fleet: Fleet;
}

const rowOf = (what: string, changes: Partial<Fleet> = {}): Row => ({
  what,
  fleet: { ...fleet, ...changes },
});
const OURS = rowOf('20 minutes of outage, a pull every 5 minutes');
const AT_HALF_OF_A_LIFE = rowOf('the same, each renewing at half of a life', { pace: AT_HALF });
const ROWS = [
  OURS,
  AT_HALF_OF_A_LIFE,
  rowOf('a pull every minute', { pullEveryMs: MINUTE_MS }),
  rowOf('a pull every 15 minutes', { pullEveryMs: 15 * MINUTE_MS }),
  rowOf('40 minutes of outage', { outage: outageOf(40) }),
];

/** Simulates a fleet in a thread of its own. */
function simulated(given: Fleet): Promise<FleetOutcome> {
  const worker = new Worker(new URL(import.meta.url), { workerData: given });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function line(cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

function tell({ what, fleet: { outage } }: Row, { mints, expired, anonymous, pulls }: FleetOutcome): void {
  const usual = ratesOf(mints, [START_MIN, OUTAGE_MIN]);
  const after = ratesOf(mints, [outage.untilMs / MINUTE_MS, END_MIN]);
  const share = (count: number) => `${((100 * count) / pulls).toFixed(2)} %`;
  line([
    what,
    usual.mean.toFixed(0),
    usual.most,
    after.most,
    `**${(after.most / usual.mean).toFixed(2)}**`,
    expired,
    share(anonymous.away),
    share(anonymous.reachable),
  ]);
}

async function main(): Promise<void> {
  const outcomes = ROWS.map((row) => simulated(row.fleet));
  const titles = [
    `${nodes} machines, tokens of an hour`,
    'mints a minute, mean',
    'most',
    'most after the outage',
    'times the mean',
    'expired tokens answered',
    'pulls that went on anonymously during the outage',
    'otherwise',
  ];
  line(titles);
  line(titles.map(() => '---'));
  for (const [index, row] of ROWS.entries()) tell(row, (await outcomes[index]) as FleetOutcome);
  const [ours, atHalf] = await Promise.all(outcomes);
  if (nodes !== ALL_NODES || ours === undefined || atHalf === undefined) return;
  const svg = outageSvg({
    ours: ours.mints.slice(START_MIN),
    atHalf: atHalf.mints.slice(START_MIN),
    outage: [OUTAGE_MIN - START_MIN, OUTAGE_MIN - START_MIN + 20],
    mean: ratesOf(ours.mints, [START_MIN, OUTAGE_MIN]).mean,
  });
  writeFileSync(picture, svg);
}

if (isMainThread) await main();
else parentPort?.postMessage(await simulateFleet(workerData as Fleet));
