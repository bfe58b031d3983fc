import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { compiledHelper } from '../support/helper-program.ts';
import type { TestMachine } from './test-machine.ts';

/** A `get` that is under way. */
export interface RunningGet {
  readonly pid: number;
  kill(): void;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the compiled program's `get`, as a process that can be killed meanwhile. */
export function startGet(machine: TestMachine, host: string): RunningGet {
  const [command] = compiledHelper.command;
  const child = spawn(command, ['get'], { env: machine.env, cwd: machine.home });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  // A process that is killed may not have read its stdin.
  child.stdin.on('error', () => {});
  // A line: its end comes with it. The end of stdin has to wait until all that are started at once have been.
  child.stdin.end(`${host}\n`);
  return {
    pid: child.pid ?? 0,
    kill: () => void child.kill('SIGKILL'),
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => resolve({ status, ...said }));
    }),
  };
}

/** A `get` for each host, started by a shell: to start fifty takes this process, in which the cluster is, longer than a request may. */
export async function manyAtOnce({ env, home }: TestMachine, hosts: readonly string[]): Promise<Ended[]> {
  const results = mkdtempSync(join(home, 'results-'));
  const script = `program=$1; results=$2; shift 2; i=0
  for host; do i=$((i + 1))
    { printf %s "$host" | "$program" get > "$results/$i.out" 2> "$results/$i.err"; echo $? > "$results/$i.status"; } &
  done; wait`;
  const shell = spawn('/bin/sh', ['-c', script, 'sh', compiledHelper.command[0], results, ...hosts], {
    env,
    cwd: home,
    stdio: 'ignore',
  });
  await once(shell, 'exit');
  const read = (name: string) => readFileSync(join(results, name), 'utf8');
  return hosts.map((_, index) => ({
    status: Number(read(`${index + 1}.status`)),
    stdout: read(`${index + 1}.out`),
    stderr: read(`${index + 1}.err`),
  }));
}

/** Whether a process, or a child of it, has a connection to an IPv4 server (Linux, proc(5): net/tcp). */
export function connectedTo(pid: number, url: string): boolean {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0');
  const connections = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  const sockets = connections
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote, state]) => remote?.endsWith(`:${port}`) && state === '01')
    .map((fields) => `socket:[${fields[9]}]`);
  return [pid, ...childrenOf(pid)].some((one) => descriptors(one).some((target) => sockets.includes(target)));
}

function childrenOf(pid: number): number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return list === '' ? [] : list.split(' ').map(Number);
  } catch {
    // ENOENT: it ended meanwhile.
    return [];
  }
}

function descriptors(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    // ENOENT: it ended, or closed one of them, meanwhile.
    return [];
  }
}
