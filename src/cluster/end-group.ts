import type { ChildProcess } from 'node:child_process';

/** Ends a program that was started with a process group of its own (`detached`), and its children with it. */
export function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: nothing of the group is left. Windows has no groups: the plugin itself is ended.
    child.kill('SIGKILL');
  }
}
