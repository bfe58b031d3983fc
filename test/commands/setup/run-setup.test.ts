import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JudgedTrust } from '../../../src/commands/doctor/network-state.ts';
import { runSetup } from '../../../src/commands/setup/run-setup.ts';
import { untrustingEngine } from '../../../src/commands/setup/this-machine.ts';
import { givenToken } from '../../../src/hosts/identity.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { SERVER } from '../../support/identities.ts';
import { BINDING, configuredHost, fakePorts, HOST, working } from './fake-setup.ts';

test('setup shows whose login a host gets and what changes where, writes once agreed to, and proves it', async () => {
  const { given, out, err, planned, did } = working();
  assert.equal(await runSetup(['Registry.Example.com', '--yes'], given), 0);
  // Engines look for the very spelling.
  const engineNames = [HOST, 'Registry.Example.com'];
  assert.deepEqual(planned, [{ host: HOST, engineNames, entry: { server: SERVER, user: 'alice' } }]);
  assert.deepEqual(out, [
    'registry.example.com gets the login of alice at https://api.example.com:6443 (context work).',
    '',
    '/c/config.yaml: bound it; twice',
    '@@',
    '+server: x',
    '-old',
    ' same',
    '/d/config.json: nothing to change',
    'Wrote /c/config.yaml; and more',
    'registry.example.com: works: the registry accepts the login of alice.',
    'Try: podman pull Registry.Example.com/NAMESPACE/IMAGE:TAG',
  ]);
  assert.deepEqual([err, did], [[], ['write /c/config.yaml', `sign in ${HOST}`, `prove ${HOST}`]]);
});

test('a person is asked before anything is written, and a no changes nothing; --dry-run asks and writes nothing', async () => {
  for (const answer of [true, false]) {
    const asked: string[] = [];
    const confirm = async (question: string) => asked.push(question) === 1 && answer;
    const isInstalled = async () => true;
    const terminal = { isInteractive: true, confirm };
    const { given, did, err } = working({}, { terminal, timer: { isInstalled } });
    assert.equal(await runSetup([HOST], given), answer ? 0 : 1);
    assert.deepEqual(asked, ['Write this file?']);
    assert.equal(did.includes('write /c/config.yaml'), answer);
    if (!answer) assert.deepEqual([did, err], [[], ['Nothing was changed.']]);
  }
  const nobody = working();
  assert.equal(await runSetup([HOST], nobody.given), 1);
  assert.match(
    nobody.err[0] ?? '',
    /^Nothing was changed: there is no terminal to ask at \[not-confirmed\]\. Say --yes /,
  );
  const dry = working();
  assert.equal(await runSetup([HOST, '--dry-run'], dry.given), 0);
  assert.ok(dry.out.includes('+server: x'));
  assert.deepEqual([nobody.did, dry.did], [[], []]);
});

test('where nothing is to change nobody is asked, and the registry is still asked', async () => {
  const { given, did } = working({ planned: [{ path: '/c', changes: [], diff: [] }] });
  assert.equal(await runSetup([HOST], given), 0);
  assert.deepEqual(did, [`sign in ${HOST}`, `prove ${HOST}`]);
});

test('without a HOST all registries that are found are set up, and those of the config stay as they are', async () => {
  const identity = { ...BINDING, route: '', namespace: undefined, inCluster: false } as const;
  const source = { kind: 'token', token: givenToken('x') } as const;
  const configured = {
    'mine.example.com': configuredHost({ server: 'https://mine', user: 'bob' }),
    'open.example.com': configuredHost({ isAnonymous: true }),
  };
  const { given, out, err, planned, cleared, did } = working(
    { configured },
    {
      readIdentities: async () => ({ all: [{ ...identity, source }], current: undefined, problems: [] }),
      askCluster: async () => ({ hosts: [HOST] }),
    },
  );
  assert.equal(await runSetup(['--yes'], given), 0);
  assert.deepEqual(planned, [
    { host: HOST, engineNames: [HOST], entry: { server: SERVER, user: 'alice' } },
    { host: 'mine.example.com', engineNames: ['mine.example.com'], entry: undefined },
  ]);
  assert.deepEqual(cleared, ['open.example.com']);
  assert.equal(out[1], 'mine.example.com stays linked to bob at https://mine, as the config has it.');
  assert.deepEqual(err, ['open.example.com stays anonymous, as the config has it.']);
  assert.ok(!did.some((what) => what.startsWith('sign in')), 'nobody named a host, so none is signed in');
});

test('a host outside of the domains of its cluster is asked about, and told of where nobody can be asked', async () => {
  const host = 'registry.example.org';
  const elsewhere = { askCluster: async () => ({ hosts: [host] }) };
  const questions: string[] = [];
  for (const yes of [true, false]) {
    const confirm = async (question: string) =>
      questions.push(question) > 0 && (yes || !question.includes(host));
    const { given, planned, err } = working({}, { ...elsewhere, terminal: { isInteractive: true, confirm } });
    await runSetup(['--no-timer'], given);
    assert.deepEqual(
      planned.map((setup) => setup.host),
      yes ? [host] : [],
    );
    assert.equal(
      err.some((line) => line.includes(`setup ${host} --context ci`)),
      !yes,
    );
    assert.match(
      questions[0] ?? '',
      /lies under no domain of it: whoever runs registry\.example\.org gets your login/,
    );
  }
  for (const args of [['--yes'], ['--dry-run']]) {
    const { given, planned, err } = working({}, elsewhere);
    await runSetup(args, given);
    assert.deepEqual(planned, [], args.join());
    assert.ok(err.some((line) => line.includes(`setup ${host} --context ci`)));
  }
});

test('where no registry is found, setup says why and how to go on', async () => {
  const configuredHosts = async () => new Map();
  for (const [problems, first, last] of [
    [
      ['/k: broken'],
      '/k: broken [kubeconfig-problem]',
      /^No registry was found by your kubeconfig.* Fix what is said above/,
    ],
    [[], undefined, /^You are logged in to no cluster.* Run: docker-credential-openshift login$/],
  ] as const) {
    const { given, err } = fakePorts({
      whyHelperUnfound: async () => undefined,
      readIdentities: async () => ({ all: [], current: undefined, problems }),
      files: { configuredHosts },
    });
    assert.equal(await runSetup(['--yes'], given), 1);
    assert.match(err.at(-1) ?? '', last);
    if (first !== undefined) assert.equal(err[0], first);
  }
});

test('a host that the config binds already stays bound as it is, and is signed in again where it is named', async () => {
  const configured = { [HOST]: configuredHost({ server: 'https://else', user: 'bob', context: 'x' }) };
  const { given, out, planned, contexts, did } = working({ configured });
  assert.equal(await runSetup([HOST, '--yes'], given), 0);
  assert.deepEqual([contexts, planned[0]?.entry], [[], undefined]);
  assert.equal(out[0], `${HOST} stays linked to bob at https://else, as the config has it.`);
  assert.ok(did.includes(`sign in ${HOST}`));
});

test('a host that the config keeps anonymous is linked only where it is named, and that is said', async () => {
  const configured = { [HOST]: configuredHost({ isAnonymous: true }) };
  const { given, err, planned } = working({ configured });
  assert.equal(await runSetup([HOST, '--yes'], given), 0);
  assert.deepEqual(planned[0]?.entry, { server: SERVER, user: 'alice' });
  assert.deepEqual(err, [`${HOST} is kept anonymous by the config, which ends.`]);
});

test('where all hosts are kept anonymous, their logins are taken out, and nothing else is done', async () => {
  const configured = { [HOST]: configuredHost({ isAnonymous: true }) };
  const none = { readIdentities: async () => ({ all: [], current: undefined, problems: [] }) };
  const { given, err, cleared, did } = working({ configured }, none);
  assert.equal(await runSetup(['--yes'], given), 0);
  assert.deepEqual(cleared, [HOST]);
  assert.deepEqual(did, ['write /c/config.yaml']);
  assert.deepEqual(err, [`${HOST} stays anonymous, as the config has it.`]);
  const clean = working({ configured, planned: [{ path: '/d/config.json', changes: [], diff: [] }] }, none);
  assert.equal(await runSetup(['--yes'], clean.given), 1);
  assert.match(clean.err.at(-1) ?? '', /nothing to set up/);
});

test('a context that is named for a host which its cluster does not claim is doubted aloud', async () => {
  for (const [word, said] of [
    [{ hosts: [HOST] }, undefined],
    [
      { hosts: ['r.example.com'] },
      /^Warning: .* does not say that registry\.example\.com is its registry \(it names r\.example\.com\); whoever/,
    ],
    [{ hosts: [] }, /\(it names none\)/],
    [{ fault: 'it is away', refusedLogin: false }, /^Whether .* can't be told: it is away\.$/],
  ] as const) {
    const { given, err } = working({}, { askCluster: async () => word });
    assert.equal(await runSetup([HOST, '--context', 'ci', '--yes'], given), 0);
    if (said === undefined) assert.deepEqual(err, []);
    else assert.match(err[0] ?? '', said);
  }
  const { given, err } = working();
  assert.equal(await runSetup(['registry.ci.openshift.org', '--context', 'ci', '--yes'], given), 0);
  assert.match(err[0] ?? '', /^Warning: registry\.ci\.openshift\.org is the registry of app\.ci /);
});

test('a host that keeps its service account is said to get the tokens of that, not the login', async () => {
  const { given, out } = working({ kept: 'ci/puller' });
  assert.equal(await runSetup([HOST, '--yes'], given), 0);
  assert.equal(
    out[0],
    `${HOST} gets tokens of the service account ci/puller at ${SERVER} (context work). For that login itself, add --own-login.`,
  );
});

test('--own-login gives a host the login that it is linked to, or that of a context, without the account', async () => {
  const configured = { [HOST]: configuredHost({ server: SERVER, user: 'alice' }) };
  const { given, out, planned } = working({ configured, kept: 'ci/puller' });
  assert.equal(await runSetup([HOST, '--own-login', '--yes'], given), 0);
  const setup = { host: HOST, engineNames: [HOST], isOwnLogin: true };
  assert.deepEqual(planned, [{ ...setup, entry: { server: SERVER, user: 'alice' } }]);
  assert.equal(out[0], `${HOST} gets the login of alice at ${SERVER}.`);
  const other = working({ configured, kept: 'ci/puller' });
  assert.equal(await runSetup([HOST, '--own-login', '--context', 'ci', '--yes'], other.given), 0);
  assert.equal(other.out[0], `${HOST} gets the login of alice at ${SERVER} (context ci).`);
  assert.equal(other.planned[0]?.isOwnLogin, true);
  const nameless = working();
  assert.equal(await runSetup(['--own-login', '--yes'], nameless.given), 2);
  assert.match(nameless.err.join(), /^Which registry is to get your own login\?/);
});

test('a context on the command line is asked for and replaces what the config has, but one that was written by hand leads and is kept', async () => {
  for (const [fields, words, asked, entry] of [
    [undefined, ['--context', 'ci'], 'ci', {}],
    [{ context: 'mine' }, [], 'mine', { context: 'mine' }],
    [{ context: 'mine' }, ['--context=ci'], 'ci', {}],
    [{ server: 'https://else', user: 'bob' }, ['--context=ci'], 'ci', {}],
  ] as const) {
    const configured = fields === undefined ? {} : { [HOST]: configuredHost(fields) };
    const { given, planned, contexts } = working({ configured });
    assert.equal(await runSetup([HOST, ...words, '--yes'], given), 0);
    assert.deepEqual([contexts, planned[0]?.entry], [[asked], { server: SERVER, user: 'alice', ...entry }]);
  }
});

test('a host is set up once, with port 443 as engines ask for it', async () => {
  const { given, planned } = working();
  const words = [HOST, `${HOST}:443/ns/image`, 'HTTPS://REGISTRY.example.com/v1/', '-y'];
  assert.equal(await runSetup(words, given), 0);
  assert.deepEqual(
    planned.map(({ host, engineNames }) => [host, engineNames]),
    [[HOST, [HOST, `${HOST}:443`]]],
  );
});

test('one engine alone is set up where that is asked for', async () => {
  for (const engine of ['docker', 'podman', undefined] as const) {
    const { given, engines } = working();
    const words = engine === undefined ? [] : ['--engine', engine];
    assert.equal(await runSetup([HOST, '--yes', ...words], given), 0);
    assert.deepEqual(engines, [engine]);
  }
});

test('hosts that the environment links are set up as they are, named or not, and no file of ours changes for them', async () => {
  for (const args of [['--yes'], [HOST, '--yes']]) {
    // The cluster may name them, too.
    for (const hosts of [[], [HOST]]) {
      const clusters = { environmentHosts: [HOST], askCluster: async () => ({ hosts }) };
      const { given, out, planned, contexts } = working({}, clusters);
      assert.equal(await runSetup(args, given), 0);
      assert.deepEqual(planned, [{ host: HOST, engineNames: [HOST], entry: undefined }]);
      assert.deepEqual([out[0], contexts], [`${HOST} gets the login that the environment gives.`, []]);
    }
  }
  const named = working({}, { environmentHosts: [HOST] });
  assert.equal(await runSetup([HOST, '--context', 'ci', '--yes'], named.given), 0);
  assert.deepEqual(named.contexts, ['ci']);
});

test('an insecure context is warned about', async () => {
  const { given, err } = working({ insecure: true });
  assert.equal(await runSetup([HOST, '--yes'], given), 0);
  assert.equal(err.length, 1);
  assert.match(err[0] ?? '', /^Warning: context work does not verify/);
});

test('where engines would not find the helper nothing is written, and a dry run still shows what would be', async () => {
  const unfound = new AppError({ code: 'X', message: 'it is nowhere', fix: { run: 'install it' } });
  for (const [option, shown] of [
    ['--yes', 0],
    ['--dry-run', 1],
  ] as const) {
    const { given, out, err, did } = working({ unfound });
    assert.equal(await runSetup([HOST, option], given), 1);
    assert.deepEqual([err, did], [['it is nowhere [X]. Run: install it'], []]);
    assert.equal(out.filter((line) => line === '+server: x').length, shown, option);
  }
});

test('a registry that does not work yet is set up nevertheless, and what is to be done is said', async () => {
  for (const [proof, said] of [
    [
      { kind: 'anonymous', reasons: [{ code: 'expired', why: 'It expired', fix: { run: 'login' } }] },
      /pulls go on anonymously for now\. It expired \[expired\]\. Run: login$/,
    ],
    [
      { kind: 'refused' },
      /refuses the login\. Run: docker-credential-openshift doctor registry\.example\.com$/,
    ],
    [
      { kind: 'failing' },
      /fails just now, so that nobody knows .*\. Run: docker-credential-openshift doctor registry\.example\.com$/,
    ],
    [
      { kind: 'unreachable' },
      /can't be reached from here\. Run: docker-credential-openshift doctor registry/,
    ],
  ] as const) {
    const { given, err, out } = working({ proof });
    assert.equal(await runSetup([HOST, '--yes'], given), 0);
    assert.match(err[0] ?? '', said);
    assert.doesNotMatch(out.join('\n'), /^Try:/m);
  }
});

test('an engine that will not ask the helper is named, with what it does instead, and is not recommended', async () => {
  const astray = [{ registry: HOST, why: 'podman uses the login in /auth.json' }];
  const { given, err, out } = working({ astray });
  assert.equal(await runSetup([HOST, '--yes'], given), 0);
  assert.deepEqual(err, [
    `${HOST}: podman uses the login in /auth.json [engine-astray]. Run: docker-credential-openshift doctor ${HOST}`,
  ]);
  assert.doesNotMatch(out.join('\n'), /^Try:/m);
});

test('a registry whose certificate an engine does not trust is not said to work', async () => {
  const why = 'the registry accepts the login, but podman does not trust its certificate';
  const { given, err, out } = working({ untrusting: [{ registry: HOST, why }] });
  assert.equal(await runSetup([HOST, '--yes'], given), 0);
  assert.deepEqual(err, [`${HOST}: ${why} [engine-astray]. Run: docker-credential-openshift doctor ${HOST}`]);
  assert.doesNotMatch(out.join('\n'), /works|^Try:/m);
  const trust = { contact: { kind: 'none', fault: 'untrusted-certificate', detail: '' } } as JudgedTrust;
  assert.match(
    untrustingEngine('podman', HOST, trust)?.why ?? '',
    /^the registry accepts the login, but podman/,
  );
  const loopback = { ...trust, unverified: { because: 'it is on loopback', isLoopback: true } };
  const away = { ...trust, contact: { ...trust.contact, fault: 'timeout' } } as unknown as JudgedTrust;
  for (const other of [undefined, loopback, away])
    assert.equal(untrustingEngine('podman', HOST, other), undefined);
});

test('the timer is offered to a person who has none, and installed only by a yes', async () => {
  for (const yes of [true, false]) {
    let installed = 0;
    const questions: string[] = [];
    const { given, out } = working(
      { planned: [] },
      {
        terminal: { isInteractive: true, confirm: async (question) => questions.push(question) > 0 && yes },
        timer: { isInstalled: async () => false, install: async () => installed++ >= 0 },
      },
    );
    assert.equal(await runSetup([HOST], given), 0);
    assert.equal(installed, yes ? 1 : 0);
    assert.match(questions[0] ?? '', /every hour in the background\?$/);
    assert.equal(out.includes('Not now. Later: docker-credential-openshift renew --install-timer'), !yes);
  }
});

test('the timer is installed by --timer without a question, and never looked for by --no-timer or --yes alone', async () => {
  const terminal = { isInteractive: true };
  for (const [words, isInstalled, install, status] of [
    [['--yes', '--timer'], false, true, 0],
    [['--yes', '--timer'], true, undefined, 0],
    // Asked for and not installed: a failure, after all else was done.
    [['--yes', '--timer'], undefined, false, 1],
    // This machine has none to offer.
    [[], undefined, undefined, 0],
    [['--yes'], 'unasked', undefined, 0],
    [['--no-timer'], 'unasked', undefined, 0],
  ] as const) {
    let installs = 0;
    const timer = {
      ...(isInstalled === 'unasked' ? {} : { isInstalled: async () => isInstalled }),
      ...(install === undefined ? {} : { install: async () => installs++ === 0 && install }),
    };
    const { given, did } = working({ planned: [] }, { terminal, timer });
    assert.equal(await runSetup([HOST, ...words], given), status, words.join());
    assert.deepEqual([installs, did.at(-1)], [install === undefined ? 0 : 1, `prove ${HOST}`]);
  }
});

test('--undo takes back what it can where one file is broken, and tells that one with its fault', async () => {
  const did: string[] = [];
  const fault = new AppError({ code: 'x', message: '/auth.json:1:1: broken', fix: { do: 'Fix it.' } });
  const broken = { path: '/auth.json', changes: [], diff: [], left: [], fault };
  const file = { path: '/d/config.json', changes: ['took it back'], diff: [], left: [] };
  const planned = [
    { ...broken, apply: async () => Promise.reject(fault) },
    { ...file, apply: async () => file.changes.slice(did.push('write')) },
  ];
  for (const [files, written] of [
    [planned, ['write']],
    [planned.slice(0, 1), []],
  ] as const) {
    did.length = 0;
    const { given, err } = fakePorts({
      files: { configuredHosts: async () => new Map(), planUndo: async () => files },
      timer: { isOwn: async () => false },
    });
    assert.equal(await runSetup(['--undo', '--yes'], given), 1);
    assert.deepEqual([err, did], [['/auth.json:1:1: broken [x]. Fix it.'], written]);
  }
});

test('--undo shows what it takes back, takes it back once agreed to, and the timer with it if setup installed that', async () => {
  const did: string[] = [];
  const file = { path: '/d/config.json', changes: ['took it back'], diff: ['-x'], left: ['that stays'] };
  const kept = ['kept', configuredHost({})] as const;
  const { given, out, err } = fakePorts({
    forgetAnswer: async (host) => void did.push(`forget ${host}`),
    files: {
      configuredHosts: async () => new Map(did.length === 0 ? [['gone', configuredHost({})], kept] : [kept]),
      planUndo: async (hosts) => {
        assert.equal(hosts, undefined);
        const made = { path: '/a.json', changes: [], diff: [], left: [], isRemoved: () => true };
        return [
          { ...file, apply: async () => file.changes.slice(did.push('write')) },
          // Planned anew, as it was found.
          { ...made, apply: async () => ['took more back'] },
        ];
      },
    },
    timer: { isOwn: async () => true, remove: async () => void did.push('timer') },
  });
  assert.equal(await runSetup(['--undo', '--yes'], given), 0);
  const timerLine = 'The renewal timer, which setup installed, goes, too.';
  assert.deepEqual(out, [
    timerLine,
    '',
    '/d/config.json: took it back',
    '-x',
    '/a.json: nothing to change',
    'Wrote /d/config.json',
    'Removed /a.json; took more back',
  ]);
  assert.deepEqual([err, did], [['/d/config.json: that stays'], ['write', 'timer', 'forget gone']]);
});

test('--undo HOST takes back what was done for that host alone, and leaves the timer', async () => {
  const planUndo = async (hosts: readonly string[] | undefined) => {
    assert.deepEqual(hosts, [HOST]);
    return [];
  };
  const { given, out } = fakePorts({ files: { planUndo } });
  assert.equal(await runSetup(['--undo', HOST], given), 0);
  assert.deepEqual(out, ['There is nothing to take back.']);
});

test('--undo removes what can be made anew once no host is set up any more, and not before', async () => {
  const unreadable = async () => {
    throw new AppError({ code: 'x', message: 'it is broken', fix: { do: 'Fix it.' } });
  };
  const cases = [
    [['--undo', '--yes'], async () => new Map(), true],
    [['--undo', '--dry-run'], async () => new Map(), false],
    [['--undo', '--yes', HOST], async () => new Map(), false],
    [['--undo', '--yes'], async () => new Map([['kept', configuredHost({})]]), false],
    [['--undo', '--yes'], unreadable, false],
  ] as const;
  for (const [words, configuredHosts, isCleared] of cases) {
    for (const changes of [[], ['took it back']]) {
      const file = { path: '/d/config.json', changes, diff: [], left: [], apply: async () => changes };
      let cleared = 0;
      const { given } = fakePorts({
        removeCached: async () => void cleared++,
        files: { configuredHosts, planUndo: async () => (changes.length === 0 ? [] : [file]) },
        timer: { isOwn: async () => false },
      });
      assert.equal(await runSetup(words, given), 0);
      assert.equal(cleared, isCleared ? 1 : 0, words.join(' '));
    }
  }
});

test('a wrong command line is one sentence and the usage, exit 2, and touches nothing', async () => {
  const cases: [string[], RegExp][] = [
    [[HOST, '--context', ''], /--context needs a value: NAME/],
    [['--context', 'work'], /Name at least one HOST/],
    [[HOST, 'a b'], /"a b" is not a registry host/],
    [[HOST, '--engine', 'rkt'], /"rkt" is no engine/],
    [[HOST, '--yes', '--dry-run'], /Either --yes or --dry-run/],
    [[HOST, '--timer', '--no-timer'], /Either --timer or --no-timer/],
    [['--undo', '--timer'], /--undo does not go with --timer/],
    [['--undo', 'a b'], /"a b" is not a registry host/],
  ];
  for (const [args, message] of cases) {
    const { given, err, out } = fakePorts();
    assert.equal(await runSetup(args, given), 2, args.join(' '));
    assert.match(err[0] ?? '', message);
    assert.match(err[1] ?? '', /^Usage: /);
    assert.deepEqual([err.length, out.length], [2, 0]);
  }
});

test('an error of the binding or of a plan is said with its fix, exit 1, and nothing is written', async () => {
  const error = new AppError({
    code: 'X',
    message: 'two contexts fit',
    fix: { run: 'setup HOST --context NAME' },
  });
  const fail = async () => Promise.reject(error);
  for (const rig of [working({}, { findLoginFor: fail }), working({}, { files: { plan: fail } })]) {
    assert.equal(await runSetup([HOST, '--yes'], rig.given), 1);
    assert.deepEqual(rig.err, ['two contexts fit [X]. Run: setup HOST --context NAME']);
    assert.deepEqual(rig.did, []);
  }
});

test('a name from a kubeconfig says no more in the plan than that it is a name', async () => {
  const name = 'prod (context prod).\n\nquay.io stays anonymous, as the config has it. \u001b[8m\u202e';
  const binding = { ...BINDING, context: name, user: name, insecure: true };
  const { given, out, err } = working({}, { findLoginFor: async () => binding });
  assert.equal(await runSetup([HOST, '--yes'], given), 0);
  const shown =
    '"prod (context prod).\\n\\nquay.io stays anonymous, as the config has it. \\u001b[8m\\u202e"';
  assert.equal(out[0], `${HOST} gets the login of ${shown} at ${SERVER} (context ${shown}).`);
  assert.match(err[0] ?? '', /^Warning: context "prod \(context prod\)\.\\n\\nquay\.io .*" does not verify /);
  assert.doesNotMatch([...out, ...err].join(''), /[\p{Cc}\p{Cf}]/u);
});

test('where nothing could keep a typed login, private files are offered, and never chosen unasked', async () => {
  const planned: (boolean | undefined)[] = [];
  const run = async (
    lacks: boolean,
    args: readonly string[] = [],
    environmentHosts: readonly string[] = [],
  ) => {
    const rig = working({}, { lacksSecretPlace: async () => lacks, environmentHosts });
    const { plan } = rig.given.files;
    const noted = (...given: Parameters<typeof plan>) => {
      planned.push(given[3]);
      return plan(...given);
    };
    const given = { ...rig.given, files: { ...rig.given.files, plan: noted } };
    assert.equal(await runSetup([HOST, '--yes', ...args], given), 0, String(rig.err));
    return rig.out.find((line) => line.includes('no keychain')) ?? '';
  };
  assert.match(await run(true), / files, run: docker-credential-openshift setup \S+ --secrets-in-files$/);
  assert.match(await run(true, [], [HOST]), / files, set DOCKER_CREDENTIAL_OPENSHIFT_SECRETS=file$/);
  assert.doesNotMatch(await run(false, ['--secrets-in-files']), /keychain/);
  assert.deepEqual(planned, [false, false, true]);
});

test('private files can be asked for where no cluster is logged in to', async () => {
  let changes = ['private files'];
  const { given, out } = fakePorts({
    whyHelperUnfound: async () => undefined,
    readIdentities: async () => ({ all: [], current: undefined, problems: [] }),
    files: {
      configuredHosts: async () => new Map(),
      plan: async (setups, _engine, _anonymous, inFiles) => {
        assert.deepEqual([setups, inFiles], [[], true]);
        return [{ path: '/c', changes, diff: [], apply: async () => [] }];
      },
    },
  });
  assert.equal(await runSetup(['--secrets-in-files', '--yes'], given), 0);
  assert.equal(out.at(-1), 'Wrote /c');
  changes = [];
  assert.equal(await runSetup(['--secrets-in-files', '--yes'], given), 0);
  assert.equal(out.at(-1), '/c: nothing to change');
});
