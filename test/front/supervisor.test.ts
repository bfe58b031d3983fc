import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { hasEnded } from '../support/has-ended.ts';
import { processesWith } from '../support/processes.ts';
import { CREDENTIAL, NOT_FOUND, type Place, placeWith, testOfFront, writeProgram } from './stand-in.ts';

/** The deadline is 5 s; a busy machine takes some more to start a process. */
const LATEST_MS = 6000;
const AT_ONCE = 8;

/** What may stand in the main program's place, and what comes of it. */
interface Case {
  readonly name: string;
  /** A shell's script, or what puts something else there. */
  readonly main: string | ((place: Place) => void);
  /** What is answered; without it the sentence "not found". */
  readonly answer?: string;
  /** What is said on stderr; without it nothing. */
  readonly said?: RegExp;
}

/** Those that end a process: of the others some do nothing, and some stop it. */
const SIGNALS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31, 34, 64];
const ENDED =
  /^docker-credential-openshift: The main program [^\n]+ \[program-ended\]\. Run: docker-credential-openshift doctor\n$/;
const NO_LIBRARY = /the C library that it was built for is not installed \[not-started\]/;
const NOT_STARTED =
  /^docker-credential-openshift: \/\S+ [^\n]+ Install docker-credential-openshift again: [^\n]+\.\n$/;
const LATE =
  /^docker-credential-openshift: No answer for r\.example\.com in time: [^\n]+ renew r\.example\.com\n$/;
const said = (text: string) => `printf '%s' '${text}'`;

const NOTHING_STARTS: readonly Case[] = (
  [
    { name: 'is not there', main: () => {} },
    { name: 'is not executable', main: ({ main }) => writeFileSync(main, '#!/bin/sh\n') },
    { name: 'is a directory', main: ({ main }) => mkdirSync(main) },
    { name: 'is a link to nothing', main: ({ main }) => symlinkSync('/nowhere/at/all', main) },
    { name: 'is a link to itself', main: ({ main }) => symlinkSync(main, main) },
    { name: 'is empty', main: ({ main }) => writeProgram(main, '') },
    {
      name: 'is a text that no interpreter is named for',
      main: ({ main }) => writeProgram(main, 'exit 0\n'),
    },
    {
      name: 'is a script of an interpreter that is not there',
      main: ({ main }) => writeProgram(main, '#!/nowhere/sh\n'),
    },
    { name: 'is for another machine', main: ({ main }) => writeProgram(main, forAnotherMachine()) },
    {
      name: 'is half of a program',
      main: ({ main }) => writeProgram(main, readFileSync('/bin/true').subarray(0, 40)),
    },
  ] as const satisfies readonly Case[]
).map((it) => ({
  ...it,
  said: it.name.endsWith('interpreter that is not there') ? NO_LIBRARY : NOT_STARTED,
}));

const ENDS: readonly Case[] = [
  ...SIGNALS.map((signal) => ({
    name: `ends by signal ${signal}`,
    main: `kill -${signal} $$; sleep 20`,
    said: ENDED,
  })),
  {
    // As musl's loader does.
    name: 'lacks a library',
    main: 'echo "Error loading shared library libstdc++.so.6: No such file or directory" >&2; exit 127',
    said: /^docker-credential-openshift: A library that [^\n]+ missing \[not-started\]\. On Alpine, run: apk add libstdc\+\+\n$/,
  },
  ...[0, 1, 2, 3, 64, 126, 128, 255].map((status) => ({
    name: `ends with status ${status} and no answer`,
    main: `exit ${status}`,
    said: ENDED,
  })),
  { name: 'ends with the other answer’s status', main: `echo '${CREDENTIAL.trim()}'; exit 1`, said: ENDED },
  { name: 'says "not found" with status 0', main: `echo '${NOT_FOUND.trim()}'`, said: ENDED },
  { name: 'answers with a third status', main: `echo '${CREDENTIAL.trim()}'; exit 3`, said: ENDED },
  ...[
    CREDENTIAL.slice(0, -1),
    CREDENTIAL.slice(0, -3),
    CREDENTIAL.slice(0, 20),
    CREDENTIAL.repeat(2),
    `warning\n${CREDENTIAL}`,
    `${CREDENTIAL}\n`,
    NOT_FOUND.slice(0, -1),
    NOT_FOUND.repeat(2),
    '{}\n',
    '{"ServerURL":"h","Username":"u"}\n',
    '{"Username":"u","ServerURL":"h","Secret":"s"}\n',
    '{"ServerURL":"h","Username":"u","Secret":7}\n',
    '\n',
    'hello\n',
  ].flatMap((text) =>
    [0, 1].map((status) => ({
      name: `says ${JSON.stringify(text.slice(0, 60))} with status ${status}`,
      main: `${said(text)}; exit ${status}`,
      said: ENDED,
    })),
  ),
  { name: 'says bytes that are no text', main: 'head -c 300 /bin/sh', said: ENDED },
  { name: 'says 64 MB', main: 'head -c 67108864 /dev/zero', said: /said too much/ },
  { name: 'says more and more', main: 'yes', said: /said too much/ },
  { name: 'ends and leaves a child behind', main: 'sleep 60 & exit 3', said: ENDED },
  { name: 'ends and leaves a session behind', main: 'setsid sleep 60 & sleep 0.3; exit 3', said: ENDED },
  {
    name: 'ends and leaves children of children behind',
    main: 'setsid sh -c "setsid sleep 60 & sleep 60" & sleep 0.3; kill -9 $$',
    said: ENDED,
  },
];

const ANSWERS: readonly Case[] = [
  { name: 'answers', main: `echo '${CREDENTIAL.trim()}'`, answer: CREDENTIAL },
  { name: 'answers "not found"', main: `echo '${NOT_FOUND.trim()}'; exit 1` },
  {
    name: 'answers in pieces',
    main: `printf '{"ServerURL":"r.example.com",'; sleep 0.2; echo '"Username":"u","Secret":"s"}'`,
    answer: CREDENTIAL,
  },
  {
    name: 'answers and leaves children that hold its pipes',
    main: `sleep 60 & echo '${CREDENTIAL.trim()}'`,
    answer: CREDENTIAL,
  },
  { name: 'answers and dies', main: `echo '${CREDENTIAL.trim()}'; kill -SEGV $$`, answer: CREDENTIAL },
  {
    name: 'answers and writes a file that is too large',
    main: `echo '${CREDENTIAL.trim()}'; ulimit -f 1; head -c 9999 /dev/zero > big; kill -XFSZ $$`,
    answer: CREDENTIAL,
    said: /^File size limit exceeded\n$/,
  },
  {
    name: 'answers and warns',
    main: `echo '${CREDENTIAL.trim()}'; echo careful >&2`,
    answer: CREDENTIAL,
    said: /^careful\n$/,
  },
  { name: 'closes what it can and answers nothing', main: 'exec <&- >&- 2>&-; exit 1', said: ENDED },
];

const LATE_ONES: readonly Case[] = [
  { name: 'takes too long', main: 'sleep 60', said: LATE },
  { name: 'takes all of the processor', main: 'while :; do :; done', said: LATE },
  {
    name: 'ignores every signal that can be',
    main: `trap '' HUP INT QUIT TERM; while :; do sleep 1; done`,
    said: LATE,
  },
  { name: 'stops itself', main: 'kill -STOP $$', said: LATE },
  { name: 'closes its pipes and stays', main: 'exec <&- >&- 2>&-; sleep 60', said: LATE },
  {
    name: 'says half of an answer and stays',
    main: `${said(CREDENTIAL.slice(0, 20))}; sleep 60`,
    said: LATE,
  },
  { name: 'leaves a session behind and stays', main: 'setsid sleep 60 & sleep 60', said: LATE },
  { name: 'answers and stays', main: `echo '${CREDENTIAL.trim()}'; sleep 60`, answer: CREDENTIAL },
  {
    name: 'answers, closes its pipes and stays',
    main: `echo '${NOT_FOUND.trim()}'; exec >&- 2>&-; sleep 60`,
  },
];

for (const [what, cases] of [
  ['can not be started', NOTHING_STARTS],
  ['ends without an answer', ENDS],
  ['answers', ANSWERS],
  ['does not end in time', LATE_ONES],
] as const) {
  testOfFront(
    `a main program that ${what}: one of the two answers, and nothing left running (${cases.length} cases)`,
    async (t) => {
      for (let at = 0; at < cases.length; at += AT_ONCE) {
        await Promise.all(cases.slice(at, at + AT_ONCE).map((it) => check(t, it)));
      }
    },
  );
}

async function check(t: TestContext, { name, main, answer, said: expected }: Case): Promise<void> {
  const place = placeWith(t, typeof main === 'string' ? main : undefined);
  if (typeof main !== 'string') main(place);
  const { status, stdout, stderr, elapsedMs } = await place.run('get', 'r.example.com');
  // What was killed ends a little later on a busy machine; what was not sleeps for a minute.
  const left = [];
  for (const one of processesWith(`HOME=${place.directory} `)) if (!(await hasEnded(one.pid))) left.push(one);
  assert.deepEqual(
    [status, stdout],
    answer === undefined ? [1, NOT_FOUND] : [0, answer],
    `${name}: ${stderr}`,
  );
  assert.match(stderr, expected ?? /^$/, name);
  assert.ok(elapsedMs < LATEST_MS, `${name}: ${Math.round(elapsedMs)} ms`);
  assert.deepEqual(left, [], `${name}: left running`);
}

/** A program of this machine, said to be of one that there is none of. */
function forAnotherMachine(): Uint8Array {
  const program = readFileSync('/bin/true');
  // e_machine of elf(5): 0xfeed is nobody's.
  program.writeUInt16LE(0xfeed, 18);
  return program;
}

testOfFront('of verbs that fail, too, engines get what they can bear', async (t) => {
  for (const [main, why] of [
    [undefined, /is missing/],
    ['exit 3', /ended with status 3/],
    ['kill -SEGV $$', /ended by signal 11/],
    ['sleep 60', /could not be done in time/],
    ['head -c 67108864 /dev/zero', /said too much/],
  ] as const) {
    const place = placeWith(t, main);
    const [store, erase, list] = await Promise.all([
      place.run('store', '{"ServerURL":"r.example.com","Username":"u","Secret":"s"}'),
      place.run('erase', 'r.example.com'),
      place.run('list', ''),
    ]);
    assert.deepEqual([store.status, store.stderr], [1, '']);
    assert.match(store.stdout, /^[^\n]+\n$/);
    assert.match(store.stdout, why);
    assert.deepEqual([erase.status, erase.stdout], [0, '']);
    assert.deepEqual([list.status, list.stdout], [0, '{}\n']);
    for (const { stderr, elapsedMs } of [erase, list]) {
      assert.match(stderr, why);
      assert.ok(elapsedMs < LATEST_MS);
    }
  }
});

testOfFront('what the other verbs say is passed on, and what they get', async (t) => {
  const place = placeWith(
    t,
    'cat > got; echo "$1" >> got; test "$1" != store || { echo no >&2; echo "why not"; exit 1; }; test "$1" = list && echo \'{"r.example.com":"u","h":""}\'; exit 0',
  );
  const input = JSON.stringify({ ServerURL: 'r.example.com', Username: 'u', Secret: 'x'.repeat(900_000) });
  assert.deepEqual(pick(await place.run('store', input, { stdin: 'socket' })), [1, 'why not\n', 'no\n']);
  assert.equal(readFileSync(`${place.directory}/got`, 'utf8'), `${input}store\n`);
  assert.deepEqual(pick(await place.run('erase', 'r.example.com\nmore')), [0, '', '']);
  assert.match(readFileSync(`${place.directory}/got`, 'utf8'), /^r\.example\.com\n(?:more)?erase\n$/);
  assert.deepEqual(pick(await place.run('list', 'unused')), [0, '{"r.example.com":"u","h":""}\n', '']);
  assert.equal(readFileSync(`${place.directory}/got`, 'utf8'), 'list\n');
});

testOfFront('commands for people take the front’s place', async (t) => {
  const place = placeWith(t, 'cat; echo "$@" >&2; exit 7');
  assert.deepEqual(pick(await place.run(['status', '--json', 'a b'], 'typed')), [
    7,
    'typed',
    'status --json a b\n',
  ]);
  assert.deepEqual(pick(await place.run(['erase', 'x'], '')), [7, '', 'erase x\n']);
  chmodSync(place.main, 0o644);
  const failed = await place.run('status', '');
  assert.deepEqual([failed.status, failed.stdout], [1, '']);
  assert.match(failed.stderr, /can't be started \(Permission denied\)/);
});

function pick({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }) {
  return [status, stdout, stderr];
}
