import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';

const HOSTS = 10;
const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
/** In seconds. A token is answered for as long as it has more than a minute to live: for 15 s. */
const LIFE_SECONDS = 75;
/** What is started on a busy machine takes its time; nothing that ends by itself takes this long. */
const MOST_MS = 120_000;

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A cluster whose registry has ten names, and the home of somebody who pulls from all of them. */
export interface SoakWorld {
  readonly sandbox: Sandbox;
  readonly hosts: readonly string[];
  readonly helper: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes a kubeconfig with a token of its own, as `oc login` does. */
  ocLogin(): void;
  newToken(): string;
  /** Runs a program to its end. @param killMs it is ended by SIGKILL then */
  run(command: readonly string[], input?: string, killMs?: number): Promise<Ended>;
  /** How many files lie in the home, and how many bytes are in them. */
  size(): { readonly files: number; readonly bytes: number };
  stop(): Promise<void>;
}

/** Starts it: half of the hosts get a person's token, half what is minted for a service account. */
export async function startSoakWorld(): Promise<SoakWorld> {
  const addresses = Array.from({ length: HOSTS }, (_, at) => `127.0.0.${at + 1}`);
  const sandbox = await startSandbox({
    registryAddress: '0.0.0.0',
    registryHostNames: addresses,
    tokenRequestMaximumSeconds: LIFE_SECONDS,
  });
  const port = new URL(sandbox.registryUrl).port;
  const hosts = addresses.map((address) => `${address}:${port}`);
  const directory = mkdtempSync(join(tmpdir(), 'soak-'));
  const home = join(directory, 'home');
  const bin = join(directory, 'bin');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(home, path)), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, path), text, { mode: 0o600 });
  };
  mkdirSync(bin, { recursive: true });
  const helper = join(bin, 'docker-credential-openshift');
  symlinkSync(join(DIST, 'docker-credential-openshift'), helper);
  const newToken = () => sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: LIFE_SECONDS });
  const ocLogin = (): void => {
    write('.kube/.config.new', sandbox.kubeconfig({ token: newToken() }));
    renameSync(join(home, '.kube/.config.new'), join(home, '.kube/config'));
  };
  const registries = hosts.map((host, at) => {
    const entry = { server: sandbox.apiUrl, user: 'alice' };
    return [
      host,
      at % 2 === 0 ? entry : { ...entry, serviceAccount: 'alice-ns/puller', tokenLifetime: '10m' },
    ];
  });
  const config = { registries: Object.fromEntries(registries), secrets: 'file' };
  write('.config/docker-credential-openshift/config.yaml', JSON.stringify(config));
  const helpers = JSON.stringify({
    credHelpers: Object.fromEntries(hosts.map((host) => [host, 'openshift'])),
  });
  write('.docker/config.json', helpers);
  write('.config/containers/auth.json', helpers);
  const paths = { graphroot: join(directory, 'storage'), runroot: join(directory, 'run') };
  const storage = Object.entries(paths).map(([name, path]) => `${name} = "${path}"`);
  write('.config/containers/storage.conf', ['[storage]', 'driver = "vfs"', ...storage, ''].join('\n'));
  const tmp = join(directory, 'libpod');
  const engine = [
    'cgroup_manager = "cgroupfs"',
    'events_logger = "none"',
    'lock_type = "file"',
    `tmp_dir = "${tmp}"`,
  ];
  write('.config/containers/containers.conf', ['[engine]', ...engine, ''].join('\n'));
  const env = {
    HOME: home,
    PATH: `${bin}:/usr/bin:/bin:/usr/sbin:/sbin`,
    SSL_CERT_FILE: sandbox.ingressCaFile,
    CONTAINERS_STORAGE_CONF: join(home, '.config/containers/storage.conf'),
    CONTAINERS_CONF: join(home, '.config/containers/containers.conf'),
    REGISTRY_AUTH_FILE: join(home, '.config/containers/auth.json'),
    DOCKER_CLI_EXPERIMENTAL: 'enabled',
  };
  ocLogin();
  return {
    sandbox,
    hosts,
    helper,
    env,
    ocLogin,
    newToken,
    run: (command, input = '', killMs = MOST_MS) => run(command, { env, cwd: home }, input, killMs),
    size: () => sizeOf(home),
    stop: async () => {
      await sandbox.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function run(
  [program = '', ...args]: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
  input: string,
  killMs: number,
): Promise<Ended> {
  const child = spawn(program, args, { ...options, timeout: killMs, killSignal: 'SIGKILL' });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  // It need not read all that it is sent.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...said }));
  });
}

function sizeOf(home: string): { files: number; bytes: number } {
  let [files, bytes] = [0, 0];
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    files += 1;
    // What a program replaces just now is gone a moment later.
    bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return { files, bytes };
}
