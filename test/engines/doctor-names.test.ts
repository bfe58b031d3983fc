import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { compiledHelper } from '../support/helper-program.ts';
import type { EngineHome } from './engine-home.ts';
import { engineSuite, programPaths } from './engine-machine.ts';
import { type EngineWorld, startEngineWorld } from './engine-world.ts';
import { engines } from './engines.ts';
import { assertDone } from './outcomes.ts';

/** What `doctor --json` tells. */
interface Told {
  readonly findings: readonly { readonly check: string; readonly status: string; readonly why: string }[];
  readonly lookups: readonly { readonly winner: { readonly kind: string; readonly helper?: string } }[];
}

const IMAGE = 'alice-ns/private';
const TYPED = 'foo.example.com';

/** Nobody listens there. */
const AWAY = `[[registry]]\nprefix = "${TYPED}"\nlocation = "127.0.0.1:9"\n`;

/** By which line of registries.conf podman comes to the registry, and what is typed then. */
const NAMES: readonly { name: string; conf: (host: string) => string; typed: string }[] = [
  {
    name: 'a name without a registry, of the one that is searched',
    conf: (host) => `unqualified-search-registries = ["${host}"]\n`,
    typed: IMAGE,
  },
  {
    name: 'an alias',
    conf: (host) => `[aliases]\n"of-alice" = "${host}/${IMAGE}"\n`,
    typed: 'of-alice',
  },
  {
    name: 'a registry that is at another location',
    conf: (host) => `[[registry]]\nprefix = "${TYPED}"\nlocation = "${host}"\n`,
    typed: `${TYPED}/${IMAGE}`,
  },
  {
    name: 'a mirror of a registry that is not there',
    conf: (host) => `${AWAY}[[registry.mirror]]\nlocation = "${host}"\n`,
    typed: `${TYPED}/${IMAGE}`,
  },
  {
    name: 'a mirror that is not there, and the next one, which is',
    conf: (host) =>
      `${AWAY}${[TYPED, host].map((at) => `[[registry.mirror]]\nlocation = "${at}"\n`).join('')}`,
    typed: `${TYPED}/${IMAGE}`,
  },
];

describe(...engineSuite('doctor looks at what podman asks', 'podman'), () => {
  let world: EngineWorld | undefined;
  before(async () => {
    const [podman] = engines.filter(({ name }) => name === 'podman');
    world = await startEngineWorld(podman ?? assert.fail());
  });
  after(() => world?.stop());

  for (const { name, conf, typed } of NAMES) {
    test(`for ${name}`, async () => {
      const { sandbox, newHome } = world as EngineWorld;
      const host = sandbox.registryHost;
      const token = sandbox.issueOAuthToken({ user: 'alice' });
      const home = await newHome({ token, program: compiledHelper });
      assertDone(await home.run(['docker-credential-openshift', 'setup', host, '--yes']), 'setup');
      await home.write('.config/containers/registries.conf.d/50-names.conf', conf(host));
      assertDone(await home.run([programPaths.podman, 'pull', typed]), 'the pull');

      const { status, told } = await diagnose(home, typed);
      const bad = told.findings.filter((finding) => ['problem', 'warning'].includes(finding.status));
      assert.deepEqual([status, bad], [0, []]);
      assert.ok(told.findings.some(({ why }) => why === `${host}/${IMAGE} can be pulled as alice`));
      // Where it is not the only one that is asked, that another is away is worth knowing, and no fault.
      const away = told.findings.filter(({ why }) => /can't be reached/.test(why));
      assert.ok(away.every((finding) => finding.status === 'note' && conf(host).includes('mirror')));
      assert.ok(told.lookups.some(({ winner }) => winner.kind === 'helper' && winner.helper === 'openshift'));
    });
  }

  test('and names what to type where podman knows no registry for a name', async () => {
    const home = await (world as EngineWorld).newHome({ program: null });
    await home.write('.config/containers/registries.conf', '');
    assert.notEqual((await home.run([programPaths.podman, 'pull', IMAGE])).status, 0);
    const { status, told } = await diagnose(home, IMAGE);
    const named = told.findings.filter(({ check }) => check === 'short-name');
    assert.deepEqual(
      [status, named.map((finding) => [finding.status, finding.why])],
      [1, [['problem', `podman does not know of which registry ${IMAGE} is`]]],
    );
    assert.equal(told.lookups[0]?.winner.kind, 'error');
  });
});

async function diagnose(home: EngineHome, typed: string): Promise<{ status: number | null; told: Told }> {
  const words = ['doctor', typed, '--engine', 'podman', '--json'];
  const { status, output } = await home.run([...compiledHelper.command, ...words]);
  assert.doesNotMatch(output, /sha256~|eyJ/);
  return { status, told: JSON.parse(output) as Told };
}
