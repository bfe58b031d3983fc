import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { compiledHelper } from '../support/helper-program.ts';
import { TRAPS, type Trap } from './doctor-traps.ts';
import type { EngineHome } from './engine-home.ts';
import { engineSuite } from './engine-machine.ts';
import { type EngineWorld, staleToken, startEngineWorld } from './engine-world.ts';
import { type Engine, engines } from './engines.ts';
import { assertDone } from './outcomes.ts';
import type { ProgramResult } from './run-program.ts';

/** A finding of `doctor --json`. */
interface Found {
  readonly check: string;
  readonly status: string;
  readonly code: string;
  readonly why: string;
  readonly fix: object | null;
}

for (const engine of engines) {
  const needed = engine.name === 'docker' ? (['docker', 'dockerd'] as const) : ([engine.name] as const);
  describe(...engineSuite(`doctor frees ${engine.name}`, ...needed), () => {
    let world: EngineWorld | undefined;
    before(async () => {
      world = await startEngineWorld(engine);
    });
    after(() => world?.stop());
    for (const trap of TRAPS.filter(({ engines: names }) => names.includes(engine.name))) {
      test(`from ${trap.name}`, () => springTrap(trap, engine, world as EngineWorld));
    }
  });
}

async function springTrap(trap: Trap, engine: Engine, { sandbox, newHome }: EngineWorld): Promise<void> {
  const host = sandbox.registryHost;
  const stale = staleToken(sandbox);
  const live = sandbox.issueOAuthToken({ user: 'alice' });
  const home = await newHome({ token: live, program: compiledHelper });
  const place = { home, host, stale, live };
  assertDone(await home.run(['docker-credential-openshift', 'setup', host, '--yes']), 'setup');
  if (trap.loggedOut === true)
    await home.writeKubeconfig(sandbox.kubeconfig({ token: stale }), sandbox.caPem);
  await trap.set(place);
  const there = runWithin(home, trap.within?.(home));
  const image = { private: 'alice-ns/private', public: 'public-ns/public' }[trap.fails];
  const pull = () => engine.pull(there, `${host}/${image}:latest`);
  const failed = await pull();
  assert.notEqual(failed.status, 0, `the trap is none:\n${failed.output}`);

  const doctor = (...words: string[]) => there.run([...compiledHelper.command, 'doctor', host, ...words]);
  const named = findingsOf(await doctor('--json')).filter(({ code }) => code === trap.code);
  assert.notDeepEqual(named, [], `${trap.code} is not found`);
  assert.ok(
    named.some(({ why }) => trap.names.test(why)),
    named.map(({ why }) => why).join('\n'),
  );
  for (const { fix } of named) assert.ok(fix !== null, 'it says what fixes it');

  if (trap.fix === undefined) await doctor('--fix', '--yes');
  else await trap.fix(place);
  await trap.after?.(place);
  const left = findingsOf(await doctor('--json')).filter(({ status }) => status === 'problem');
  assert.deepEqual(
    left.filter(({ check }) => check === named[0]?.check),
    [],
  );
  assertDone(await pull(), 'the pull after fixing');
  if (trap.loggedOut !== true)
    assertDone(await engine.pull(there, `${host}/alice-ns/private:latest`), 'a private pull');
}

/** What was found wrong. */
function findingsOf({ output }: ProgramResult): readonly Found[] {
  assert.doesNotMatch(output, /sha256~|eyJ/);
  const { findings } = JSON.parse(output) as { findings: readonly Found[] };
  return findings.filter(({ status }) => ['problem', 'warning'].includes(status));
}

function runWithin(home: EngineHome, prefix: readonly [string, ...string[]] | undefined): EngineHome {
  return prefix === undefined
    ? home
    : { ...home, run: (command, input) => home.run([...prefix, ...command], input) };
}
