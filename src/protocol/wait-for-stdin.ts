import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Stdin is a person's terminal: nothing is read from it. */
export const TERMINAL = Symbol('terminal');

/**
 * Reads what follows on stdin, by events: waiting can be ended by a deadline.
 * @param bytesSoFar what was read already, in latin1
 * @param limit the most bytes to read
 * @param endsAtNewline whether the first line is all (a registry host), or the end of file decides (JSON); `text`: the
 *   first line that is not empty
 * @returns all bytes, in latin1; or that stdin is a terminal
 */
export async function waitForStdin(
  bytesSoFar: string,
  limit: number,
  endsAtNewline: boolean | 'text',
): Promise<string | typeof TERMINAL> {
  if (isClosed()) return bytesSoFar;
  if (isatty(0)) return TERMINAL;
  let bytes = bytesSoFar;
  const isLine = endsAtNewline === 'text' ? /[^\r\n]\r?\n/ : /\n/;
  process.stdin.setEncoding('latin1');
  for await (const chunk of process.stdin) {
    bytes += chunk;
    if (bytes.length >= limit || (endsAtNewline && isLine.test(bytes))) break;
  }
  return bytes;
}

/** Some supervisors start programs with descriptor 0 closed. */
function isClosed(): boolean {
  try {
    fstatSync(0);
    return false;
  } catch {
    // EBADF: there is no stdin.
    return true;
  }
}

/** A password or a token, and a line feed. */
const LONGEST_SECRET = 64 * 1024;

/** @returns the first line of stdin that is not empty, as UTF-8; empty where there is none */
export async function firstLineOfStdin(): Promise<string> {
  const bytes = await waitForStdin('', LONGEST_SECRET, 'text');
  if (typeof bytes !== 'string') return '';
  const lines = Buffer.from(bytes, 'latin1').toString().split(/\r?\n/);
  return lines.find((line) => line !== '') ?? '';
}
