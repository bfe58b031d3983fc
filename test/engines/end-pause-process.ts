import { existsSync, readFileSync } from 'node:fs';
import { hasEnded } from '../support/has-ended.ts';

/**
 * Rootless podman leaves a process behind that holds its user namespace; its user can't be removed before it ends.
 * @param pidFile where podman wrote the process's id, if it did
 */
export async function endPauseProcess(pidFile: string): Promise<void> {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
  if (pid === 0) return;
  process.kill(pid, 'SIGKILL');
  if (!(await hasEnded(pid))) throw new Error(`process ${pid} does not end`);
}
