import { spawnOwn } from '../cluster/spawn-own.ts';
import type { HelperEnd, RunHelper } from '../engines/other-helpers.ts';

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
  name: string,
  verb: Parameters<RunHelper>[1],
  input: string,
  limitMs = HELPER_MS,
): Promise<HelperEnd> =>
  new Promise<HelperEnd>((settle) => {
    const { child, end, letGo } = spawnOwn(`docker-credential-${name}`, [verb], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
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
