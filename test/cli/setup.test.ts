import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HostSetup, runSetup, type SetupBinding, type SetupPorts } from '../../src/cli/setup.ts';
import { AppError } from '../../src/credential/app-error.ts';

const host = 'registry.example.com';
const binding: SetupBinding = {
  server: 'https://api.example.com:6443',
  user: 'alice',
  context: 'work',
  insecure: false,
};
const unexpected = (name: string) => () => assert.fail(`${name} was not expected`);

/** Ports that fail on any call but printing, and what was printed. */
function ports(fakes: Partial<SetupPorts['files']> & Partial<Pick<SetupPorts, 'resolveBinding'>> = {}) {
  const { resolveBinding = unexpected('resolveBinding'), ...files } = fakes;
  const out: string[] = [];
  const err: string[] = [];
  const given: SetupPorts = {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    resolveBinding,
    signIn: async () => {},
    files: {
      configuredContext: unexpected('configuredContext'),
      keptServiceAccount: unexpected('keptServiceAccount'),
      plan: unexpected('plan'),
      isHelperOnPath: unexpected('isHelperOnPath'),
      ...files,
    },
  };
  return { given, out, err };
}

/** Ports for a setup that works; `planned` is what it asked to be written down. */
function working(more: { configured?: string; kept?: string; insecure?: boolean; onPath?: boolean } = {}) {
  const planned: HostSetup[] = [];
  const asked: (string | undefined)[] = [];
  const rig = ports({
    configuredContext: async () => more.configured,
    keptServiceAccount: async () => more.kept,
    resolveBinding: async (_host, context) => {
      asked.push(context);
      return { ...binding, context: context ?? binding.context, insecure: more.insecure ?? false };
    },
    plan: async (setups) => {
      planned.push(...setups);
      return [
        { path: '/c/config.yaml', changes: ['x'], apply: async () => ['bound it', 'twice'] },
        { path: '/d/config.json', changes: [], apply: async () => [] },
      ];
    },
    isHelperOnPath: async () => more.onPath ?? true,
  });
  return { ...rig, planned, asked };
}

test('setup records server and user, says a line for each file, and ends with what to try', async () => {
  const { given, out, err, planned } = working();
  assert.equal(await runSetup(['Registry.Example.com'], given), 0);
  assert.deepEqual(planned, [
    { host, engineNames: [host], entry: { server: binding.server, user: 'alice' } },
  ]);
  assert.deepEqual(out, [
    'registry.example.com gets the login of alice at https://api.example.com:6443 (context work).',
    '/c/config.yaml: bound it; twice',
    '/d/config.json: nothing to change',
    'Try: podman pull registry.example.com/NAMESPACE/IMAGE:TAG',
  ]);
  assert.deepEqual(err, []);
});

test('a host that keeps its service account is said to get the tokens of that, not the login', async () => {
  const { given, out } = working({ kept: 'ci/puller' });
  assert.equal(await runSetup([host], given), 0);
  assert.equal(
    out[0],
    `${host} gets tokens of the service account ci/puller at ${binding.server} (context work).`,
  );
});

test('a context on the command line is asked for, and not written down', async () => {
  const { given, planned, asked } = working();
  assert.equal(await runSetup([host, '--context', 'ci'], given), 0);
  assert.deepEqual(asked, ['ci']);
  assert.deepEqual(Object.keys(planned[0]?.entry ?? {}), ['server', 'user']);
});

test('a context written into the config by hand leads, and is kept', async () => {
  const { given, planned, asked } = working({ configured: 'mine' });
  assert.equal(await runSetup([host], given), 0);
  assert.deepEqual(asked, ['mine']);
  assert.equal(planned[0]?.entry.context, 'mine');
});

test('a context on the command line replaces the one written by hand', async () => {
  const { given, planned, asked } = working({ configured: 'mine' });
  assert.equal(await runSetup([host, '--context=ci'], given), 0);
  assert.deepEqual(asked, ['ci']);
  assert.equal(planned[0]?.entry.context, undefined);
});

test('a host is set up once, with port 443 as engines ask for it', async () => {
  const { given, planned } = working();
  assert.equal(await runSetup([host, `${host}:443/ns/image`, 'HTTPS://REGISTRY.example.com/v1/'], given), 0);
  assert.deepEqual(
    planned.map(({ host: h, engineNames }) => [h, engineNames]),
    [[host, [host, `${host}:443`]]],
  );
});

test('an insecure context and a missing binary are warned about', async () => {
  const { given, err } = working({ insecure: true, onPath: false });
  assert.equal(await runSetup([host], given), 0);
  assert.equal(err.length, 2);
  assert.match(err[0] ?? '', /^Warning: context work does not verify/);
  assert.match(err[1] ?? '', /^Warning: docker-credential-openshift is not on your PATH/);
});

test('a wrong command line is one sentence and the usage, exit 2, and touches nothing', async () => {
  const cases: [string[], RegExp][] = [
    [[], /Name at least one HOST/],
    [['--force', host], /Unknown option '--force'/],
    [['--context'], /--context/],
    [[host, '--context', ''], /--context needs the name/],
    [[host, 'a b'], /"a b" is no registry host/],
  ];
  for (const [args, message] of cases) {
    const { given, err, out } = ports();
    assert.equal(await runSetup(args, given), 2);
    assert.match(err[0] ?? '', message);
    assert.doesNotMatch(err[0] ?? '', /\. ./);
    assert.match(err[1] ?? '', /^Usage: /);
    assert.deepEqual([err.length, out.length], [2, 0]);
  }
});

test('a token pasted in the place of a host is not repeated', async () => {
  const token = `sha256~${'x'.repeat(43)}`;
  for (const args of [
    [token],
    [`--token=${token}`, host],
    [`--${token}`, host],
    [`eyJ${'x'.repeat(300)}.`],
  ]) {
    const { given, err } = ports();
    assert.equal(await runSetup(args, given), 2);
    assert.doesNotMatch(err.join('\n'), /xxx/);
  }
});

test('an error of the binding or of a plan is said with its hint, exit 1, and nothing is written', async () => {
  const error = new AppError({ code: 'X', message: 'two contexts fit', hint: 'setup HOST --context NAME' });
  const fail = async () => Promise.reject(error);
  const configuredContext = async () => undefined;
  for (const fakes of [
    { configuredContext, resolveBinding: fail },
    { configuredContext, resolveBinding: async () => binding, plan: fail },
  ]) {
    const { given, out, err } = ports(fakes);
    assert.equal(await runSetup([host], given), 1);
    assert.deepEqual(err, ['two contexts fit. Run: setup HOST --context NAME']);
    assert.deepEqual(out, []);
  }
});

test('an error that no person can mend is not dressed up', async () => {
  const { given } = ports({ configuredContext: async () => Promise.reject(new TypeError('defect')) });
  await assert.rejects(runSetup([host], given), TypeError);
});
