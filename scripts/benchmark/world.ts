import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestsNews, SandboxNews } from './sandbox-process.ts';
import { type Program, runOnce } from './timed-run.ts';

/** Where the figures are taken: a cluster beside, a directory, and homes in it. */
export interface World {
  readonly directory: string;
  readonly cluster: SandboxNews;
  /** The cluster's requests since the last call. */
  requests(): Promise<RequestsNews>;
  /**
   * Makes a home with a kubeconfig, whose registry host is linked by our config.
   * @returns the environment of a program that runs in it
   */
  home(name: string, kubeconfig: string): Record<string, string>;
  stop(): Promise<void>;
}

/** Starts the cluster and waits for it; the caller stops it. */
export async function startWorld(): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'openshift-bench-'));
  const child = fork(new URL('sandbox-process.ts', import.meta.url), { stdio: 'inherit' });
  const [cluster]: SandboxNews[] = (await once(child, 'message')) as [SandboxNews];
  if (cluster === undefined) throw new Error('the sandbox said nothing');
  return {
    directory,
    cluster,
    requests: async () => {
      child.send('requests');
      const [requests] = await once(child, 'message');
      return requests as RequestsNews;
    },
    home: (name, kubeconfig) => {
      const home = join(directory, name);
      const config = join(home, '.config/docker-credential-openshift');
      mkdirSync(config, { recursive: true, mode: 0o700 });
      writeFileSync(join(home, 'kubeconfig'), kubeconfig, { mode: 0o600 });
      const { registryHost, context } = cluster;
      writeFileSync(
        join(config, 'config.yaml'),
        `registries:\n  ${registryHost}:\n    context: ${context}\n    pods: all\n`,
      );
      return { HOME: home, KUBECONFIG: join(home, 'kubeconfig'), PATH: process.env.PATH ?? '' };
    },
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
      rmSync(directory, { recursive: true });
    },
  };
}

/** The helper's `get` for the cluster's registry. */
export function getProgram(
  world: World,
  executable: readonly [string, ...string[]],
  env: Record<string, string>,
  answer: 'credential' | 'anonymous' = 'credential',
): Program {
  return {
    command: [...executable, 'get'],
    env,
    input: world.cluster.registryHost,
    expect:
      answer === 'credential'
        ? { status: 0, output: /^\{"ServerURL":".+","Username":"alice-","Secret":"sha256~.+"\}\n$/ }
        : { status: 1, output: /^credentials not found in native keychain\n$/ },
  };
}

/** What a kubelet calls for an image of the cluster's registry, where every pod gets what a `get` does. */
export function provideProgram(
  { cluster }: World,
  executable: readonly [string, ...string[]],
  env: Record<string, string>,
): Program {
  const request = {
    kind: 'CredentialProviderRequest',
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    image: `${cluster.registryHost}/base/tools`,
  };
  return {
    command: [...executable, 'kubelet', 'provide'],
    env,
    input: JSON.stringify(request),
    expect: { status: 0, output: /"auth":\{".+":\{"username":"alice-","password":"sha256~.+"\}\}\}\n$/ },
  };
}

/** Forgets what is cached in a home. */
export function forget(env: Readonly<Record<string, string>>): void {
  rmSync(join(env.HOME ?? '', '.cache'), { recursive: true, force: true });
}

/** Leaves a fresh cached answer of the program. */
export function prime(world: World, program: Program): void {
  forget(program.env);
  runOnce(program, world.directory);
}
