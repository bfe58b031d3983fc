import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pullImage } from './built-in-puller.ts';
import type { DemoHome } from './demo-home.ts';
import { type Outcome, runCommand } from './run-command.ts';

/** Whatever pulls images on this machine. */
export interface Puller {
  /** As it is shown: the engine, or what stands in for one. */
  readonly name: string;
  /** Below the home: where the engine keeps a login. */
  readonly loginFile: string;
  /** The command as a person would type it. */
  commandFor(image: string): string;
  pull(image: string): Promise<Outcome>;
  /** Removes images that it left outside of the demo's home. */
  forget(images: readonly string[]): Promise<void>;
}

export interface PullerContext {
  readonly home: DemoHome;
  readonly signal: AbortSignal;
  /** The registry's authority, PEM. */
  readonly caPem: string;
  /** The user's own environment: where docker's daemon is. */
  readonly userEnv: NodeJS.ProcessEnv;
}

/**
 * The first of podman, docker, skopeo that really pulls `image` here, anonymously; else the demo's own puller.
 * (On macOS podman and docker run in a virtual machine, which does not see a registry on loopback.)
 */
export async function choosePuller(image: string, context: PullerContext): Promise<Puller> {
  for (const candidate of [podman, docker, skopeo]) {
    const puller = await candidate(context);
    if (puller === undefined) continue;
    const { done } = await puller.pull(image);
    context.signal.throwIfAborted();
    await puller.forget([image]);
    if (done) return puller;
  }
  return builtIn(context);
}

const containersLogin =
  process.platform === 'linux' ? 'runtime/containers/auth.json' : '.config/containers/auth.json';
const nothingToForget = async () => {};

async function podman(context: PullerContext): Promise<Puller | undefined> {
  if (!isOnPath('podman', context)) return undefined;
  const run = runner(context);
  return {
    name: 'podman',
    loginFile: containersLogin,
    commandFor: (image) => `podman pull ${image}`,
    pull: (image) => run(['podman', 'pull', image]),
    forget: nothingToForget,
  };
}

async function docker(context: PullerContext): Promise<Puller | undefined> {
  if (!isOnPath('docker', context)) return undefined;
  // The daemon that the user's own docker talks to; its config is only read.
  const endpoint = ['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];
  const { signal } = context;
  const userEnv = definedIn(context.userEnv);
  const { done, output } = await runCommand(endpoint, { env: userEnv, signal, atMostMs: 5000 });
  const where = { DOCKER_HOST: userEnv.DOCKER_HOST ?? (done ? output.trim() : '') };
  const run = runner(context, where);
  if (!(await run(['docker', 'version'], 5000)).done) return undefined;
  return {
    name: 'docker',
    loginFile: '.docker/config.json',
    commandFor: (image) => `docker pull ${image}`,
    pull: (image) => run(['docker', 'pull', image]),
    async forget(images) {
      // Done after Ctrl-C too.
      const lasting = runner({ ...context, signal: new AbortController().signal }, where);
      await lasting(['docker', 'rmi', ...images]);
    },
  };
}

async function skopeo(context: PullerContext): Promise<Puller | undefined> {
  if (!isOnPath('skopeo', context)) return undefined;
  const run = runner(context);
  return {
    name: 'skopeo',
    loginFile: containersLogin,
    commandFor: (image) => `skopeo copy docker://${image} dir:image`,
    pull: (image) => run(['skopeo', 'copy', `docker://${image}`, `dir:${context.home.directory}/tmp/image`]),
    forget: nothingToForget,
  };
}

function builtIn({ home, signal, caPem }: PullerContext): Puller {
  return {
    name: 'a small puller of the demo’s own: no engine here pulls from loopback',
    loginFile: '.docker/config.json',
    commandFor: (image) => `(own puller) pull ${image}`,
    pull: (image) => pullImage(image, caPem, { env: home.env, signal }),
    forget: nothingToForget,
  };
}

function runner({ home, signal }: PullerContext, more: Readonly<Record<string, string>> = {}) {
  const env = { ...home.env, ...more };
  return (command: readonly string[], atMostMs?: number) =>
    runCommand(command, { env, signal, ...(atMostMs === undefined ? {} : { atMostMs }) });
}

function isOnPath(program: string, { userEnv }: PullerContext): boolean {
  return (userEnv.PATH ?? '').split(':').some((directory) => existsSync(join(directory, program)));
}

function definedIn(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
