import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatReady, type ReadyWorld, readReady } from '../../src/files/ready-record.ts';
import { answerEnvironment, DECIDING_VARIABLES } from '../../src/hosts/cached-answer.ts';
import fc from '../support/properties.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { testOfFront } from './stand-in.ts';

const CASES = 10_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Case {
  readonly host: string;
  readonly text: string;
  readonly world: Omit<ReadyWorld, 'workingDirectory' | 'stampOf'>;
  readonly directory: string;
  readonly stamps: Readonly<Record<string, string>>;
}

const word = fc.stringMatching(/^[a-z0-9.:_-]{1,12}$/);
const path = fc.oneof(
  fc
    .array(fc.oneof(word, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 })), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts) => `/${parts.join('/').replaceAll(/[\0\n]/g, ' ')}`),
  fc.constantFrom('/a b', '/a', '/A', '/home/alice/.kube/config', '/home/alice/.kube/config '),
);
const stamp = fc
  .tuple(fc.nat(99), fc.nat(999), fc.nat(9999), fc.nat(), fc.nat())
  .map((parts) => parts.join(':'));
const value = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\0', ''));
const env = fc.dictionary(fc.constantFrom(...DECIDING_VARIABLES, 'LANG', 'HOMES'), fc.oneof(value, path), {
  maxKeys: 6,
});
const key = fc.constantFrom('000102030405060708090a0b0c0d0e0f', 'ffffffffffffffffffffffffffffffff');
const line = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll(/[\0\n]/g, ' '));

/** A record, and a world that differs from the one that it was written in now and then. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    host: word,
    env,
    uid: fc.nat(2),
    key,
    directory: fc.constantFrom('/work', '/work/here', ''),
    wallMs: fc.integer({ min: 0, max: 2 ** 43 }),
    uptimeMs: fc.option(fc.nat()),
    goodForMs: fc.integer({ min: -1, max: 300_000 }),
    bootId: fc.constantFrom('this', 'another', ''),
    stamps: fc.dictionary(path, fc.option(stamp), { maxKeys: 4 }),
    answer: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record({
          kind: fc.constant('said' as const),
          status: fc.constantFrom(0 as const, 1 as const),
          out: line,
          err: line,
        }),
      },
      {
        weight: 1,
        arbitrary: fc.constant({
          kind: 'kept',
          username: 'u',
          id: '1',
          where: 'file',
          expiresAtMs: null,
        } as const),
      },
    ),
    changes: fc.array(
      fc.oneof(
        ...(
          [
            'host',
            'env',
            'uid',
            'key',
            'wall',
            'wall back',
            'uptime',
            'boot',
            'directory',
            'stamp',
            'appeared',
          ] as const
        ).map((name) => fc.constant(name)),
        fc.record({
          at: fc.nat(),
          to: fc.oneof(
            fc.constantFrom('\n', ' ', '\0', '', '0', '-', 'source - /x\n', 'end\n'),
            fc.string({ maxLength: 3 }),
          ),
          cut: fc.nat(2),
        }),
      ),
      { maxLength: 2 },
    ),
    passedMs: fc.oneof(fc.integer({ min: 0, max: 300_000 }), fc.constantFrom(0, 1, 299_999, 300_000)),
  })
  .map((it): Case => {
    const environment = answerEnvironment(it.env, it.uid, () => it.directory, it.key);
    const sources = Object.entries(it.stamps);
    const written = formatReady({
      host: it.host,
      decidedAt: { wallMs: it.wallMs, uptimeMs: it.uptimeMs },
      bootId: it.bootId,
      untilMs: it.wallMs + it.goodForMs,
      environment,
      sources,
      answer: it.answer,
    });
    let text = written ?? 'ready 1\n';
    const world = {
      env: { ...it.env } as Record<string, string>,
      uid: it.uid,
      key: it.key as string,
      now: {
        wallMs: it.wallMs + it.passedMs,
        uptimeMs: it.uptimeMs === null ? null : it.uptimeMs + it.passedMs,
      },
      bootId: (it.uptimeMs === null ? '' : it.bootId) as string,
    };
    const stamps = Object.fromEntries(sources.flatMap(([name, at]) => (at === null ? [] : [[name, at]])));
    let { host }: { host: string } = it;
    let directory: string = it.directory;
    for (const change of it.changes) {
      if (typeof change === 'object') {
        const at = change.at % (text.length + 1);
        text = text.slice(0, at) + change.to + text.slice(at + change.cut);
      } else if (change === 'host') host += 'x';
      else if (change === 'env') world.env.HOME = `${world.env.HOME ?? ''}x`;
      else if (change === 'uid') world.uid += 1;
      else if (change === 'key') world.key = '0'.repeat(32);
      else if (change === 'wall') world.now.wallMs += it.goodForMs + 1;
      else if (change === 'wall back') world.now.wallMs = Math.max(0, world.now.wallMs - 3_600_000);
      else if (change === 'uptime' && world.now.uptimeMs !== null) world.now.uptimeMs += it.goodForMs + 1;
      else if (change === 'boot') world.bootId = world.bootId === '' ? '' : 'a-third';
      else if (change === 'directory') directory = '/elsewhere';
      else if (change === 'stamp') for (const name of Object.keys(stamps)) stamps[name] += '1';
      else if (change === 'appeared') for (const name of Object.keys(it.stamps)) stamps[name] ??= '1:1:1:1:1';
    }
    return { host, text, world, directory, stamps };
  });

/** What the program makes of a case, as the harness tells it. */
function read({ host, text, world, directory, stamps }: Case): string {
  const answer = readReady(text, host, {
    ...world,
    workingDirectory: () => directory,
    stampOf: (name) => stamps[name] ?? null,
  });
  // A secret that lies elsewhere is the program's to read.
  if (answer === null || answer.kind === 'kept') return 'no\n';
  const out = Buffer.from(`${answer.out}\n`);
  const err = Buffer.from(answer.err === '' ? '' : `${answer.err}\n`);
  return `${answer.status} ${out.length} ${err.length}\n${out}${err}`;
}

function encode({ host, text, world, directory, stamps }: Case): Buffer {
  const { key: keyHex, uid, now, bootId, env: variables } = world;
  const ended = (texts: readonly string[]) => texts.map((it) => `${it}\0`).join('');
  const fields = [
    ...[host, text, keyHex, String(uid), String(now.wallMs), String(now.uptimeMs ?? 0), bootId, directory],
    ended(Object.entries(variables).map(([name, it]) => `${name}=${it}`)),
    ended(Object.entries(stamps).flat()),
  ];
  return Buffer.concat(
    fields.flatMap((field) => [Buffer.from(`${Buffer.byteLength(field)}:`), Buffer.from(field)]),
  );
}

testOfFront(`the front and the program make the same of ${CASES} records in as many worlds`, async (t) => {
  const harness = join(temporaryDirectory(t), 'harness');
  const sources = ['test/front/record-harness.c', 'src/front/record.c', 'src/front/siphash.c'];
  const flags = ['-std=c17', '-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
  const compiled = spawnSync('cc', [...flags, '-o', harness, ...sources], { cwd: root, encoding: 'utf8' });
  assert.equal(compiled.status, 0, compiled.stderr);
  const seed = Date.now() % 2 ** 31;
  t.diagnostic(`seed ${seed}`);
  const all = fc.sample(cases, { numRuns: CASES, seed });
  const { stdout, status, stderr } = spawnSync(harness, {
    input: Buffer.concat(all.map(encode)),
    maxBuffer: 2 ** 28,
    // A case ends the harness by its end of file, which frees nothing of a case that is not whole.
    env: { ASAN_OPTIONS: 'detect_leaks=0' },
  });
  assert.equal(status, 0, String(stderr));
  const expected = all.map(read);
  let at = 0;
  for (const [index, one] of expected.entries()) {
    const bytes = Buffer.from(one);
    assert.equal(String(stdout.subarray(at, at + bytes.length)), one, JSON.stringify(all[index]));
    at += bytes.length;
  }
  assert.equal(at, stdout.length);
  const held = expected.filter((one) => one !== 'no\n').length;
  t.diagnostic(`${held} held`);
  assert.ok(held > CASES / 10 && held < (CASES * 9) / 10, `${held} held`);
});
