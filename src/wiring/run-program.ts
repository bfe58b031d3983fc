import { execFile } from 'node:child_process';
import type { CommandResult } from '../commands/timer/scheduler.ts';

/**
 * Runs a program to its end, without a shell, its stdin empty.
 * @param command its path, or a name to be found on the PATH
 * @param timeoutMs when it is killed
 * @returns its exit status (1 if it was killed; 126, as a shell's, if the system can't run it) and all it wrote;
 *   `missing`: there is no such program
 */
export function runProgram(
  command: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<CommandResult | 'missing'> {
  return new Promise((settle) => {
    try {
      const child = execFile(command, [...args], { timeout: timeoutMs }, (error, stdout, stderr) => {
        if (error?.code === 'ENOENT') settle('missing');
        else if (isRefused(error)) settle(REFUSED);
        else settle({ status: child.exitCode ?? 1, stdout, stderr });
      });
      // A program that ends without reading is no fault.
      child.stdin?.on('error', () => {});
      child.stdin?.end();
    } catch (error) {
      // Node throws some of the system's refusals, and hands others over.
      if (!isRefused(error)) throw error;
      settle(REFUSED);
    }
  });
}

const REFUSED: CommandResult = { status: 126, stdout: '', stderr: '' };

/** Built for another system or processor, no program at all, or on a file system that runs none. */
function isRefused(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return code === 'ENOEXEC' || code === 'EACCES' || code === 'UNKNOWN' || code === 'EPERM';
}
