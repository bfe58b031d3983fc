import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** What ends a program at a terminal: it reaches our own group alone. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** In the environment of what we start, and of all that it starts. */
const MARK = 'OPENSHIFT_CREDENTIAL_STARTED';
/** What starts another program while it is looked for is found the next time. */
const MOST_LOOKS = 4;

/** A program that ends when we do. */
export interface OwnProgram {
  readonly child: ChildProcess;
  /** Ends it, and what it started: see `spawnOwn`. */
  end(): void;
  /** Ends what is left in its process group: what it put into a session of its own is meant to stay. */
  endGroup(): void;
  /** Has signals end us as they would without it. */
  letGo(): void;
}

/**
 * Starts a program with a process group of its own. A signal that ends us ends it first, from its first moment.
 * `end` ends the group, and on Linux also what left the group for a session of its own: whoever comes from the program by
 * an unbroken line of parents, and whoever still has the environment that it was given. Elsewhere such a process stays, and on Windows, which has no groups, so do all children.
 * @throws errors of node:child_process for what can't be a command
 */
export function spawnOwn(command: string, args: readonly string[], options: SpawnOptions): OwnProgram {
  const mark = randomBytes(12).toString('hex');
  let child: ChildProcess | undefined;
  const letGo = (): void => {
    for (const signal of SIGNALS) process.off(signal, passOn);
  };
  const end = (): void => {
    if (child === undefined) return;
    // Before the parents end: whom they leave behind has another parent then.
    const descendants = child.pid === undefined ? [] : descendantsOf(child.pid);
    endGroup(child);
    endAll(descendants);
    endMarked(`${MARK}=${mark}`);
  };
  const passOn = (signal: NodeJS.Signals): void => {
    letGo();
    end();
    // Nothing follows: we end by it now, as we would have without the program.
    process.kill(process.pid, signal);
  };
  // Before it is started: a signal in between would end us alone.
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    child = spawn(command, [...args], {
      ...options,
      env: { ...(options.env ?? process.env), [MARK]: mark },
      // Windows has no groups, and would open a window.
      detached: process.platform !== 'win32',
    });
  } catch (error) {
    letGo();
    throw error;
  }
  const started = child;
  return { child: started, end, endGroup: () => endGroup(started), letGo };
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: nothing of the group is left. Windows has no groups: the program itself is ended.
    child.kill('SIGKILL');
  }
}

/** Ends every process that has a text in its environment, as whatever a program with it starts has. */
function endMarked(mark: string): void {
  if (process.platform !== 'linux') return;
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const marked = processIds().filter((pid) => pid !== process.pid && environmentOf(pid).includes(mark));
    if (marked.length === 0) return;
    endAll(marked);
  }
}

function endAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** The children of a process, theirs, and so on. */
function descendantsOf(pid: number): readonly number[] {
  if (process.platform !== 'linux') return [];
  const children = new Map<number, number[]>();
  for (const one of processIds()) {
    const parent = parentOf(one);
    children.set(parent, [...(children.get(parent) ?? []), one]);
  }
  const found = [...(children.get(pid) ?? [])];
  for (const one of found) found.push(...(children.get(one) ?? []));
  return found;
}

/** @returns 0: it has ended meanwhile */
function parentOf(pid: number): number {
  try {
    // proc(5): the name is in parentheses and may hold any; the state and the parent come after it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // ENOENT: it is gone.
    return 0;
  }
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 1);
  } catch {
    // No /proc in this sandbox.
    return [];
  }
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    // It has ended meanwhile, or is somebody else's.
    return '';
  }
}
