import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { testOfKeyring } from '../support/secret-service.ts';
import { fromStoreToErase } from './cases/from-store-to-erase.ts';
import { hardTexts } from './cases/hard-texts.ts';
import { manyAtOnce } from './cases/many-at-once.ts';
import { otherWords } from './cases/other-words.ts';
import { poorInput } from './cases/poor-input.ts';
import { type HelperKind, type HelperUnderTest, helperIn } from './helper-under-test.ts';

/** What a conforming helper does, by the sentence that says it. */
export type ConformanceCases = Readonly<Record<string, (helper: HelperUnderTest) => Promise<void>>>;

/** What a helper does instead of what the protocol's suite expects. */
export interface Departure {
  /** In a few words, with the reason where it is meant to be so. */
  readonly instead: string;
  /** Holds it to that. */
  readonly observed: (helper: HelperUnderTest) => Promise<void>;
  /** It does now this and now that, so that the expected may be seen, too. */
  readonly byChance?: true;
}

/** Where a helper departs: by the sentence of the case. */
export type Departures = Readonly<Record<string, Departure>>;

const cases: ConformanceCases = {
  ...fromStoreToErase,
  ...poorInput,
  ...hardTexts,
  ...otherWords,
  ...manyAtOnce,
};

/**
 * Holds a helper to docker's credential-helper protocol (docker/docker-credential-helpers, credentials/credentials.go),
 * and to what engines need besides. Every case is run; where the helper departs from it, the case must fail, and what
 * it does instead is held.
 * @param needed programs that must be on PATH
 */
export function conformanceSuite(
  kind: HelperKind,
  departures: Departures = {},
  needed: readonly string[] = [],
): void {
  for (const name of Object.keys(departures)) assert.ok(name in cases, `there is no case: ${name}`);
  for (const [sentence, run] of Object.entries(cases)) {
    const departure = departures[sentence];
    const fresh = async (t: TestContext) => helperIn(await kind.start(t));
    const title = `${kind.name}: ${sentence}`;
    if (departure === undefined) {
      testOfKeyring(needed, title, async (t) => run(await fresh(t)));
    } else {
      testOfKeyring(needed, `${title} – no, ${departure.instead}`, async (t) => {
        const helper = await fresh(t);
        if (departure.byChance !== true) await assert.rejects(run(helper), assert.AssertionError);
        await departure.observed(await fresh(t));
      });
    }
  }
}
