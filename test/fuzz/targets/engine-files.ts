import assert from 'node:assert/strict';
import { firstObjectIn, parseJsonObject } from '../../../src/engines/config-files/json-fields.ts';
import { planAuthEntries } from '../../../src/engines/edits/auth-file.ts';
import { parseEditRecord, textMark } from '../../../src/engines/edits/edit-record.ts';
import { planEngineEdit, planSignOut } from '../../../src/engines/edits/plan-engine-edit.ts';
import { diffText, redactEngineText } from '../../../src/engines/edits/show-edit.ts';
import { undoEdits } from '../../../src/engines/edits/undo-edits.ts';
import { unverifiedByDaemon } from '../../../src/engines/lookup/engine-trust.ts';
import { loginsIn } from '../../../src/engines/lookup/read-auth-files.ts';
import { helpersIn } from '../../../src/engines/other-helpers.ts';
import { AppError, describeError } from '../../../src/hosts/reason.ts';
import { isKeyOf } from '../../../src/registry/engine-names.ts';
import type { Random } from '../random.ts';
import { AUTH, PASSWORD, readOrRefused, type Target, TOKEN, tellsNoSecret } from '../target.ts';

const HOST = 'registry.example.com';
const PATH = '/home/alice/.docker/config.json';
const docker = {
  auths: {
    [HOST]: { auth: AUTH },
    [`${HOST}/ns`]: { auth: AUTH },
    [`https://${HOST}/v1/`]: {},
    'ghcr.io': { username: 'bob', password: PASSWORD, email: 'b@example.com' },
    'quay.io': { identitytoken: TOKEN },
  },
  credHelpers: { 'gcr.io': 'gcloud', [HOST]: 'openshift' },
  credsStore: 'desktop',
  HttpHeaders: { 'User-Agent': 'x' },
  psFormat: 'table {{.ID}}\t{{.Names}}',
  big: 0,
};
const SEEDS = [
  JSON.stringify(docker, null, '\t').replace('"big": 0', '"big": 12345678901234567890'),
  JSON.stringify(docker),
  JSON.stringify({ auths: { 'ghcr.io': { auth: AUTH } } }, null, 2),
  `{"AUTHS":{"${HOST}":{"auth":"${AUTH}"}},"credHelpers":null}`,
  `{ "credHelpers" : { "b.example.com" : "openshift" } , "auths" : { } }\r\n`,
  '{}',
  '',
];
const WORDS = [
  ...[
    '"auths":',
    '"credHelpers":',
    '"credsStore":',
    '"auth":',
    '"identitytoken":',
    '"password":',
    `"${HOST}":`,
    '{},',
  ],
  ...[
    `"${HOST}/ns":{},`,
    `"https://${HOST}":{"auth":"${AUTH}"},`,
    '"openshift"',
    'null',
    'auths',
    'Auths',
    'credhelpers',
  ],
  ...[
    '// c\n',
    '/* c */',
    ',,',
    ':',
    '{"a":',
    '[[',
    '\\u0061',
    '1e5',
    '-',
    '+1',
    '00',
    '.5',
    "'",
    'ſ',
    '"authſ":',
  ],
];

/** What JSON.parse makes of a text that holds an object. @returns undefined: it holds none */
function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // It is no JSON.
    return undefined;
  }
}

const read: Target = {
  name: 'config.json',
  seeds: SEEDS,
  words: WORDS,
  run(text) {
    const root = readOrRefused(text, () => parseJsonObject(text, PATH));
    // Two parsers of one grammar; what only one of them takes would be edited, or refused, against the engines.
    if (!text.includes('\0')) assert.equal(root !== undefined, objectIn(text) !== undefined);
    const whole = firstObjectIn(text);
    if (root !== undefined) assert.equal(whole, text);
    readOrRefused(text, () => helpersIn(text, PATH));
    readOrRefused(text, () => loginsIn(text, PATH, () => ({ kind: 'other' }) as never));
    unverifiedByDaemon(HOST, text);
  },
};

/** What is in a file besides the logins and helpers of the host. */
function others(text: string | null): unknown {
  const content = objectIn(text === null || text.trim() === '' ? '{}' : text);
  assert.ok(content !== undefined, 'no JSON any more');
  const rest = Object.entries(content).filter(([name]) => !/^(?:auths|credhelpers)$/i.test(name));
  const without = (name: string, isOurs: (key: string) => boolean) => {
    const member = content[name];
    if (typeof member !== 'object' || member === null) return {};
    return Object.fromEntries(Object.entries(member).filter(([key]) => !isOurs(key)));
  };
  return [
    Object.fromEntries(rest),
    without('auths', (key) => isKeyOf(key, HOST)),
    without('credHelpers', (key) => key === HOST),
  ];
}

const edits: Target = {
  name: 'config.json-edit',
  isSlow: true,
  seeds: SEEDS,
  words: WORDS,
  run(text, random) {
    const request = { path: PATH, hosts: [HOST], addCredHelpers: random.oneIn(2) };
    const plans = [
      readOrRefused(text, () => planEngineEdit(text, request)),
      readOrRefused(text, () => planSignOut(text, { path: PATH, host: HOST })),
      readOrRefused(text, () =>
        planAuthEntries(text, { path: PATH, logins: [{ host: HOST, auth: 'bmV3Om5ldw==' }] }),
      ),
    ];
    for (const plan of plans) {
      if (plan === undefined) continue;
      for (const change of plan.changes) tellsNoSecret(change, text);
      if (plan.changes.length === 0) assert.equal(plan.text, text);
      else assert.deepEqual(others(plan.text), others(text));
      for (const line of diffText(PATH, text, plan.text, redactEngineText)) tellsNoSecret(line, text);
    }
    const [plan] = plans;
    if (plan === undefined || plan.text === text || plan.text === null) return;
    const edit = { before: textMark(text), after: textMark(plan.text), steps: plan.steps ?? [] };
    const undone = undoEdits(plan.text, { path: PATH, original: text, edits: [edit] }, wanted);
    assert.equal(undone.text, text);
    // Without the original each step is taken back by itself.
    const { text: back } = undoEdits(plan.text, { path: PATH, edits: [edit] }, wanted);
    assert.deepEqual(others(back), others(text));
  },
};

const wanted = { isWanted: () => true, isDead: () => false };

/** A record of edits as it was written, of one of the seeds. */
function recordOf(text: string): string {
  const { text: after, steps = [] } = planEngineEdit(text, {
    path: PATH,
    hosts: [HOST],
    addCredHelpers: true,
  });
  const edit = { before: textMark(text), after: textMark(after), steps };
  return JSON.stringify({
    files: [{ path: PATH, original: text, directories: ['/home/alice/.docker'], edits: [edit] }],
  });
}

const record: Target = {
  name: 'setup-record',
  seeds: SEEDS.map(recordOf),
  words: [
    ...WORDS,
    '"steps":[',
    '"kind":"login"',
    '"binding"',
    '"previous":',
    '"written":',
    '"after":null',
    '"nth":',
  ],
  run(text, random) {
    const parsed = parseEditRecord(text);
    for (const file of parsed?.files ?? []) undoAll(file, random);
  },
};

function undoAll(file: Parameters<typeof undoEdits>[1], random: Random): void {
  const now = random.pick([...SEEDS, null]);
  try {
    const undone = undoEdits(now, file, wanted);
    for (const sentence of [...undone.changes, ...undone.left])
      describeError(new AppError({ code: 'x', message: sentence }));
  } catch (error) {
    // A file that steps don't fit.
    if (!(error instanceof AppError)) throw error;
  }
}

/** What is read of engines' files, and written to them. */
export const engineFileTargets: readonly Target[] = [read, edits, record];
