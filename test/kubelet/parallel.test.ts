import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { testOfFront } from '../front/stand-in.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { fairClock } from '../support/fair-clock.ts';
import { compiledHelper, runHelper } from '../support/helper-program.ts';
import { inTime } from '../support/in-time.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { nodeOf } from './node.ts';
import { providedBy, requestText } from './provided.ts';

const CALLS = 200;
const IMAGES = 20;
/** Of four hosts two take the tokens of one robot, and two of another. */
const ROBOT_OF: Readonly<Record<string, string>> = {
  'a.example.com': 'alice-ns/puller',
  'b.example.com': 'alice-ns/puller',
  'c.example.com': 'alice-ns/pusher',
  'd.example.com': 'alice-ns/pusher',
};
const HOSTS = Object.keys(ROBOT_OF);
const hostOf = (call: number): string => HOSTS[(call % IMAGES) % HOSTS.length] ?? '';
/** On two cores that have nothing else to do. */
const LATEST_MS = 3000;
/** The program's own. */
const DEADLINE_MS = 5000;

/** Starts all calls at once, each with a pipe to its stdin, and waits for the last. */
const START_ALL = `directory=$1; shift
call=0
while [ $call -lt ${CALLS} ]; do
  {
    read -r request < "$directory/request-$((call % ${IMAGES}))"
    { printf '%s\\n' "$request" | "$@" > "$directory/$call.out" 2> "$directory/$call.err"; }
    echo $? > "$directory/$call.status"
  } &
  call=$((call + 1))
done
wait`;

/** A new node's kubelet pulls 200 images at once: what each call got, and when the last had it. */
async function askAll(t: TestContext, sandbox: Sandbox) {
  const entries = HOSTS.map((host) => {
    return [host, { server: sandbox.apiUrl, serviceAccount: ROBOT_OF[host], pods: 'all' }];
  });
  const { env } = await nodeOf(t, compiledHelper, sandbox, Object.fromEntries(entries));
  const directory = mkdtempSync(join(env.TMPDIR ?? '', 'calls-'));
  for (let image = 0; image < IMAGES; image += 1) {
    writeFileSync(
      join(directory, `request-${image}`),
      requestText({ image: `${hostOf(image)}/alice-ns/image-${image}` }),
    );
  }
  const minted = sandbox.mints.length;
  const elapsed = fairClock();
  const words = ['-c', START_ALL, 'sh', directory, ...compiledHelper.command, 'kubelet', 'provide'];
  await promisify(execFile)('/bin/sh', words, { env });
  const elapsedMs = elapsed();
  const of = (call: number, what: string): string => readFileSync(join(directory, `${call}.${what}`), 'utf8');
  const answers = Array.from({ length: CALLS }, (_, call) =>
    providedBy({
      status: Number(of(call, 'status')),
      stdout: of(call, 'out'),
      stderr: of(call, 'err'),
      elapsedMs: 0,
    }),
  );
  return { elapsedMs, answers, mints: sandbox.mints.slice(minted) };
}

testOfFront(
  `${CALLS} calls at once, for ${IMAGES} images on 4 hosts, mint one token for each account, and are answered in 3 s`,
  async (t) => {
    const sandbox = await runningSandbox(t);
    for (const name of ['puller', 'pusher'])
      sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name });
    // However busy the machine is, nobody gets anything but what is for its host.
    const asked = async () => {
      const { elapsedMs, answers, mints } = await askAll(t, sandbox);
      const minted = mints.map(({ token }) => token);
      const late = answers.filter(({ codes }) => codes.includes('late'));
      for (const [call, { auth, codes }] of answers.entries()) {
        if (codes.includes('late')) continue;
        const host = hostOf(call);
        assert.deepEqual(Object.keys(auth), [host], `${host}: ${codes}`);
        const name = ROBOT_OF[host]?.replace('/', '-');
        assert.equal(auth[host]?.username, `system-serviceaccount-${name}`);
        assert.ok(minted.includes(auth[host]?.password ?? ''), host);
      }
      // Whoever takes too long is ended, and may have minted by then.
      if (late.length === 0) assert.equal(minted.length, 2, 'one mint for each account');
      // Those that were told nothing waited as long as the program does.
      return { elapsedMs: late.length === 0 ? elapsedMs : Math.max(elapsedMs, DEADLINE_MS) };
    };
    const version = () => runHelper(compiledHelper, 'version', '', { env: { PATH: '/usr/bin:/bin' } });
    await inTime(LATEST_MS, asked, version);
  },
);
