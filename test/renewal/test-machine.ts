import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Answer, answerOf } from '../e2e/answer-of.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { compiledHelper, type HelperResult, runHelper } from '../support/helper-program.ts';
import { onceChanged } from '../support/once-changed.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { nothingLeftRunning } from './left-behind.ts';

/** The sandbox's account that pulls `alice-ns/private`; alice may mint its tokens. */
export const PULLER = 'alice-ns/puller';

/** The deadline of 5 s, and what a busy machine takes to start a process. */
const LATEST_MS = 5500;

/** A person's machine: a home with a kubeconfig and our config, and nothing of the real one. */
export interface TestMachine {
  readonly home: string;
  readonly cache: string;
  readonly state: string;
  /** The whole environment of what runs there. */
  readonly env: Readonly<Record<string, string>>;
  /** The kubeconfig, replaced in one step. */
  login(kubeconfig: string): Promise<void>;
  /** Makes the next `get` a slow one. */
  forgetAnswers(): Promise<void>;
  /** The compiled program's `get`. */
  get(host: string, env?: Readonly<Record<string, string>>): Promise<HelperResult>;
  /** The same, held to the rule that each `get` ends by, and to its deadline. */
  answer(host: string, env?: Readonly<Record<string, string>>): Promise<Answer>;
  /** One of the compiled program's commands. */
  run(args: readonly string[]): Promise<HelperResult>;
}

/** @param config our config.yaml; undefined: none is there */
export function machineFor(t: TestContext, kubeconfig: string, config?: string): TestMachine {
  let home = '';
  // Registered before the directory's removal is: `after` hooks run in order.
  t.after(() => nothingLeftRunning(home));
  home = temporaryDirectory(t);
  const env = { HOME: home, PATH: '/usr/bin:/bin' };
  const path = join(home, '.kube/config');
  mkdirSync(join(home, '.kube'), { mode: 0o700 });
  writeFileSync(path, kubeconfig, { mode: 0o600 });
  if (config !== undefined) {
    const directory = join(home, '.config/docker-credential-openshift');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(join(directory, 'config.yaml'), config, { mode: 0o600 });
  }
  const cache = join(home, '.cache/docker-credential-openshift');
  const get: TestMachine['get'] = (host, more = {}) =>
    runHelper(compiledHelper, 'get', host, { env: { ...env, ...more }, cwd: home });
  return {
    home,
    cache,
    state: join(home, '.local/state/docker-credential-openshift'),
    env,
    login: async (text) => {
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
    forgetAnswers: () => rm(join(cache, 'answers'), { recursive: true, force: true }),
    get,
    answer: async (host, more) => {
      const result = await get(host, more);
      assert.ok(result.elapsedMs < LATEST_MS, `it took ${Math.round(result.elapsedMs)} ms`);
      return answerOf(host, result);
    },
    run: (args) => runHelper(compiledHelper, args, '', { env, cwd: home }),
  };
}

/** A machine of alice's, where the sandbox's registry gets tokens that she mints for PULLER. */
export function machineOfPuller(t: TestContext, sandbox: Sandbox): TestMachine {
  const kubeconfig = sandbox.kubeconfig({ token: sandbox.issueOAuthToken({ user: 'alice' }) });
  return machineFor(t, kubeconfig, configFor(sandbox, { serviceAccount: PULLER }));
}

/** Our config for one registry host; the fields as they stand in the file. */
export function configFor(
  { registryHost, apiUrl }: Pick<Sandbox, 'registryHost' | 'apiUrl'>,
  fields: Readonly<Record<string, string | boolean>>,
): string {
  const lines = Object.entries({ server: apiUrl, ...fields }).map(([key, value]) => `    ${key}: ${value}`);
  return `registries:\n  ${registryHost}:\n${lines.join('\n')}\n`;
}

/** Makes the token that is kept seem to have lived that part of its life. */
export function ageKeptToken({ cache }: Pick<TestMachine, 'cache'>, spent: number): void {
  const [name = ''] = readdirSync(join(cache, 'tokens'));
  const path = join(cache, 'tokens', name);
  const kept = JSON.parse(readFileSync(path, 'utf8')) as { expiresAtMs: number };
  const leftMs = kept.expiresAtMs - Date.now();
  writeFileSync(path, JSON.stringify({ ...kept, startedAtMs: Date.now() - (spent * leftMs) / (1 - spent) }));
}

/** Resolves once the program keeps an answer with that token: the last that a renewal does. */
export async function answerKept(
  { cache }: Pick<TestMachine, 'cache'>,
  token: () => string | undefined,
): Promise<void> {
  const answers = join(cache, 'answers');
  const isKept = (name: string) => {
    const wanted = token();
    return wanted !== undefined && readFileSync(join(answers, name), 'utf8').includes(wanted);
  };
  const isThere = () => readdirSync(answers).some((name) => name.endsWith('.ready') && isKept(name));
  await onceChanged(answers, () => isThere() || undefined);
}
