import assert from 'node:assert/strict';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import type { HelperResult } from '../support/helper-program.ts';

/** What an engine and a person learn from one `get`. */
export interface Answer {
  /** Names the credential's secret without telling it; undefined: go on anonymously. */
  readonly token: string | undefined;
  /** Without the hyphen that makes its length fit. */
  readonly username: string | undefined;
  /** The one line on stderr, without the program's name; empty if nothing was said. */
  readonly said: string;
}

const NOT_FOUND = 'credentials not found in native keychain\n';
/** The deadline, and what a busy machine takes to start a process. */
const LATEST_MS = 6500;

/**
 * Reads what a `get` said, and holds it to the rule: one of two answers, in time, at most one line on stderr, and
 * never a token there.
 */
export function answerOf(host: string, { status, stdout, stderr, elapsedMs }: HelperResult): Answer {
  const context = `status ${status}, stderr: ${stderr}`;
  assert.doesNotMatch(stderr, /sha256~|eyJ[\w-]{8}/, 'a token is on stderr');
  assert.match(stderr, /^(?:docker-credential-openshift: [^\n]+\n)?$/);
  assert.ok(elapsedMs < LATEST_MS, `it took ${Math.round(elapsedMs)} ms`);
  const said = stderr.replace(/^docker-credential-openshift: /, '').trimEnd();
  if (status === 1) {
    assert.equal(stdout, NOT_FOUND, context);
    return { token: undefined, username: undefined, said };
  }
  assert.equal(status, 0, context);
  const { ServerURL, Username, Secret, ...rest } = JSON.parse(stdout) as Record<string, string>;
  assert.deepEqual([ServerURL, rest], [host, {}]);
  assert.match(String(Username), /^(?!<token>$)[^:]+$/);
  assert.ok(Secret !== undefined && Secret !== '');
  // pack and dockerd read two alphabets of base64: see `basicUsername`.
  const sent = Buffer.from(`{"username":"${Username}","password":"${Secret}"}`).toString('base64');
  if (Secret.startsWith('sha256~')) assert.doesNotMatch(sent, /[+/]/);
  return { token: fingerprintOf(Secret), username: Username?.replace(/-$/, ''), said };
}

/** "Go on anonymously", with what was said about it. */
export function anonymous(said = ''): Answer {
  return { token: undefined, username: undefined, said };
}
