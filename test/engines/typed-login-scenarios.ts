import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerFile, readyFile } from '../../src/files/answer-file.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { HelperProgram } from '../support/helper-program.ts';
import type { EngineHome } from './engine-home.ts';
import { credHelpers, type EngineWorld } from './engine-world.ts';
import type { Engine } from './engines.ts';
import { assertDone, assertRefused } from './outcomes.ts';

const STORED = '.local/state/docker-credential-openshift/stored';
/** What `robot` is called beside an OAuth token: see `basicUsername`. */
const ANSWERED_NAME = 'robot-';
const CONFIG = '.config/docker-credential-openshift/config.yaml';

/** What a person types into `login` that is not the context's own token: kept, answered, listed, and gone by `logout`. */
export function testTypedLogins(engine: Engine, program: HelperProgram, world: () => EngineWorld): void {
  /** A home that asks the helper for the host. */
  const homeFor = async (host: string, token?: string, authority?: string): Promise<EngineHome> => {
    const home = await world().newHome({
      ...(token === undefined ? {} : { token }),
      ...(authority === undefined ? {} : { authority }),
      program,
    });
    await home.write(engine.loginFile, credHelpers(host));
    await home.write(CONFIG, 'secrets: file\n');
    return home;
  };
  const keptFor = (home: EngineHome, host: string) => home.read(`${STORED}/${encodeURIComponent(host)}.json`);
  const assertNoCopy = async (home: EngineHome) =>
    assert.ok(!(await home.read(engine.loginFile))?.includes('"auth"'), 'the engine kept a copy');

  test('a login to a registry of no known cluster is kept, serves pulls, and is gone after logout', async () => {
    const { stranger } = world();
    const host = stranger.registryHost;
    const home = await homeFor(host);
    const pull = () => engine.pull(home, `${host}/alice-ns/private:latest`);
    assertRefused(await pull(), 'the private pull before login');
    assertDone(await engine.login(home, host, 'robot', tokenOf(stranger)), 'login');
    await assertNoCopy(home);
    assert.ok((await keptFor(home, host)) !== undefined, 'the helper keeps it');
    assertDone(await pull(), 'the private pull after login');
    await assertLoginIs(ANSWERED_NAME, home, host);

    assertDone(await engine.logout(home, host), 'logout');
    assert.equal(await keptFor(home, host), undefined, 'the helper keeps nothing');
    assertRefused(await pull(), 'the private pull after logout');
    assertDone(await engine.pull(home, `${host}/public-ns/public:latest`), 'the public pull after logout');
  });

  test('a login that was revoked at its registry since closes no public image, and the next one fixes it', async () => {
    const { stranger } = world();
    const host = stranger.registryHost;
    const home = await homeFor(host, undefined, stranger.ingressCaPem);
    const pull = (image: string) => engine.pull(home, `${host}/${image}:latest`);
    const token = tokenOf(stranger);
    assertDone(await engine.login(home, host, 'robot', token), 'login');
    assertDone(await pull('alice-ns/private'), 'the private pull after login');
    stranger.revoke(token);
    const cache = `${home.directory}/.cache/docker-credential-openshift`;
    const remembered = [answerFile(cache, host), readyFile(cache, host)];
    assertDone(await home.run(['/bin/rm', '-f', ...remembered]), 'the end of what was remembered');
    assertDone(await pull('public-ns/public'), 'the public pull with a dead login');
    assertRefused(await pull('alice-ns/private'), 'the private pull with a dead login');
    assertDone(await engine.login(home, host, 'robot', tokenOf(stranger)), 'another login');
    assertDone(await pull('alice-ns/private'), 'the private pull after another login');
  });

  test("a login with another token than the context's comes first, and logout ends both", async () => {
    const { sandbox } = world();
    const host = sandbox.registryHost;
    const home = await homeFor(host, sandbox.issueOAuthToken({ user: 'bob' }));
    const pull = () => engine.pull(home, `${host}/alice-ns/private:latest`);
    assertRefused(await pull(), "the pull of alice's image with bob's token");
    assertDone(await engine.login(home, host, 'robot', tokenOf(sandbox)), 'login');
    await assertNoCopy(home);
    assertDone(await pull(), "the pull of alice's image after login");
    await assertLoginIs(ANSWERED_NAME, home, host);
    assertDone(await engine.logout(home, host), 'logout');
    assert.equal(await keptFor(home, host), undefined, 'the helper keeps nothing');
    assertRefused(await pull(), "the pull of alice's image after logout");
  });

  /** `--get-login`, which docker has not. */
  const assertLoginIs = async (username: string, home: EngineHome, host: string): Promise<void> => {
    if (engine.getLogin === undefined) return;
    const result = await engine.getLogin(home, host);
    assertDone(result, '--get-login');
    assert.match(result.output, new RegExp(`^${username}$`, 'm'));
  };

  if (engine.name !== 'docker') testAuthFile(engine, homeFor, world);
}

/** Another file than the engine's own, which names the helper. */
function testAuthFile(
  engine: Engine,
  homeFor: (host: string) => Promise<EngineHome>,
  world: () => EngineWorld,
): void {
  test('login and logout by --authfile are the same', async () => {
    const { stranger } = world();
    const host = stranger.registryHost;
    const home = await homeFor('registry.example.com');
    await home.write('other/auth.json', credHelpers(host));
    const withFile = (verb: string, ...words: string[]) =>
      [`/usr/bin/${engine.name}`, verb, '--authfile', `${home.directory}/other/auth.json`, ...words] as const;
    const login = withFile('login', '--username', 'robot', '--password-stdin', host);
    assertDone(await home.run(login, tokenOf(stranger)), 'login');
    assert.ok(!(await home.read('other/auth.json'))?.includes('"auth"'), 'the engine kept no copy');
    const { output } = await home.run(withFile('login', '--get-login', host));
    assert.match(output, new RegExp(`^${ANSWERED_NAME}$`, 'm'));
    assertDone(await home.run(withFile('logout', host)), 'logout');
    const after = await home.run(withFile('login', '--get-login', host));
    assert.notEqual(after.status, 0);
    assert.match(after.output, /not logged into/);
  });
}

function tokenOf(cluster: Sandbox): string {
  return cluster.issueOAuthToken({ user: 'alice' });
}
