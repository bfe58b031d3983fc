import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchOutput } from '../support/watch-output.ts';
import { withHostNames } from './engine-home.ts';
import { programPaths } from './engine-machine.ts';
import { HOSTS_FILE_TEXT, LOOK_ALIKE, QCI } from './host-names.ts';

export interface Dockerd {
  /** For DOCKER_HOST. */
  readonly address: string;
  stop(): Promise<void>;
}

const stopWithinMs = 60_000;

/**
 * Starts a docker daemon of the tests' own: its own data, no bridge, no firewall rules.
 * @param port the look-alike registry’s: the daemon does not know the authority of named registries
 */
export async function startDockerd(port?: number): Promise<Dockerd> {
  const directory = await mkdtemp(join(tmpdir(), 'dockerd-'));
  const path = (name: string) => join(directory, name);
  await writeFile(path('hosts'), HOSTS_FILE_TEXT);
  await writeFile(
    path('daemon.json'),
    JSON.stringify({ 'insecure-registries': [`${LOOK_ALIKE}:${port ?? 443}`, QCI.host] }),
  );
  const address = `unix://${path('docker.sock')}`;
  const flags = [
    `--config-file=${path('daemon.json')}`,
    `--host=${address}`,
    `--data-root=${path('data')}`,
    `--exec-root=${path('exec')}`,
    `--pidfile=${path('pid')}`,
    '--storage-driver=vfs',
    '--iptables=false',
    '--ip6tables=false',
    '--bridge=none',
    '--ip-forward=false',
    '--ip-masq=false',
  ];
  const [executable, ...args] = withHostNames(path('hosts'), [programPaths.dockerd, ...flags]);
  const daemon = spawn(executable, args, {
    env: { HOME: directory, PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TMPDIR: directory },
  });
  const { printed, says } = watchOutput(daemon);
  const ended = once(daemon, 'exit');

  const stop = async () => {
    daemon.kill('SIGTERM');
    const timer = setTimeout(() => daemon.kill('SIGKILL'), stopWithinMs);
    if (daemon.exitCode === null && daemon.signalCode === null) await ended;
    clearTimeout(timer);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    // Its log, which is all that it prints, says so when it answers on its socket.
    await says('that it listens', () => printed().stderr.includes('API listen on ') || undefined);
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, stop };
}
