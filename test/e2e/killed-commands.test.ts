import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { compiledHelper } from '../support/helper-program.ts';
import { killAtRandom } from '../support/kill-at-random.ts';
import { bindByConfig, homeAtSandbox } from './helper-home.ts';

/** `KILLS=1000`: as many as scripts/soak --repeats takes. */
const KILLS = Number(process.env.KILLS ?? 15);
const NAMES = ['.docker/config.json', '.config/containers/auth.json', '.dockercfg'];

/** What each of the files holds; null: there is none. */
type Texts = readonly (string | null)[];

function read(directory: string): Texts {
  return NAMES.map((name) => {
    const path = join(directory, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  });
}

function write(directory: string, texts: Texts): void {
  for (const [index, text] of texts.entries()) {
    const path = join(directory, NAMES[index] ?? '');
    mkdirSync(dirname(path), { recursive: true });
    if (text === null) rmSync(path, { force: true });
    else writeFileSync(path, text);
  }
}

/** Stale logins in all shapes, among much else. */
function trapped(host: string): Texts {
  const filler = 'x'.repeat(50_000);
  return [
    `{\n  "HttpHeaders": {"X-Filler": "${filler}"},\n  "auths": {"${host}": {"auth": "YTpi"}, "quay.io": {}}\n}\n`,
    `{"auths":{"${host}/ns":{"auth":"YTpi"},"quay.io":{"auth":"${filler}"},"https://${host}/v1/":{}}}`,
    `{"${host}":{"auth":"YTpi"},"quay.io":{"auth":"${filler}"}}`,
  ];
}

for (const { name, words, isSetUp } of [
  { name: 'setup', words: () => ['setup', '--yes'], isSetUp: false },
  { name: 'logout', words: (host: string) => ['logout', host, '--yes'], isSetUp: true },
  { name: 'doctor --fix', words: () => ['doctor', '--fix', '--yes'], isSetUp: true },
]) {
  test(`${name}, killed ${KILLS} times at random, leaves each file as it was or as it is to be, whole`, async (t) => {
    const { sandbox, home, host } = await homeAtSandbox(t, compiledHelper);
    if (isSetUp) {
      await bindByConfig(home, sandbox);
      await home.run(['setup', host, '--yes'], '');
    }
    const old = trapped(host).map((text, index) => withHelper(text, isSetUp && index < 2 ? host : undefined));
    write(home.directory, old);
    const whole = await home.run(words(host), '');
    const done = read(home.directory);
    for (const [index, text] of done.entries())
      assert.notEqual(text, old[index], `${NAMES[index]} is as it was: ${whole.stdout}${whole.stderr}`);

    const seen = NAMES.map(() => new Set<string>());
    write(home.directory, old);
    await killAtRandom([...compiledHelper.command, ...words(host)], {
      env: { ...home.env },
      kills: KILLS,
      withinMs: whole.elapsedMs,
      after: 'start',
      check: () => {
        for (const [index, text] of read(home.directory).entries()) {
          const state = text === old[index] ? 'old' : text === done[index] ? 'new' : 'torn';
          assert.notEqual(state, 'torn', `${NAMES[index]} holds ${text?.slice(0, 100)}`);
          seen[index]?.add(state);
        }
        write(home.directory, old);
      },
    });
    t.diagnostic(`seen: ${seen.map((states) => [...states].join(' and ')).join('; ')}`);
    // Nothing that a killed run left behind keeps the next from doing its work.
    await home.run(words(host), '');
    assert.deepEqual(read(home.directory), done);
  });
}

function withHelper(text: string | null, host: string | undefined): string | null {
  if (text === null || host === undefined) return text;
  return text.replace('{', `{"credHelpers": {"${host}": "openshift"}, `);
}
