import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** Where a limit is written: under version 1 each controller has a tree of its own. */
type Limit = 'memory' | 'pids';
const FILES: Readonly<Record<Limit, readonly [one: string, two: string]>> = {
  memory: ['memory.limit_in_bytes', 'memory.max'],
  pids: ['pids.max', 'pids.max'],
};

interface Group {
  readonly processes: string;
  remove(): void;
}

let made = 0;

/** @returns a new control group with that limit, in bytes or processes; undefined: none can be made here */
export function limitedGroup(limit: Limit, most: number): Group | undefined {
  const [one, two] = FILES[limit];
  made += 1;
  const name = `helper-faults-${process.pid}-${made}`;
  for (const [parent, file] of [
    [join(ROOT, limit), one],
    [ROOT, two],
  ] as const) {
    const directory = join(parent, name);
    try {
      mkdirSync(directory);
    } catch {
      // No such version, or none of ours to write to.
      continue;
    }
    const remove = () => rmdirSync(directory);
    // The second version shows the file where its parent hands the controller down.
    if (existsSync(join(directory, file))) {
      writeFileSync(join(directory, file), String(most));
      return { processes: join(directory, 'cgroup.procs'), remove };
    }
    remove();
  }
  return undefined;
}

/** Whether control groups with these limits can be made here. */
export function canLimit(): boolean {
  return (['memory', 'pids'] as const).every((limit) => {
    const group = limitedGroup(limit, 1 << 20);
    group?.remove();
    return group !== undefined;
  });
}
