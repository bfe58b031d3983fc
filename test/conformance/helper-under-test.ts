import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type HelperResult, runHelper } from '../support/helper-program.ts';
import { askedInTime, saysLate } from '../support/in-time.ts';

/** One line of what an engine stores. */
export interface Credential {
  readonly ServerURL: string;
  readonly Username: string;
  readonly Secret: string;
}

export type Outcome = Omit<HelperResult, 'elapsedMs'>;

/** A credential helper with an empty store of its own. */
export interface HelperUnderTest {
  /**
   * Runs it once, as engines do: a process, a text on stdin. Whatever the verb is, no secret that was ever given
   * to `store` may come on stderr, nor on stdout but by `get`.
   * @param words the arguments: usually a verb
   */
  run(words: string | readonly string[], input: string): Promise<Outcome>;
  store(ServerURL: string, Username: string, Secret: string): Promise<Outcome>;
  /** Stores what must be taken without a word. */
  keep(ServerURL: string, Username: string, Secret: string): Promise<void>;
  /** What `get` answers, which must be a credential and nothing else. */
  answer(text: string): Promise<Credential>;
  /** What `list` tells. */
  list(): Promise<Record<string, string>>;
}

export interface Place {
  readonly command: readonly [string, ...string[]];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** How to get a helper of one kind. */
export interface HelperKind {
  readonly name: string;
  /** Makes an empty store, which is gone after the test. */
  start(t: TestContext): Promise<Place>;
}

export const SAID_NOTHING: Outcome = { status: 0, stdout: '', stderr: '' };

/** The helper in that place. */
export function helperIn(place: Place): HelperUnderTest {
  const secrets = new Set<string>();
  const run: HelperUnderTest['run'] = async (words, input) => {
    // Go's programs write some characters as \u003c.
    for (const [, secret] of input.matchAll(/"Secret"\s*:\s*"((?:[^"\\]|\\.){6,})"/g)) {
      secrets.add(secret ?? '');
      secrets.add(JSON.parse(`"${secret}"`));
    }
    const { status, stdout, stderr } = await askedInTime(
      () => runHelper(place, words, input, { env: place.env }),
      (result) => saysLate(result.stdout + result.stderr),
    );
    const told = String(words) === 'get' ? stderr : stdout + stderr;
    for (const secret of secrets) assert.ok(!told.includes(secret), `${words} tells a secret`);
    return { status, stdout, stderr };
  };
  const store: HelperUnderTest['store'] = (ServerURL, Username, Secret) =>
    // The newline is what Go's encoder ends with.
    run('store', `${JSON.stringify({ ServerURL, Username, Secret })}\n`);
  return {
    run,
    store,
    keep: async (...credential) => assert.deepEqual(await store(...credential), SAID_NOTHING),
    async answer(text) {
      // Without the front the sentence, too, may come too late.
      const isLate = (said: Outcome) => said.status === 1 && said.stderr === '';
      const { status, stdout, stderr } = await askedInTime(() => run('get', text), isLate);
      assert.deepEqual([status, stderr], [0, ''], stdout);
      assert.match(stdout, /^\{[^\n]*\}\n$/, 'one JSON object on one line');
      return JSON.parse(stdout) as Credential;
    },
    async list() {
      const { status, stdout, stderr } = await run('list', 'unused');
      assert.deepEqual([status, stderr], [0, ''], stdout);
      return JSON.parse(stdout) as Record<string, string>;
    },
  };
}
