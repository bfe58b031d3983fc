import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { docsOf } from '../../src/process/version.ts';
import { sourceFiles } from '../house/source-files.ts';
import { ROOT } from './pages.ts';

/** What `code:` can be where it is not written out there, by file; none: a code from elsewhere is passed on. */
const NOT_WRITTEN_OUT: Record<string, readonly string[]> = {
  'cluster/run-exec-plugin.ts': [
    'exec-plugin',
    'exec-plugin-late',
    'exec-plugin-missing',
    'exec-plugin-person',
  ],
  'cluster/oauth/cluster-login.ts': [],
  'commands/doctor/checks/helper-program.ts': ['foreign-copy', 'other-copy'],
  'commands/doctor/machine.ts': [],
  'commands/doctor/contact-finding.ts': [
    'expired-certificate',
    'late',
    'no-lookup',
    'no-network',
    'other',
    'other-name',
    'own-fault',
    'refused',
    'unknown-name',
    'untrusted-certificate',
  ].map((fault) => `unreachable-${fault}`),
  'commands/kubelet/read-provider-files.ts': ['provider-program-missing', 'provider-program-open'],
  'commands/login/words.ts': ['another-person', 'no-entry', 'other-cluster', 'other-proof', 'unknown-owner'],
  'hosts/choose-identity.ts': ['decommissioned', 'server-no-url', 'server-not-public'],
  'hosts/docker-tokens.ts': [],
  'hosts/resolve-typed.ts': [],
  'hosts/run-plugin.ts': ['client-certificate'],
  'kubelet/credential-provider.ts': ['match-image-void', 'provider-config-value'],
  'kubelet/our-provider.ts': ['provider-cache-type', 'provider-host-unmatched', 'provider-without-tokens'],
  'kubelet/provider-config.ts': ['provider-config-broken', 'provider-config-field', 'provider-twice'],
  'keychain/keep-login.ts': ['absent', 'broken', 'denied', 'hanging', 'locked'].map(
    (kind) => `keychain-${kind}`,
  ),
  'commands/logout/revocable-logins.ts': [
    'login-gone',
    'login-revoked',
    'not-answered',
    'revoke-failed',
    'revoke-forbidden',
    'revoke-rejected',
  ],
};

/** Written by the native front, in brackets. */
const FRONT = ['src/front/answers.c', 'src/front/supervise.c', 'src/front/windows/supervise.c'];

/** @returns every code that the program can say */
function codes(): Set<string> {
  const found = new Set(Object.values(NOT_WRITTEN_OUT).flat());
  for (const { name, code } of sourceFiles()) {
    for (const [, value = ''] of code.matchAll(/\bcode: ([^,}\n]*)/g)) {
      // A choice of two may be, and a template is none.
      const parts = value.includes('`') ? [] : value.trim().split(/ [?:] /);
      const written = parts.flatMap((part) => /^'(.*)'$/.exec(part)?.[1] ?? []);
      for (const text of written) found.add(text);
      const isPassedOn = /^(?:string|number)\b|^(?:code \?\? 0|error\.code)/.test(value);
      if (written.length === 0 && !isPassedOn) assert.ok(name in NOT_WRITTEN_OUT, `${name}: code: ${value}`);
    }
  }
  for (const file of FRONT) {
    for (const [, text = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(/ \[([a-z-]+)\]/g))
      found.add(text);
  }
  return found;
}

test('each code has its place in docs/errors.md, and no other code has one', () => {
  const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
  const anchors = [...page.matchAll(/^\| <a id="([^"]*)"><\/a>`([^`]*)` \| (.+) \| (.+) \|$/gm)];
  for (const [, anchor, code = ''] of anchors) assert.equal(anchor, code);
  assert.deepEqual(anchors.map(([, anchor = '']) => anchor).toSorted(), [...codes()].toSorted());
  assert.match(docsOf('token-expired'), /^https:\/\/\S+\/docs\/errors\.md#token-expired$/);
});
