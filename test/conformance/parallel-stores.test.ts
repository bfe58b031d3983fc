import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { NOT_FOUND } from '../../src/protocol/serve-get.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { secretServicePrograms, testOfKeyring } from '../support/secret-service.ts';
import { type HelperUnderTest, helperIn, type Place, SAID_NOTHING } from './helper-under-test.ts';
import { withFiles, withKeychain } from './our-helper.ts';

const HOSTS = 50;
const RUNS = 500;
const KILLS = 50;
const AT_ONCE = 10;
/** A run takes about as long as that, so that kills come at every moment of it. */
const KILLED_WITHIN_MS = 40;
/** From a seed, so that what goes wrong once can be looked at again. */
const SEED = 20_261_121;

/** One process that is to run beside the others. */
interface Run {
  readonly verb: 'store' | 'erase' | 'get';
  readonly host: string;
  readonly name: string;
  readonly secret: string;
  /** Undefined: it may end. */
  readonly killedAfterMs: number | undefined;
}

/** Numbers from 0 up to and without 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Only hosts of an even number are ever erased. */
function plan(): Run[] {
  const random = randomFrom(SEED);
  const killed = new Set<number>();
  while (killed.size < KILLS) killed.add(Math.floor(random() * RUNS));
  return Array.from({ length: RUNS }, (_, index) => {
    const number = Math.floor(random() * HOSTS);
    const choice = random();
    const verb = choice < 0.5 ? 'store' : choice < 0.7 && number % 2 === 0 ? 'erase' : 'get';
    const killedAfterMs = killed.has(index) ? random() * KILLED_WITHIN_MS : undefined;
    const secret = `${`secret-${index}-`.repeat(300)}end`;
    return { verb, host: `registry-${number}.example.com`, name: `robot-${index}`, secret, killedAfterMs };
  });
}

/** Starts a process and kills it after so long. @returns whether it was killed before it ended */
async function runAndKill(place: Place, verb: string, input: string, afterMs: number): Promise<boolean> {
  const [command, ...leading] = place.command;
  const child = spawn(command, [...leading, verb], {
    env: place.env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.on('error', () => {
    // It may be dead before it has read everything.
  });
  child.stdin.end(input);
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (_status, signal) => resolve(signal === 'SIGKILL'));
  });
  // No event tells when: a kill at any moment is what is tried.
  await sleep(afterMs);
  child.kill('SIGKILL');
  return ended;
}

/** A credential that was written for the host, whole, or the sentence that there is none. */
async function assertWhole(helper: HelperUnderTest, host: string, stores: readonly Run[]): Promise<boolean> {
  const { status, stdout, stderr } = await helper.run('get', host);
  if (status !== 0) {
    assert.deepEqual([status, stdout], [1, `${NOT_FOUND}\n`], stderr);
    return false;
  }
  const { Username, Secret } = JSON.parse(stdout) as { Username: string; Secret: string };
  const written = stores.find(({ name }) => name === Username);
  assert.ok(written?.host === host && written.secret === Secret, `${host} is answered with a strange login`);
  return true;
}

/**
 * On a machine that is busy enough, the keyring takes more than its second: then a store says so, and is none.
 * @param strange gets what a store says that fails otherwise
 * @returns how it ended
 */
async function go(
  run: Run,
  place: Place,
  helper: HelperUnderTest,
  stores: readonly Run[],
  strange: string[],
): Promise<'killed' | 'done' | 'failed'> {
  const { verb, host, name, secret, killedAfterMs } = run;
  const credential = JSON.stringify({ ServerURL: host, Username: name, Secret: secret });
  if (killedAfterMs !== undefined) {
    const isKilled = await runAndKill(place, verb, verb === 'store' ? credential : host, killedAfterMs);
    return isKilled ? 'killed' : 'failed';
  }
  if (verb === 'get') await assertWhole(helper, host, stores);
  if (verb === 'erase') assert.equal((await helper.run('erase', host)).status, 0);
  if (verb !== 'store') return 'done';
  const { status, stdout, stderr } = await helper.store(host, name, secret);
  assert.equal(stderr, '');
  if (status === 0) assert.equal(stdout, '');
  else if (!/does not answer|did not end in time|could not be done in time/.test(stdout))
    strange.push(stdout);
  return status === 0 ? 'done' : 'failed';
}

async function assertAllIsKept(place: Place): Promise<void> {
  const helper = helperIn(place);
  const runs = plan();
  const stores = runs.filter(({ verb }) => verb === 'store');
  const next = runs.values();
  const ends = new Map<Run, string>();
  const strange: string[] = [];
  const work = async (): Promise<void> => {
    for (const run of next) {
      if (strange.length === 0) ends.set(run, await go(run, place, helper, stores, strange));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  assert.deepEqual(strange, []);
  const ended = (how: string) => [...ends.values()].filter((end) => end === how).length;
  assert.ok(ended('killed') >= KILLS / 5, `only ${ended('killed')} were killed before they ended`);
  assert.ok(ended('done') >= RUNS / 2, `only ${ended('done')} did what they were to do`);

  const listed = await helper.list();
  const hosts = [...new Set(runs.map((run) => run.host))];
  for (const host of hosts) {
    const isKept = await assertWhole(helper, host, stores);
    assert.equal(host in listed, isKept, host);
    const wasStored = stores.some((run) => run.host === host && ends.get(run) === 'done');
    const isErased = runs.some((run) => run.host === host && run.verb === 'erase');
    if (wasStored && !isErased) assert.ok(isKept, `${host} lost its login`);
  }
  // Nobody holds up whoever comes afterwards.
  for (const host of hosts) {
    if (host in listed) assert.deepEqual(await helper.run('erase', host), SAID_NOTHING);
  }
  assert.deepEqual(await helper.list(), {});
  for (const host of hosts.slice(0, 5)) {
    await helper.keep(host, 'the-last', 'the-last-secret');
    assert.equal((await helper.answer(host)).Secret, 'the-last-secret');
  }
}

for (const { kind, needed } of [
  { kind: withKeychain(compiledHelper), needed: secretServicePrograms },
  { kind: withFiles(compiledHelper), needed: [] },
]) {
  const title = `${kind.name}: of ${RUNS} stores, erases and gets at once, ${KILLS} of them killed, every host keeps a login that was written, whole`;
  testOfKeyring(needed, title, async (t) => assertAllIsKept(await kind.start(t)));
}
