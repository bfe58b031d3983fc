import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/hosts/reason.ts';
import { runPlugin } from '../../src/hosts/run-plugin.ts';
import { identity, plugin, unexpected } from '../support/identities.ts';
import { HOST } from './obtain-token-world.ts';

type Ports = Parameters<typeof runPlugin>[4];
const NOW = 1_700_000_000_000;
const LOGIN = { run: 'docker-credential-openshift login work' };

/** Runs a plugin with so much time; ports that are not given fail. @returns what was remembered of its failure, too */
async function ran(fakes: Partial<Ports>, timeoutMs = 4500, changes: Parameters<typeof plugin>[0] = {}) {
  const noted: string[] = [];
  const given = plugin(changes);
  const ports: Ports = {
    nowMs: () => NOW,
    byHand: false,
    recentFailure: () => undefined,
    noteFailure: async (_plugin, message) => void noted.push(message),
    run: unexpected('run'),
    ...fakes,
  };
  const source = { kind: 'exec', plugin: given } as const;
  const ended = await runPlugin(identity({ source }), given, timeoutMs, HOST, ports).catch((error) => error);
  return { ended, noted };
}

test('a token lives until its plugin or it itself says, else it is had anew soon', async () => {
  const jwt = `e30.${Buffer.from('{"exp": 2000000000}').toString('base64url')}.c2ln`;
  for (const [token, expiresAtMs, life] of [
    ['t', NOW + 7, { expiresAtMs: NOW + 7 }],
    [jwt, undefined, { expiresAtMs: 2_000_000_000_000 }],
    [jwt, NOW + 7, { expiresAtMs: NOW + 7 }],
    ['t', undefined, { expiresAtMs: NOW + 600_000, isEndAssumed: true }],
  ] as const) {
    const { ended } = await ran({ run: async () => ({ token, expiresAtMs }) });
    assert.deepEqual(ended, { token, startedAtMs: NOW, ...life });
  }
});

test('of the time a part is left for what follows, and of a short time a short part', async () => {
  const given: number[] = [];
  const run: Ports['run'] = async (_plugin, _identity, timeoutMs) => {
    given.push(timeoutMs);
    return { token: 't', expiresAtMs: undefined };
  };
  for (const timeoutMs of [8000, 800]) await ran({ run }, timeoutMs);
  assert.deepEqual(given, [7500, 700]);
});

test('a failure is remembered, unless it is no sign of the next one', async () => {
  const failing = (code: string, timeoutMs?: number) =>
    ran({ run: () => Promise.reject(new AppError({ code, message: 'it failed' })) }, timeoutMs);
  for (const [code, timeoutMs, noted] of [
    ['exec-plugin', 4500, ['it failed']],
    ['exec-plugin', 1000, ['it failed']],
    ['exec-plugin-late', 4500, ['it failed']],
    ['exec-plugin-late', 1000, []],
    ['exec-plugin-missing', 4500, []],
  ] as const) {
    const failed = await failing(code, timeoutMs);
    assert.deepEqual(failed.noted, noted, `${code} ${timeoutMs}`);
    assert.deepEqual([failed.ended.code, failed.ended.fix], [code, LOGIN]);
  }
  const defect = new Error('a defect');
  assert.deepEqual(await ran({ run: () => Promise.reject(defect) }), { ended: defect, noted: [] });
  const certificate = await ran({ run: async () => ({ expiresAtMs: undefined }) });
  assert.deepEqual([certificate.ended.code, certificate.noted], ['client-certificate', []]);
});

test('what failed a while ago is not run again, but for a person who asks; one that needs a person not at all', async () => {
  const recentFailure = () => 'it failed before';
  const { ended } = await ran({ recentFailure });
  assert.deepEqual(
    [ended.code, ended.message, ended.fix],
    ['plugin-failed-before', 'it failed before', LOGIN],
  );
  const run = async () => ({ token: 't', expiresAtMs: NOW });
  assert.equal((await ran({ recentFailure, byHand: true, run })).ended.token, 't');
  assert.equal((await ran({ byHand: true }, 4500, { needsPerson: true })).ended.code, 'plugin-needs-person');
});
