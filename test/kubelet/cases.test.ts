import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { type Node, nodeOf } from './node.ts';

/** What cases.json says of one call. */
interface Case {
  readonly name: string;
  readonly version?: string;
  readonly request?: object;
  readonly stdin?: string;
  readonly auth: Readonly<Record<string, readonly [username: string, password: string]>>;
  readonly cacheSeconds: number | { readonly least: number; readonly most: number };
  readonly codes: readonly string[];
}

const { registries, cases }: { registries: object; cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL('cases.json', import.meta.url), 'utf8'),
);
const TRIES = 3;

/** Puts values in the place of the words that stand for them. */
function fill<T>(value: T, words: Readonly<Record<string, string>>): T {
  if (value === undefined) return value;
  const filled = Object.entries(words).reduce((text, [word, put]) => {
    // MEGABYTE may be a part of a text, and the words for tokens end alike.
    return text.replaceAll(word, () => JSON.stringify(put).slice(1, -1));
  }, JSON.stringify(value));
  return JSON.parse(filled);
}

function wordsOf(sandbox: Sandbox, nodeToken: string): Record<string, string> {
  const issue = () => sandbox.issueServiceAccountToken({ namespace: 'shop', name: 'web' });
  const ended = issue();
  sandbox.expire(ended);
  const pod = issue();
  const [head = '', payload = ''] = pod.split('.');
  return {
    FOREIGN_POD_TOKEN: [head, payload, Buffer.from('signed by another').toString('base64url')].join('.'),
    ENDED_POD_TOKEN: ended,
    POD_TOKEN: pod,
    NODE_TOKEN: nodeToken,
    MEGABYTE: 'x'.repeat(1024 * 1024),
  };
}

/** @returns how often it took longer than the program waits */
async function check(it: Case, node: Node, words: Record<string, string>, sandbox: Sandbox): Promise<number> {
  const { name, version, request, stdin, auth, cacheSeconds, codes } = it;
  const [filled, text] = [fill(request, words), fill(stdin ?? '', words)];
  const call = () => (filled === undefined ? node.send(text, version) : node.ask(filled, version));
  let provided = await call();
  let late = 0;
  // A machine with much else to do may be slow.
  for (; late + 1 < TRIES && provided.codes[0] === 'late'; late += 1) provided = await call();
  const minted = sandbox.mints.map(({ token }) => token);
  const expected = Object.entries(auth).map(([key, [username, password]]) => {
    const given = provided.auth[key]?.password ?? '';
    const isMinted = password === 'ROBOT_TOKEN' && minted.includes(given);
    return [key, { username, password: isMinted ? given : fill(password, words) }];
  });
  assert.deepEqual(provided.auth, Object.fromEntries(expected), `${name}: ${provided.codes}`);
  assert.deepEqual(provided.codes, codes, name);
  assert.equal(provided.cacheKeyType, 'Registry', name);
  const { cacheSeconds: seconds = Number.NaN } = provided;
  const { least, most } =
    typeof cacheSeconds === 'number' ? { least: cacheSeconds, most: cacheSeconds } : cacheSeconds;
  assert.ok(seconds >= least && seconds <= most, `${name}: ${seconds} s`);
  return late;
}

for (const program of helperPrograms) {
  test(`${program.name}: each call that a kubelet can make gets one response that it decodes (${cases.length} cases)`, async (t) => {
    const sandbox = await runningSandbox(t);
    sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
    const node = await nodeOf(t, program, sandbox, fill(registries, { API_SERVER: sandbox.apiUrl }));
    const words = wordsOf(sandbox, node.token);
    let late = 0;
    const ask = async (asked: readonly Case[]): Promise<void> => {
      for (const it of asked) late += await check(it, node, words, sandbox);
      // One that was ended may have minted by then.
      if (late === 0) assert.ok(sandbox.mints.length <= 1, 'one mint for one account');
    };
    await ask(cases);
    // What was kept answers, where something may be kept.
    await ask(cases.filter(({ auth }) => Object.keys(auth).length > 0));
  });
}
