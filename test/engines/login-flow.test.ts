import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { compiledHelper } from '../support/helper-program.ts';
import type { EngineHome, HomeOwner, Place } from './engine-home.ts';
import { engineSuite } from './engine-machine.ts';
import { auths, type EngineWorld, staleToken, startEngineWorld } from './engine-world.ts';
import { type EngineName, engineNamed } from './engines.ts';
import { assertDone, assertRefused } from './outcomes.ts';
import { addRootlessUser, removeRootlessUser } from './rootless-user.ts';

/** Another system, whose engines are meant: scripts/test-engines makes it. */
const root = process.env.ENGINE_ROOT;
/** As test/engines/run-layouts.ts adds it there. */
const ROOTS_USER = { uid: 1234, gid: 1234 };

/** An engine, and who runs it where. */
interface Row {
  readonly engine: EngineName;
  readonly rootless?: true;
}

const ROWS: readonly Row[] = [
  { engine: 'docker' },
  { engine: 'podman' },
  { engine: 'buildah' },
  { engine: 'podman', rootless: true },
  { engine: 'buildah', rootless: true },
  { engine: 'skopeo' },
];

for (const { engine: name, rootless } of ROWS) {
  const engine = engineNamed(name);
  const daemon = name === 'docker' ? (['dockerd'] as const) : [];
  const forUser = rootless ? (['newuidmap', 'setpriv', 'useradd'] as const) : [];
  const how = rootless ? `${name}, rootless and without XDG_RUNTIME_DIR` : name;
  describe(...engineSuite(`The life of a login with ${how}`, name, ...daemon, ...forUser), () => {
    let world: EngineWorld | undefined;
    let owner: HomeOwner | undefined;
    before(async () => {
      if (rootless) owner = root === undefined ? await addRootlessUser() : rootsUser(root);
      const place: Place = {
        ...(root === undefined ? {} : { root }),
        ...(rootless ? { withoutRuntimeDirectory: true } : {}),
      };
      world = await startEngineWorld(engine, owner, place);
    });
    after(async () => {
      await world?.stop();
      if (owner !== undefined && root === undefined) await removeRootlessUser();
    });

    const hasFile = name !== 'docker';
    for (const withFile of hasFile ? [false, true] : [false]) {
      const command = `${name} login${withFile ? ' --authfile ~/.docker/config.json' : ''}`;
      test(`setup, \`${command}\`, its end: no public pull fails after setup, and none after renew`, async () => {
        const { sandbox, newHome } = world as EngineWorld;
        const host = sandbox.registryHost;
        const token = sandbox.issueOAuthToken({ user: 'alice' });
        const home = await newHome({ token, program: compiledHelper });
        const helper = (...words: readonly string[]) => home.run(['docker-credential-openshift', ...words]);
        const pull = (image: string) => engine.pull(home, `${host}/${image}:latest`);
        await home.write('.config/docker-credential-openshift/config.yaml', 'secrets: file\n');
        await home.write('.docker/config.json', auths(host, staleToken(sandbox)));
        assertRefused(await pull('public-ns/public'), 'the public pull with a login that has ended');

        assertDone(await helper('setup', host, '--yes'), 'setup');
        for (const image of ['public-ns/public', 'alice-ns/private'])
          assertDone(await pull(image), `${image} after setup`);

        // The context's own token, as people do it, or another.
        const typed = withFile ? sandbox.issueOAuthToken({ user: 'alice' }) : token;
        const login = withFile ? loginTo(name, home, host, typed) : engine.login(home, host, 'alice', typed);
        assertDone(await login, command);
        for (const image of ['public-ns/public', 'alice-ns/private'])
          assertDone(await pull(image), `${image} after the login`);

        for (const ended of [typed, token]) sandbox.expire(ended);
        // What was checked within the last five minutes is answered until those are over.
        await forgetAnswers(home);
        const isPlain = hasFile && !withFile;
        const publicPull = await pull('public-ns/public');
        if (isPlain) {
          assertRefused(publicPull, 'the public pull with the plain login that the engine wrote');
          const { output } = await helper('doctor', host, '--json');
          assert.match(output, /"login-(?:overrides-helper|refused)"/);
        } else assertSaysOnce(publicPull.output);
        const renewed = await helper('renew');
        assert.match(renewed.output, /^\S+: .* was refused: it expired or was revoked\b.* Run/m);
        assert.equal(/removed the stored login/.test(renewed.output), isPlain, renewed.output);
        const last = await pull('public-ns/public');
        assertDone(last, 'the public pull after renew');
        assertSaysOnce(last.output);
        assertRefused(await pull('alice-ns/private'), 'the private pull without a login');
      });
    }
  });
}

/** One file names the helper: an engine that asks it in vain finds it in no other. */
function assertSaysOnce(output: string): void {
  const lines = output.split('\n').filter((line) => line.startsWith('docker-credential-openshift: '));
  assert.equal(lines.length, 1, output);
}

function loginTo(name: EngineName, home: EngineHome, host: string, token: string) {
  const file = join(home.directory, '.docker/config.json');
  const words = ['login', '--authfile', file, '--username', 'alice', '--password-stdin', host] as const;
  return home.run([`/usr/bin/${name}`, ...words], token);
}

async function forgetAnswers({ run, directory }: EngineHome): Promise<void> {
  assertDone(
    await run(['/bin/rm', '-rf', `${directory}/.cache/docker-credential-openshift`]),
    'five minutes',
  );
}

/** Adds the user there, as run-layouts.ts does, if that was not yet done. */
function rootsUser(system: string): HomeOwner {
  const add = (file: string, line: string) => {
    const path = join(system, file);
    if (!readFileSync(path, 'utf8').includes(line)) appendFileSync(path, `${line}\n`);
  };
  const { uid, gid } = ROOTS_USER;
  add('etc/passwd', `layouts:x:${uid}:${gid}::/nonexistent:/bin/false`);
  for (const file of ['etc/subuid', 'etc/subgid']) add(file, 'layouts:100000:65536');
  return ROOTS_USER;
}
