import { execFile } from 'node:child_process';
import { spawnOwn } from './spawn-own.ts';

/** What a program answered: its exit status and all it wrote. */
export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How another helper's program ended. */
export type HelperEnd =
  | { readonly kind: 'ended'; readonly status: number; readonly stdout: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'late' };

/** Runs `docker-credential-NAME VERB` with this text on its stdin. */
export type RunHelper = (program: string, verb: 'list' | 'erase', input: string) => Promise<HelperEnd>;

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

/** A keychain that asks its owner takes as long as that one does; whoever logs out waits, but not for ever. */
const HELPER_MS = 10_000;
/** What `list` may say. */
const LARGEST_LIST = 4 * 1024 * 1024;

/**
 * Runs another credential helper, as an engine would: from PATH, with this environment. One that is late is ended with
 * what it started, as far as `spawnOwn` finds it, and so is one whose caller is ended.
 * @param limitMs how long it may take
 */
export const runOtherHelper = (
  program: string,
  verb: Parameters<RunHelper>[1],
  input: string,
  limitMs = HELPER_MS,
): Promise<HelperEnd> =>
  new Promise<HelperEnd>((settle) => {
    const { child, end, letGo } = spawnOwn(program, [verb], { stdio: ['pipe', 'pipe', 'ignore'] });
    let stdout = '';
    const finish = (outcome: HelperEnd): void => {
      letGo();
      clearTimeout(timer);
      child.stdout?.destroy();
      if (outcome.kind === 'late') end();
      settle(outcome);
    };
    const timer = setTimeout(() => finish({ kind: 'late' }), limitMs);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < LARGEST_LIST) stdout += text;
    });
    // One that answers without having read its stdin is no fault.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    child.once('error', () => finish({ kind: 'missing' }));
    child.once('close', (status) => finish({ kind: 'ended', status: status ?? 1, stdout }));
  });
