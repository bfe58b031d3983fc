import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import { type Random, seeded } from '../fuzz/random.ts';
import type { Fault } from '../sandbox/http/faults.ts';
import { type SoakWorld, startSoakWorld } from './soak-world.ts';

/**
 * Hours of a machine's work in minutes: engines pull from ten hosts while tokens end, people log in and out, programs are
 * killed, and the cluster fails one time in five. No pull of a public image may fail for it, and nothing may grow.
 *
 *   run-soak.ts MINUTES [SEED]
 */
const WORKERS = 3;
const FAULTS: readonly Fault[] = [500, 503, 401, 403, 'reset', 'garbage', 'html', 'stall'];
const FAULT_MS = 400;
const SAMPLE_MS = 15_000;
/** A file more for each host now and then: records, locks and what they leave for the next one. */
const MOST_MORE_FILES = 40;
const MOST_MORE_KB = 24 * 1024;

const [minutes = 10, seed = 1] = process.argv.slice(2).map(Number);
const endMs = Date.now() + minutes * 60_000;
const counts = new Map<string, number>();
const lost: string[] = [];
const sizes: { files: number; bytes: number }[] = [];
const memory: number[] = [];
const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);

const world = await startSoakWorld();
try {
  const workers = Array.from({ length: WORKERS }, (_, at) => work(world, seeded(seed * 1000 + at)));
  await Promise.all([...workers, failNowAndThen(world, seeded(seed)), sample(world), waitForBrowser(world)]);
} finally {
  await world.stop();
}
report();
// Left to itself, Node 24.21 was seen to spin while it cleaned up behind all those connections.
process.exit(0);

async function work(here: SoakWorld, random: Random): Promise<void> {
  while (Date.now() < endMs) await act(here, random);
}

async function act(here: SoakWorld, random: Random): Promise<void> {
  const { hosts, helper, run, sandbox } = here;
  const host = random.pick(hosts);
  const turn = random.below(100);
  if (turn < 55) return pull(here, host, 'public-ns/public', random);
  if (turn < 65) return pull(here, host, 'alice-ns/private', random);
  if (turn < 72) {
    count('renewals');
    await run([helper, 'renew']);
  } else if (turn < 80) {
    count('logins of oc');
    here.ocLogin();
  } else if (turn < 84) {
    count('logins of ours');
    await run([helper, 'login', '--token-stdin', sandbox.apiUrl], `${here.newToken()}\n`);
  } else if (turn < 88) {
    count('logouts of engines');
    await run([random.pick(['skopeo', 'buildah', 'podman', 'docker']), 'logout', host]);
  } else if (turn < 90) {
    count('logouts of ours');
    await run([helper, 'logout', host]);
  } else if (turn < 92) {
    count('typed logins');
    await run(
      [helper, 'store'],
      JSON.stringify({ ServerURL: host, Username: 'alice', Secret: here.newToken() }),
    );
  } else {
    count('kills');
    const verb = random.pick(['get', 'get', 'renew', 'erase', 'store', 'status']);
    const typed = JSON.stringify({ ServerURL: host, Username: 'alice', Secret: here.newToken() });
    await run([helper, verb], verb === 'store' ? typed : host, 1 + random.below(300));
  }
}

async function pull(here: SoakWorld, host: string, image: string, random: Random): Promise<void> {
  const name = `${host}/${image}:latest`;
  const commands = [
    ['skopeo', 'inspect', '--raw', `docker://${name}`],
    ['skopeo', 'inspect', '--raw', `docker://${name}`],
    ['skopeo', 'inspect', '--raw', `docker://${name}`],
    ['docker', 'manifest', 'inspect', name],
    ['docker', 'manifest', 'inspect', name],
    ['buildah', 'pull', '--quiet', name],
    ['podman', 'pull', '--quiet', name],
  ];
  const command = random.pick(commands);
  const isPublic = image.startsWith('public');
  const { status, stderr } = await here.run(command);
  const of = `${isPublic ? 'public' : 'private'} by ${command[0]}`;
  count(`${of}: ${status === 0 ? 'pulled' : 'failed'}`);
  if (isPublic && status !== 0)
    lost.push(`${command.slice(0, 2).join(' ')}: ${withoutTokens(stderr).slice(-400)}`);
}

function withoutTokens(text: string): string {
  return text.replaceAll(/sha256~[\w-]+|eyJ[\w.-]+/g, '***');
}

/** One time in five the API server, or the OAuth server, fails. */
async function failNowAndThen({ sandbox }: SoakWorld, random: Random): Promise<void> {
  while (Date.now() < endMs) {
    const server = random.pick(['api', 'api', 'oauth'] as const);
    if (random.oneIn(5)) {
      count('faults');
      sandbox.setFault(server, random.pick(FAULTS));
    }
    await later(FAULT_MS);
    sandbox.setFault(server, null);
    sandbox.clearRequests();
  }
}

async function sample(here: SoakWorld): Promise<void> {
  while (Date.now() < endMs) {
    await later(Math.min(SAMPLE_MS, Math.max(1, endMs - Date.now())));
    sizes.push(here.size());
  }
}

/** A login that waits for a browser is the one process of this program that lives long; others visit it all the while. */
async function waitForBrowser(here: SoakWorld): Promise<void> {
  while (Date.now() < endMs) {
    count('waiting logins');
    const child = spawn(here.helper, ['login', '--no-browser', here.sandbox.apiUrl], { env: here.env });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const first = memory.length;
    const isRunning = () => child.exitCode === null && child.signalCode === null;
    while (Date.now() < endMs && isRunning()) {
      await Promise.race([ended, later(1000)]);
      const port = /redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A(\d+)/.exec(said)?.[1];
      if (port === undefined || !isRunning()) continue;
      count('visits');
      await visit(`http://127.0.0.1:${port}/callback?state=x&code=${'c'.repeat(1000)}`);
      const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      if (kb !== undefined) memory.push(Number(kb));
    }
    child.kill('SIGKILL');
    await ended;
    // Another process begins anew.
    const grown = (memory.at(-1) ?? 0) - (memory[first + 10] ?? memory.at(-1) ?? 0);
    assert.ok(grown < MOST_MORE_KB, `a waiting login has grown by ${grown} KB`);
  }
}

function visit(url: string): Promise<void> {
  return new Promise((resolve) => {
    const asked = get(url, (response) => response.resume().once('close', resolve));
    // It ended meanwhile.
    asked.once('error', () => resolve());
    asked.setTimeout(5000, () => asked.destroy());
  });
}

function report(): void {
  const middle = sizes[Math.floor(sizes.length / 3)];
  const end = sizes.at(-1);
  for (const [name, times] of [...counts].sort()) process.stdout.write(`${name}: ${times}\n`);
  process.stdout.write(
    `files after a third: ${JSON.stringify(middle)}, at the end: ${JSON.stringify(end)}\n`,
  );
  process.stdout.write(`memory of waiting logins, in KB: ${memory[10]} … ${memory.at(-1)}\n`);
  for (const each of lost.slice(0, 10)) process.stdout.write(`LOST ${each}\n`);
  assert.equal(lost.length, 0, `${lost.length} pulls of public images were lost`);
  const more = (end?.files ?? 0) - (middle?.files ?? 0);
  assert.ok(more <= MOST_MORE_FILES, `there are ${more} files more than after a third of the time`);
}
