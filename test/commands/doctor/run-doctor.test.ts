import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Check,
  type CheckedFinding,
  type Finding,
  runChecks,
} from '../../../src/commands/doctor/check.ts';
import type { Machine } from '../../../src/commands/doctor/machine.ts';
import { type DoctorPorts, runDoctor } from '../../../src/commands/doctor/run-doctor.ts';
import type { AuthFile } from '../../../src/engines/engine-state.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { docsOf, VERSION } from '../../../src/process/version.ts';
import { bindHost } from '../../../src/registry/bind-host.ts';
import { engineState, K, storedLogin, X } from '../../engines/lookup/lookup-world.ts';
import { factsOf, HOST } from './fake-facts.ts';

interface World {
  readonly out: string[];
  readonly err: string[];
  readonly ports: DoctorPorts;
}

type Repairs = Pick<Machine, 'previewRepair' | 'applyRepair'>;

/** `findings`: what the only check finds, each time it is run. */
function world(
  findings: () => readonly Finding[],
  {
    interactive = false,
    answer = false,
    repairs = {} as Partial<Repairs>,
    machine: more = {} as Partial<Machine>,
  } = {},
): World {
  const out: string[] = [];
  const err: string[] = [];
  const machine: Partial<Machine> = {
    engineState: async () => engineState({}),
    engineVersion: async (engine) => ({
      isInstalled: ['docker', 'podman'].includes(engine),
      program: `${engine} 9`,
      version: [9, 0],
    }),
    readConfig: async () => ({
      path: '/c.yaml',
      isThere: false,
      problems: [],
      hosts: [HOST],
      anonymous: [],
      secretPlace: 'keychain',
    }),
    bindingOf: async (host) => bindHost(host, undefined),
    isClaimed: async () => false,
    findProgram: () => [],
    refusedLogins: async () => [],
    previewRepair: async ({ file }) => [`put ${file} right`],
    applyRepair: () => assert.fail('nobody asked for that'),
    ...repairs,
    ...more,
  };
  const ports: DoctorPorts = {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    terminal: {
      isInteractive: interactive,
      columns: undefined,
      hasColours: false,
      confirm: async () => {
        assert.ok(interactive, 'nobody is there to be asked');
        return answer;
      },
      progress: () => {},
    },
    checks: [{ id: 'only', title: 'the only one', needs: 'machine', run: async () => findings() }],
    machine: () => machine as Machine,
    writeCertificates: () => assert.fail('no authority was asked for'),
    writeBundle: () => assert.fail('no report was asked for'),
  };
  return { out, err, ports };
}

const OK: Finding = { status: 'ok', code: 'fine', why: 'All fine' };
const bad = (file?: string): Finding => ({
  status: 'problem',
  code: 'overriding',
  why: 'FILE overrides the helper',
  effect: 'Pulls fail',
  fix: { run: 'fix FILE' },
  host: HOST,
  repair: file === undefined ? undefined : { file },
});
const FIXING = 'docker-credential-openshift doctor --fix';

test('it exits with 0 if nothing is wrong, notes are no fault, and what is well is told only with --verbose', async () => {
  const findings: readonly Finding[] = [
    OK,
    { status: 'note', code: 'n', why: 'By the way' },
    { status: 'skipped', code: 's', why: 'No need' },
  ];
  const { out, ports } = world(() => findings);
  assert.equal(await runDoctor([], ports), 0);
  assert.deepEqual(out, ['Nothing is wrong.', '', 'note     By the way [n].']);
  const verbose = world(() => findings);
  assert.equal(await runDoctor(['--verbose'], verbose.ports), 0);
  assert.deepEqual(verbose.out, [...out, '', 'skipped  No need.', 'ok       All fine.']);
});

test('it exits with 1 for a problem and for a warning: the verdict first, then the worst, with what comes of it and what fixes it', async () => {
  const { out, ports } = world(() => [{ status: 'warning', code: 'w', why: 'Soon' }, bad(), OK]);
  assert.equal(await runDoctor([], ports), 1);
  assert.deepEqual(out, [
    '1 problem and 1 warning.',
    '',
    'problem  FILE overrides the helper [overriding].',
    '         Pulls fail.',
    '         Run: fix FILE',
    '',
    'warning  Soon [w].',
  ]);
  const warning = world(() => [{ status: 'warning', code: 'w', why: 'Soon' }]);
  assert.equal(await runDoctor([], warning.ports), 1);
});

test('the verdict counts what --fix can do, and names the command', async () => {
  const verdict = async (...findings: readonly Finding[]) => {
    const { out, ports } = world(() => findings);
    await runDoctor([], ports);
    return out[0];
  };
  assert.equal(await verdict(bad('FILE')), `1 problem; to fix it all, run: ${FIXING}`);
  assert.equal(await verdict(bad('FILE'), bad()), `2 problems; to fix 1 of them, run: ${FIXING}`);
});

test('of a family, an engine that ends otherwise than the one that it is spoken of by is told of, too', async () => {
  const login = storedLogin(HOST);
  const state = engineState({ [K]: { helpers: { [HOST]: 'openshift' } } });
  const seen = (readNowBy: AuthFile['readNowBy']) => ({
    ...state,
    files: state.files.map((file) =>
      file.path === X ? { ...file, state: 'read' as const, logins: [login], readNowBy } : file,
    ),
  });
  const told = async (readNowBy: AuthFile['readNowBy']) => {
    const machine: Partial<Machine> = {
      engineState: async () => seen(readNowBy),
      engineVersion: async (engine) => ({
        isInstalled: ['podman', 'skopeo'].includes(engine),
        program: engine,
        version: undefined,
      }),
      findProgram: () => [{ path: '/bin/x', isExecutable: true }],
    };
    const { out, ports } = world(() => [OK], { machine });
    await runDoctor([HOST], ports);
    return out.flatMap((line) => /^(?:podman|skopeo) \w+/.exec(line) ?? []);
  };
  assert.deepEqual(await told(['skopeo']), ['podman asks', 'skopeo uses']);
  assert.deepEqual(await told(['podman', 'skopeo']), ['podman uses']);
});

test('for an image it is told what each engine does, step by step with --verbose', async () => {
  const image = `${HOST}/ns/app`;
  const short = world(() => [OK]);
  assert.equal(await runDoctor([image], short.ports), 0);
  assert.deepEqual(
    short.out.slice(2).map((line) => line.split(' ', 3).join(' ')),
    ['docker pulls anonymously', 'podman pulls anonymously'],
  );
  const verbose = world(() => [OK]);
  await runDoctor([image, '--verbose'], verbose.ports);
  assert.ok(verbose.out.includes('What docker 9 does'));
  assert.ok(verbose.out.some((line) => line.startsWith('  1. /home/u/.docker/config.json: looks for ')));
});

test('sentences are wrapped to the terminal and commands are not; nothing of a file drives it', async () => {
  const run = `docker-credential-openshift setup ${'a'.repeat(60)}.example.com`;
  const why = 'one two three four five six\u001b[2J seven eight nine ten eleven twelve';
  const { out, ports } = world(() => [{ status: 'problem', code: 'p', why, fix: { run } }]);
  const terminal = { ...ports.terminal, columns: 50, hasColours: true };
  await runDoctor([], { ...ports, terminal });
  assert.deepEqual(out.slice(2), [
    '\u001b[31mproblem\u001b[0m  one two three four five six [2J seven',
    '         eight nine ten eleven twelve [p].',
    `         Run: \u001b[1m${run}\u001b[0m`,
  ]);
});

test('--json has a shape that stays', async () => {
  const { out, ports } = world(() => [OK, bad('FILE')]);
  assert.equal(await runDoctor([HOST, '--json'], ports), 1);
  const { lookups, ...report } = JSON.parse(out.join('\n'));
  assert.deepEqual(report, {
    format: 2,
    version: VERSION,
    subject: HOST,
    well: false,
    findings: [
      {
        check: 'only',
        status: 'ok',
        code: 'fine',
        host: null,
        why: 'All fine',
        effect: null,
        fix: null,
        docs: docsOf('fine'),
        fixable: false,
      },
      {
        check: 'only',
        status: 'problem',
        code: 'overriding',
        host: HOST,
        why: 'FILE overrides the helper',
        effect: 'Pulls fail',
        fix: { run: 'fix FILE' },
        docs: docsOf('overriding'),
        fixable: true,
      },
    ],
    fixed: [],
  });
  assert.deepEqual(Object.keys(lookups[0]), ['engine', 'program', 'isInstalled', 'steps', 'winner', 'says']);
});

test('a repair that can`t be done is not promised: what is in the way is told, and what fixes that', async () => {
  const closed = { code: 'x', message: 'FILE is read-only', fix: { run: 'chmod u+w FILE' } };
  const repairs = { previewRepair: () => Promise.reject(new AppError(closed)) };
  const { out, ports } = world(() => [bad('FILE')], { repairs });
  assert.equal(await runDoctor([], ports), 1);
  assert.deepEqual(out.slice(0, 5), [
    '1 problem.',
    '',
    'problem  FILE overrides the helper [overriding].',
    "         Pulls fail. --fix can't do it: FILE is read-only.",
    '         Run: chmod u+w FILE',
  ]);
  const again = world(() => [bad('FILE')], { repairs });
  assert.equal(await runDoctor(['--fix', '--yes'], again.ports), 1);
  assert.equal(again.out[0], 'There is nothing that --fix can do.');
});

test('--fix without a terminal needs --yes, and does nothing without it', async () => {
  const again: Record<string, string> = {
    '--fix': '--fix --yes',
    '--fix --json': '--fix --yes --json',
    'R.example.com:443 --fix --engine docker': 'r.example.com:443 --engine docker --fix --yes',
    'r.example.com/ns/app:1 --fix': 'r.example.com/ns/app:1 --fix --yes',
  };
  for (const [words, command] of Object.entries(again)) {
    const { err, ports } = world(() => assert.fail('nothing is looked at'));
    assert.equal(await runDoctor(words.split(' '), ports), 1);
    assert.ok(err.join().endsWith(` Run: docker-credential-openshift doctor ${command}`), err.join());
  }
});

test('--fix asks, and changes nothing without a yes', async () => {
  const { out, err, ports } = world(() => [bad('FILE')], { interactive: true });
  assert.equal(await runDoctor(['--fix'], ports), 1);
  assert.ok(out.includes('- put FILE right'));
  assert.deepEqual(err, ['Nothing was changed.']);
});

test('--fix puts each file right once, says what it did, and looks again', async () => {
  const done: string[] = [];
  const repairs: Partial<Repairs> = {
    applyRepair: async ({ file }, { ours }) => {
      assert.deepEqual(ours, [HOST]);
      done.push(file);
      return [`${file}: took it out`];
    },
  };
  const findings = () => (done.length === 0 ? [bad('FILE'), bad('FILE')] : [OK]);
  const { out, ports } = world(findings, { interactive: true, answer: true, repairs });
  assert.equal(await runDoctor(['--fix'], ports), 0);
  assert.deepEqual(done, ['FILE']);
  assert.deepEqual(out.slice(-2), ['Fixed: FILE: took it out', 'All is well.']);
});

test('a repair that fails is told, keeps no other from being done, and leaves its finding', async () => {
  const done: string[] = [];
  const error = new AppError({ code: 'x', message: 'A is read-only', fix: { run: 'chmod u+w A' } });
  const repairs: Partial<Repairs> = {
    applyRepair: async ({ file }) => {
      if (file === 'A') throw error;
      done.push(file);
      return [];
    },
  };
  const findings = () => [bad('A'), ...(done.length === 0 ? [bad('B')] : [])];
  const { err, ports } = world(findings, { repairs });
  assert.equal(await runDoctor(['--fix', '--yes'], ports), 1);
  assert.deepEqual(done, ['B']);
  assert.deepEqual(err, ['A is read-only [x]. Run: chmod u+w A']);
});

test('--bundle writes the report, and prints where', async () => {
  let written: readonly CheckedFinding[] = [];
  const { out, ports } = world(() => [bad()]);
  const writeBundle: DoctorPorts['writeBundle'] = async (path, { findings }) => {
    written = findings;
    return [`${path} is written`];
  };
  assert.equal(await runDoctor(['--bundle', 'report.md'], { ...ports, writeBundle }), 1);
  assert.deepEqual(out, ['report.md is written']);
  assert.equal(written[0]?.code, 'overriding');
});

test('a wrong command line is told with the usage, and a token typed in the wrong place is not repeated', async () => {
  const wrong: Record<string, RegExp> = {
    'a.example.com b.example.com': /One host, image or console URL/,
    'UPPER/Image': /"UPPER\/Image" is no image: its name is in lower case/,
    'a~b': /neither a registry host nor an image/,
    '--json --bundle x': /choose one of them/,
    '--engine docker --engine podman': /name one, or none for all/,
    '--yes': /--yes goes with --fix/,
    '--bundle=': /--bundle needs/,
    '--fix --bundle x': /first --fix/,
    '--engine kaniko': /--engine is docker.* podman/,
    '--nothing': /--nothing/,
    'sha256~SECRET': /One of the arguments/,
  };
  for (const [words, said] of Object.entries(wrong)) {
    const { err, ports } = world(() => assert.fail('nothing is looked at'));
    assert.equal(await runDoctor(words.split(' '), ports), 2, words);
    assert.match(err[0] ?? '', said);
    assert.match(err[1] ?? '', /^Usage: docker-credential-openshift doctor /);
    assert.doesNotMatch(err.join(), /SECRET/);
  }
});

const check = (id: string, run: Check['run'], per?: Check['per']): Check =>
  per === undefined
    ? { id, title: id, needs: 'machine', run }
    : { id, title: id, needs: 'machine', per, run };
const ok = (why: string): Finding => ({ status: 'ok', code: 'ok', why });
const never = new AbortController().signal;

test('checks run side by side, and their findings come in the order of the checks', async () => {
  const order: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const slow = check('slow', async () => {
    order.push('slow begins');
    await gate;
    return [ok('slow')];
  });
  const quick = check('quick', async () => {
    order.push('quick');
    open();
    return [ok('quick')];
  });
  const found = await runChecks([slow, quick], factsOf({}), never);
  assert.deepEqual(order, ['slow begins', 'quick']);
  assert.deepEqual(
    found.map((finding) => [finding.check, finding.why]),
    [
      ['slow', 'slow'],
      ['quick', 'quick'],
    ],
  );
});

test('a check that throws is a finding of its own, and the others are told', async () => {
  const fix = { run: 'fix FILE' };
  const error = new AppError({ code: 'x', message: 'FILE is broken: sha256~abc', fix });
  const broken = check('broken', () => Promise.reject(error));
  const defect = check('defect', () => {
    throw new TypeError('eyJhbGciOi.x.y is no function');
  });
  const found = await runChecks([broken, defect, check('fine', async () => [])], factsOf({}), never);
  const why = 'FILE is broken: ***';
  assert.deepEqual(found[0], { check: 'broken', status: 'problem', code: 'x', why, fix });
  assert.deepEqual([found[1]?.check, found[1]?.code], ['defect', 'check-failed']);
  assert.match(found[1]?.why ?? '', /^The check \w+ failed: unexpected TypeError: \*\*\* is no function$/);
  assert.equal(found.length, 2);
});

test('a check that is not done when the time is up is told as late', async () => {
  const controller = new AbortController();
  const hanging = check('hanging', () => new Promise(() => {}));
  const fine = check('fine', async () => [ok('fine')]);
  const running = runChecks([hanging, fine], factsOf({}), controller.signal);
  controller.abort();
  const found = await running;
  assert.deepEqual(
    found.map(({ check: id, code }) => [id, code]),
    [
      ['hanging', 'check-late'],
      ['fine', 'ok'],
    ],
  );
  assert.match(found[0]?.why ?? '', /^The check hanging was not done /);
});
