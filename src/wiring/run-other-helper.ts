import { spawn } from 'node:child_process';
import { endGroup } from '../cluster/end-group.ts';
import type { HelperEnd, RunHelper } from '../engines/erase-elsewhere.ts';

/** A keychain that asks its owner takes as long as that one does; whoever logs out waits, but not for ever. */
const HELPER_MS = 10_000;
/** What `list` may say. */
const LARGEST_LIST = 4 * 1024 * 1024;
/** What ends a program at a terminal: it reaches our own group alone. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs another credential helper, as an engine would: from PATH, with this environment. One that is late is ended with
 * all it started, and so is one whose caller is ended.
 * @param limitMs how long it may take
 */
export const runOtherHelper = (
  name: string,
  verb: Parameters<RunHelper>[1],
  input: string,
  limitMs = HELPER_MS,
): Promise<HelperEnd> =>
  new Promise<HelperEnd>((settle) => {
    const child = spawn(`docker-credential-${name}`, [verb], {
      stdio: ['pipe', 'pipe', 'ignore'],
      // A process group of its own, so that its children end with it. Windows has none, and would open a window.
      detached: process.platform !== 'win32',
    });
    let stdout = '';
    const letGo = (): void => {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.off(signal, passOn);
      child.stdout.destroy();
    };
    const passOn = (signal: NodeJS.Signals): void => {
      letGo();
      endGroup(child);
      // Nothing follows: the caller ends by it now, as it would have without us.
      process.kill(process.pid, signal);
    };
    const finish = (end: HelperEnd): void => {
      letGo();
      if (end.kind === 'late') endGroup(child);
      settle(end);
    };
    for (const signal of SIGNALS) process.on(signal, passOn);
    const timer = setTimeout(() => finish({ kind: 'late' }), limitMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < LARGEST_LIST) stdout += text;
    });
    // One that answers without having read its stdin is no fault.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', () => finish({ kind: 'missing' }));
    child.once('close', (status) => finish({ kind: 'ended', status: status ?? 1, stdout }));
  });
