import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckedFinding, Finding, Fix } from '../../../src/commands/doctor/finding.ts';
import { type DoctorPorts, runDoctor } from '../../../src/commands/doctor/run-doctor.ts';
import { VERSION } from '../../../src/commands/version.ts';
import { AppError } from '../../../src/hosts/reason.ts';

interface World {
  readonly out: string[];
  readonly err: string[];
  readonly ports: DoctorPorts;
}

/** `findings`: what the only check finds, each time it is run. */
function world(findings: () => readonly Finding[], { interactive = false, answer = false } = {}): World {
  const out: string[] = [];
  const err: string[] = [];
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
    examine: () => ({
      checks: [{ id: 'only', run: async () => findings() }],
      hosts: async () => ({
        hosts: ['registry.example.com'],
        ours: [],
        anonymous: [],
        unclaimed: [],
        aims: [],
      }),
      lookups: async () => [],
    }),
    deadline: () => ({ signal: new AbortController().signal, clear: () => {} }),
    writeBundle: () => assert.fail('no report was asked for'),
  };
  return { out, err, ports };
}

const OK: Finding = { status: 'ok', saw: 'All fine' };
const bad = (fix?: Fix): Finding => ({
  status: 'problem',
  saw: 'FILE hides the helper',
  why: 'Pulls fail',
  mend: 'mend FILE',
  host: 'registry.example.com',
  fix,
});

test('it exits with 0 if all is well, and notes are no fault', async () => {
  const { out, ports } = world(() => [
    OK,
    { status: 'note', saw: 'By the way' },
    { status: 'skipped', saw: 'No need' },
  ]);
  assert.equal(await runDoctor([], ports), 0);
  assert.equal(out.at(-1), 'All is well.');
});

test('it exits with 1 for a problem and for a warning, which are told with why and what mends it', async () => {
  const { out, ports } = world(() => [bad(), OK]);
  assert.equal(await runDoctor([], ports), 1);
  assert.deepEqual(out, [
    'ok       All fine.',
    '',
    'problem  FILE hides the helper.',
    '         Pulls fail.',
    '         Run: mend FILE',
    '',
    '1 problem.',
  ]);
  assert.equal(await runDoctor([], world(() => [{ status: 'warning', saw: 'Soon' }]).ports), 1);
});

test('--json has a shape that stays', async () => {
  const fix = { key: 'FILE', preview: async () => ['mend it'], apply: () => assert.fail('nobody asked') };
  const { out, ports } = world(() => [OK, bad(fix)]);
  assert.equal(await runDoctor(['registry.example.com/ns/app:1', '--json'], ports), 1);
  assert.deepEqual(JSON.parse(out.join('\n')), {
    format: 1,
    version: VERSION,
    subject: 'registry.example.com/ns/app:1',
    well: false,
    findings: [
      { check: 'only', status: 'ok', host: null, saw: 'All fine', why: null, mend: null, fixable: false },
      {
        check: 'only',
        status: 'problem',
        host: 'registry.example.com',
        saw: 'FILE hides the helper',
        why: 'Pulls fail',
        mend: 'mend FILE',
        fixable: true,
      },
    ],
    lookups: [],
    mended: [],
  });
});

test('a fix that can`t be done is not promised: what is in the way is told, and what mends that', async () => {
  const closed = { code: 'x', message: 'FILE is read-only', fix: { run: 'chmod u+w FILE' } };
  const fix = {
    key: 'FILE',
    preview: async () => {
      throw new AppError(closed);
    },
    apply: () => assert.fail('it can`t be done'),
  };
  const { out, ports } = world(() => [bad(fix)]);
  assert.equal(await runDoctor([], ports), 1);
  assert.deepEqual(out, [
    '',
    'problem  FILE hides the helper.',
    "         Pulls fail. --fix can't mend it: FILE is read-only.",
    '         Run: chmod u+w FILE',
    '',
    '1 problem.',
  ]);
  const again = world(() => [bad(fix)]);
  assert.equal(await runDoctor(['--fix', '--yes'], again.ports), 1);
  assert.equal(again.out[0], 'There is nothing that --fix can mend.');
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
  const fix = {
    key: 'FILE',
    preview: async () => ['mend FILE'],
    apply: () => assert.fail('the answer was no'),
  };
  const { out, err, ports } = world(() => [bad(fix)], { interactive: true });
  assert.equal(await runDoctor(['--fix'], ports), 1);
  assert.ok(out.includes('- mend FILE'));
  assert.deepEqual(err, ['Nothing was changed.']);
});

test('--fix mends each thing once, says what it did, and looks again', async () => {
  let mended = 0;
  const apply = async () => {
    mended += 1;
    return ['FILE: took it out'];
  };
  const fix = { key: 'FILE', preview: async () => ['mend FILE'], apply };
  const found = () => (mended === 0 ? [bad(fix), bad({ ...fix })] : [OK]);
  for (const world1 of [world(found, { interactive: true, answer: true })]) {
    assert.equal(await runDoctor(['--fix'], world1.ports), 0);
    assert.equal(mended, 1);
    assert.ok(world1.out.includes('Mended: FILE: took it out'));
    assert.equal(world1.out.at(-1), 'All is well.');
  }
});

test('a fix that fails is told, keeps no other from being done, and leaves its finding', async () => {
  const done: string[] = [];
  const failing: Fix = {
    key: 'A',
    preview: async () => ['mend A'],
    apply: () =>
      Promise.reject(new AppError({ code: 'x', message: 'A is read-only', fix: { run: 'chmod u+w A' } })),
  };
  const other: Fix = {
    key: 'B',
    preview: async () => ['mend B'],
    apply: async () => {
      done.push('B');
      return [];
    },
  };
  const { err, ports } = world(() => [bad(failing), ...(done.length === 0 ? [bad(other)] : [])]);
  assert.equal(await runDoctor(['--fix', '--yes'], ports), 1);
  assert.deepEqual(done, ['B']);
  assert.deepEqual(err, ['A is read-only. Run: chmod u+w A']);
});

test('--fix says so where there is nothing that it can mend', async () => {
  const { out, ports } = world(() => [bad()]);
  assert.equal(await runDoctor(['--fix', '--yes'], ports), 1);
  assert.ok(out.includes('There is nothing that --fix can mend.'));
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
  assert.equal(written[0]?.saw, 'FILE hides the helper');
});

test('a wrong command line is told with the usage', async () => {
  const wrong: Record<string, RegExp> = {
    'a.example.com b.example.com': /One host, image or console URL/,
    'UPPER/Image': /"UPPER\/Image" is no image: its name is in lower case/,
    'a~b': /neither a registry host nor an image/,
    '--json --bundle x': /choose one of them/,
    '--engine docker --engine podman': /name one, or none for both/,
    '--yes': /--yes goes with --fix/,
    '--bundle=': /--bundle needs/,
    '--fix --bundle x': /first --fix/,
    '--engine kaniko': /--engine is docker or podman/,
    '--nothing': /--nothing/,
  };
  for (const [words, said] of Object.entries(wrong)) {
    const { err, ports } = world(() => assert.fail('nothing is looked at'));
    assert.equal(await runDoctor(words.split(' '), ports), 2, words);
    assert.match(err[0] ?? '', said);
    assert.match(err[1] ?? '', /^Usage: docker-credential-openshift doctor /);
  }
});

test('a token typed in the wrong place is not repeated', async () => {
  const { err, ports } = world(() => assert.fail('nothing is looked at'));
  assert.equal(await runDoctor(['sha256~SECRET'], ports), 2);
  assert.doesNotMatch(err.join(), /SECRET/);
});
