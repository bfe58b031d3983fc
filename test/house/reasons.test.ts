import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFiles } from './source-files.ts';

/** What makes a decision of a text: a regular expression, or a look for a part of it. */
const READS =
  /\b(?:why|reasons?|message|warnings?|problems?|fix\.(?:run|do))\)?\.(?:includes|match|matchAll|startsWith|endsWith|replace|replaceAll|split|search|indexOf)\(|\.(?:test|exec)\([^)]*\b(?:why|message|reason|warning)\)/g;

/** Words of others, which have no codes; and two that look at the form of a sentence, not at what it says. */
const ALLOWED: Record<string, number> = {
  'keychain/system-keychain.ts': 5,
  'engines/lookup/parse-registries-conf.ts': 1,
  'cluster/oauth-tokens.ts': 1,
  // Whether a full stop is there.
  'commands/status/host-status.ts': 1,
  // Whether the engines that it is about are named.
  'commands/doctor/check.ts': 1,
};

test('no code reads our own sentences: whoever has to tell two reasons apart compares their codes', () => {
  for (const { name, code } of sourceFiles()) {
    const reading = [...code.matchAll(READS)].map(([text]) => text);
    assert.ok(reading.length <= (ALLOWED[name] ?? 0), `${name}: ${reading.join(', ')}`);
  }
});

test('codes of reasons and errors are written in one way', () => {
  for (const { name, code } of sourceFiles()) {
    for (const [, given = ''] of code.matchAll(/\bcode: '([^']*)',?\s*\n?\s*(?:message|why)\b/g)) {
      assert.match(given, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, name);
    }
  }
});
