import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helperPrograms } from '../support/helper-program.ts';
import { helperHome, homeAtSandbox, linkedHome } from './helper-home.ts';

const NOTHING = { status: 0, stdout: '', stderr: '' };

for (const program of helperPrograms) {
  const outcome = async (running: Promise<{ status: number | null; stdout: string; stderr: string }>) => {
    const { status, stdout, stderr } = await running;
    assert.doesNotMatch(stdout + stderr, /sha256~|eyJ[\w-]{8}/);
    return { status, stdout, stderr };
  };

  test(`${program.name}: erase ends with 0, whatever it is given and wherever`, async (t) => {
    const home = helperHome(t, program);
    for (const text of [
      '',
      '\n',
      'registry.example.com',
      'http://registry.example.com',
      'two words',
      '\0',
      'x'.repeat(60_000),
    ]) {
      assert.deepEqual(await outcome(home.run('erase', text)), NOTHING, JSON.stringify(text.slice(0, 40)));
    }
    assert.deepEqual(
      await outcome(home.run('erase', 'registry.example.com', { env: { TMPDIR: home.directory } })),
      NOTHING,
    );
    await home.write(home.kubeconfigFile, 'broken: [');
    await home.write(home.configFile, 'broken: [');
    const { stderr, ...rest } = await outcome(home.run('erase', 'registry.example.com'));
    assert.deepEqual(rest, { status: 0, stdout: '' });
    assert.match(stderr, /\[not-signed-out\]\n$/);
  });

  test(`${program.name}: list is always a JSON object and 0`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const listed = async (env = home.env) => {
      const { status, stdout, stderr } = await outcome(home.run('list', 'unused', { env }));
      assert.deepEqual([status, stderr], [0, '']);
      return JSON.parse(stdout) as object;
    };
    assert.deepEqual(await listed(), {});
    await home.get(sandbox.registryHost);
    await home.get('registry.example.com');
    assert.deepEqual(await listed(), { [sandbox.registryHost]: 'alice-' });
    assert.deepEqual(await listed({ PATH: '/usr/bin', TMPDIR: home.directory } as never), {});
  });

  test(`${program.name}: store takes the context's own token, and keeps no other one without a keychain`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    const store = (ServerURL: string, Secret: string) =>
      outcome(home.run('store', `${JSON.stringify({ ServerURL, Username: 'alice', Secret })}\n`));
    assert.deepEqual(await store(sandbox.registryHost, home.token), NOTHING);
    for (const host of [sandbox.registryHost, 'registry.example.com']) {
      const { status, stdout } = await store(host, 'a-password');
      assert.equal(status, 1);
      assert.match(stdout, /^The login for .* was not kept: this machine has no keychain/);
    }
  });

  test(`${program.name}: store says what is wrong with its input, and repeats no secret`, async (t) => {
    const home = helperHome(t, program);
    for (const [text, said] of [
      ['', 'stdin holds no JSON object with ServerURL, Username and Secret [bad-credential]'],
      [
        '{"Secret":"hunter2"',
        'stdin holds no JSON object with ServerURL, Username and Secret [bad-credential]',
      ],
      ['{}', 'no credentials server URL'],
      ['{"ServerURL":"registry.example.com"}', 'no credentials username'],
      [
        '{"ServerURL":"registry.example.com","Username":"u","Secret":""}',
        'no credentials secret [bad-credential]',
      ],
    ] as const) {
      assert.deepEqual(await outcome(home.run('store', text)), {
        status: 1,
        stdout: `${said}\n`,
        stderr: '',
      });
    }
  });

  test(`${program.name}: version and help are told on stdout, and a wrong command on stderr`, async (t) => {
    const home = helperHome(t, program);
    for (const word of ['version', '--version', '-V']) {
      const { status, stdout } = await outcome(home.run(word, ''));
      assert.equal(status, 0);
      assert.match(
        stdout,
        /^docker-credential-openshift v\d+\.\d+\.\d+\ncommit [\da-f]{7,}\ndate \d{4}-\d\d-\d\d\nplatform \w+-\w+\n/,
      );
    }
    for (const word of ['help', '--help', '-h']) {
      const { status, stdout, stderr } = await outcome(home.run(word, ''));
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, /setup/);
    }
    for (const words of [[], ['gett'], ['erase', 'x'], ['list', 'x'], ['store', 'x'], ['--x']]) {
      const { status, stdout, stderr } = await outcome(home.run(words, ''));
      assert.deepEqual([status, stdout], [2, ''], words.join(' '));
      assert.notEqual(stderr, '');
    }
  });

  test(`${program.name}: get with a host as its argument is not found, and says how it is meant`, async (t) => {
    const home = helperHome(t, program);
    const { status, stdout, stderr } = await outcome(home.run(['get', 'registry.example.com'], ''));
    assert.deepEqual([status, stdout], [1, 'credentials not found in native keychain\n']);
    assert.match(stderr, /takes no arguments: the registry host comes on stdin/);
  });
}
