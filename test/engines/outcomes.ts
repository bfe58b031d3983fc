import assert from 'node:assert/strict';
import type { ProgramResult } from './run-program.ts';

/** What the helper says on stderr, which engines pass on, begins with its name. */
const HELPER_SPEAKS = /^docker-credential-openshift: .*$/m;

/** The engine did what it was told, and no token is in what it printed. */
export function assertDone({ status, output }: ProgramResult, what: string): void {
  assert.equal(status, 0, `${what}:\n${output}`);
  assertTellsNoToken(output);
}

/** The registry refused; other failures, such as a missing program or a broken config, are not meant. */
export function assertRefused({ status, output }: ProgramResult, what: string): void {
  assert.notEqual(status, 0, `${what} was not refused:\n${output}`);
  assert.match(output, /unauthorized|authentication required|access denied|denied:/i, what);
  assertTellsNoToken(output);
}

export function assertHelperSilent({ output }: ProgramResult): void {
  assert.doesNotMatch(output, HELPER_SPEAKS);
}

/** @returns what the helper said */
export function assertHelperSays({ output }: ProgramResult, pattern: RegExp): void {
  assert.match(HELPER_SPEAKS.exec(output)?.[0] ?? `(nothing)\n${output}`, pattern);
}

function assertTellsNoToken(output: string): void {
  assert.ok(!/sha256~|eyJ/.test(output), 'a token was printed');
}
