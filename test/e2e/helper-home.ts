import { chmodSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { answerFile, readyFile } from '../../src/files/answer-file.ts';
import { shellQuoted } from '../../src/hosts/quoting.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { type HelperProgram, runHelper } from '../support/helper-program.ts';
import { askedInTime, saysLate } from '../support/in-time.ts';
import '../support/printed-commands.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { type Answer, answerOf } from './answer-of.ts';

/** A person's home directory, and the program run there, which is on its PATH. Nothing of the real environment is inherited. */
export interface HelperHome {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly kubeconfigFile: string;
  readonly configFile: string;
  write(path: string, text: string): Promise<void>;
  /** Asks for a host's credential; every answer is held to the rule that each `get` ends by. */
  get(host: string, options?: RunOptions): Promise<Answer>;
  run(verb: string | readonly string[], input: string, options?: RunOptions): ReturnType<typeof runHelper>;
  /** A host's record in the cache; undefined if there is none. */
  cached(host: string): Record<string, unknown> | undefined;
  /** Changes a host's record in the cache, and what is ready to be repeated by as much time. */
  editCached(host: string, change: (record: CachedRecord) => void): void;
  /** Changes the text of what is ready to be repeated for a host. */
  editReady(host: string, change: (text: string) => string): void;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: 'pipe' | 'socket';
}

interface CachedRecord {
  format: number;
  checkedAt: { wallMs: number; uptimeMs: number | null };
  answer: { expiresAtMs?: number | null };
}

/** A home without any file. @param more of its environment */
export function helperHome(
  t: TestContext,
  program: Pick<HelperProgram, 'command'>,
  more: Readonly<Record<string, string>> = {},
): HelperHome {
  const directory = realpathSync(temporaryDirectory(t));
  const env = { HOME: directory, PATH: [installed(t, program), '/usr/bin', '/bin'].join(delimiter), ...more };
  const cache = join(directory, '.cache/docker-credential-openshift');
  const cacheFile = (host: string) => answerFile(cache, host);
  const runOnce: HelperHome['run'] = (verb, input, options = {}) =>
    runHelper(program, verb, input, {
      env: options.env ?? env,
      cwd: options.cwd ?? directory,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    });
  // All that doctor looks at has one time, which is the first to run out on a busy machine.
  const run: HelperHome['run'] = (verb, ...more) =>
    [verb].flat()[0] === 'doctor'
      ? askedInTime(
          () => runOnce(verb, ...more),
          ({ stdout }) => saysLate(stdout),
        )
      : runOnce(verb, ...more);
  const editReady: HelperHome['editReady'] = (host, change) => {
    const path = readyFile(cache, host);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };
  return {
    directory,
    env,
    kubeconfigFile: join(directory, '.kube/config'),
    configFile: join(directory, '.config/docker-credential-openshift/config.yaml'),
    async write(path, text) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    },
    run,
    get: async (host, options) => answerOf(host, await run('get', host, options)),
    cached: (host) =>
      existsSync(cacheFile(host)) ? JSON.parse(readFileSync(cacheFile(host), 'utf8')) : undefined,
    editCached(host, change) {
      const record = JSON.parse(readFileSync(cacheFile(host), 'utf8'));
      const { wallMs, uptimeMs } = record.checkedAt;
      change(record);
      writeFileSync(cacheFile(host), JSON.stringify(record));
      const { checkedAt } = record;
      editReady(host, (text) => agedBy(text, checkedAt.wallMs - wallMs, checkedAt.uptimeMs - uptimeMs));
    },
    editReady,
  };
}

/** A ready record as if it had been written so much later, or earlier, by each of the clocks. */
function agedBy(text: string, wallMs: number, uptimeMs: number): string {
  const moved = (byMs: number) => (_line: string, name: string, from: string, until: string) =>
    `${name} ${Math.max(0, Number(from) + byMs)} ${Math.max(0, Number(until) + byMs)}`;
  return text
    .replace(/^(wall) (\d+) (\d+)$/m, moved(wallMs))
    .replace(/^(boot \S+) (\d+) (\d+)$/m, moved(uptimeMs));
}

/** @returns a directory in which engines find the program, as one of its copies */
function installed(t: TestContext, { command }: Pick<HelperProgram, 'command'>): string {
  const directory = temporaryDirectory(t);
  const file = join(directory, 'docker-credential-openshift');
  writeFileSync(file, `#!/bin/sh\nexec ${command.map(shellQuoted).join(' ')} "$@"\n`);
  chmodSync(file, 0o755);
  return directory;
}

/** A home with a login to the sandbox's cluster: a fresh token of alice's, unless one is given. @param more of its environment */
export async function loggedIn(
  t: TestContext,
  program: Pick<HelperProgram, 'command'>,
  sandbox: Sandbox,
  token = sandbox.issueOAuthToken({ user: 'alice' }),
  more: Readonly<Record<string, string>> = {},
): Promise<HelperHome & { readonly token: string }> {
  const home = helperHome(t, program, more);
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token }));
  return { ...home, token };
}

/** Binds the sandbox's registry to alice's login by the config, as `setup` does. */
export async function bindByConfig(home: HelperHome, sandbox: Sandbox, more: object = {}): Promise<void> {
  const entry = { server: sandbox.apiUrl, user: 'alice', ...more };
  await home.write(home.configFile, JSON.stringify({ registries: { [sandbox.registryHost]: entry } }));
}

/** A sandbox, its registry, and a home with a login to its cluster. */
export async function homeAtSandbox(t: TestContext, program: Pick<HelperProgram, 'command'>) {
  const sandbox = await runningSandbox(t);
  return { sandbox, home: await loggedIn(t, program, sandbox), host: sandbox.registryHost };
}

/** The same, its registry linked to the login by the config. @param more of the config's entry */
export async function linkedHome(t: TestContext, program: Pick<HelperProgram, 'command'>, more: object = {}) {
  const at = await homeAtSandbox(t, program);
  await bindByConfig(at.home, at.sandbox, more);
  return at;
}
