import { after, before, describe } from 'node:test';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { testBuilds } from './build-scenarios.ts';
import { testConfig } from './config-scenarios.ts';
import { engineSuite } from './engine-machine.ts';
import { type EngineWorld, startEngineWorld } from './engine-world.ts';
import { type Engine, type EngineName, engineNamed } from './engines.ts';
import { testFaults } from './fault-scenarios.ts';
import { testLogin } from './login-scenarios.ts';
import { testPulls, testTheFault } from './pull-scenarios.ts';
import { testSignIn } from './sign-in-scenarios.ts';
import { testStrangers } from './stranger-scenarios.ts';
import { testTypedLogins } from './typed-login-scenarios.ts';

/** All that the program promises, held against one real engine run by root. */
export function describeEngine(name: EngineName): void {
  const engine = engineNamed(name);
  const needed = name === 'docker' ? (['docker', 'dockerd'] as const) : ([name] as const);
  describe(...engineSuite(`With ${name}`, ...needed), () => {
    let world: EngineWorld | undefined;
    const theWorld = () => world as EngineWorld;
    before(async () => {
      world = await startEngineWorld(engine);
    });
    after(() => world?.stop());

    describe('without the helper', () => testTheFault(engine, theWorld));
    describe(`and the ${compiledHelper.name}`, () => testAll(engine, theWorld));
    for (const program of helperPrograms.filter((each) => each !== compiledHelper)) {
      describe(`and the ${program.name}`, () => testPulls(engine, program, theWorld));
    }
  });
}

/** Every promise to an engine, with the compiled program. */
export function testAll(engine: Engine, world: () => EngineWorld): void {
  for (const declare of [
    testPulls,
    testBuilds,
    testConfig,
    testStrangers,
    testFaults,
    testLogin,
    testSignIn,
    testTypedLogins,
  ]) {
    declare(engine, compiledHelper, world);
  }
}
