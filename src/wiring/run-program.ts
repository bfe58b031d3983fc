import { execFile } from 'node:child_process';
import type { CommandResult } from '../cli/timer/timer-ports.ts';

/**
 * Runs a program to its end, without a shell, its stdin empty.
 * @param command its path, or a name to be found on the PATH
 * @param timeoutMs when it is killed
 * @returns its exit status (1 if it was killed) and all it wrote; `missing`: there is no such program
 */
export function runProgram(
  command: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<CommandResult | 'missing'> {
  return new Promise((settle) => {
    const child = execFile(command, [...args], { timeout: timeoutMs }, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT') settle('missing');
      else settle({ status: child.exitCode ?? 1, stdout, stderr });
    });
    // A program that ends without reading is no fault.
    child.stdin?.on('error', () => {});
    child.stdin?.end();
  });
}
