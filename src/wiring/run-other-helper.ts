import { spawn } from 'node:child_process';
import type { HelperEnd, RunHelper } from '../engines/erase-elsewhere.ts';

/** A keychain that asks its owner takes as long as that one does; whoever logs out waits, but not for ever. */
const HELPER_MS = 10_000;
/** What `list` may say. */
const LARGEST_LIST = 4 * 1024 * 1024;

/** Runs another credential helper, as an engine would: from PATH, with this environment. */
export const runOtherHelper: RunHelper = (name, verb, input) =>
  new Promise<HelperEnd>((settle) => {
    const child = spawn(`docker-credential-${name}`, [verb], { stdio: ['pipe', 'pipe', 'ignore'] });
    let stdout = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.stdout.destroy();
      settle({ kind: 'late' });
    }, HELPER_MS);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < LARGEST_LIST) stdout += text;
    });
    // One that answers without having read its stdin is no fault.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', () => {
      clearTimeout(timer);
      settle({ kind: 'missing' });
    });
    child.once('close', (status) => {
      clearTimeout(timer);
      settle({ kind: 'ended', status: status ?? 1, stdout });
    });
  });
