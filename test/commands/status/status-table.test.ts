import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { type HostStatus, hostStatus } from '../../../src/commands/status/host-status.ts';
import { bar, type Look, statusTable } from '../../../src/commands/status/status-table.ts';
import fc from '../../support/properties.ts';
import { facts, NOW, SAMPLES } from './sample-hosts.ts';

const all = SAMPLES.map((sample) => hostStatus(sample, NOW));
const drawn = (look: Partial<Look>, hosts: readonly HostStatus[] = all): string =>
  statusTable(hosts, { columns: undefined, hasColours: false, bars: 'unicode', ...look }, NOW).join('\n');

test('in a pipe it is a table of plain text, with a line for each host and no bars', () => {
  assert.equal(
    drawn({}),
    `\
HOST                                                         CLUSTER                   USER       RENEWS                  TIME LEFT         CHECKED
registry.ci.openshift.org                                    app.ci                    alice      by login                23 days left      2 minutes ago
default-route-openshift-image-registry.apps.dev.example.com  api.dev.example.com:6443  alice      by login                5 hours left      2 minutes ago
  Your login to dev ends in 5 hours [ends-soon].
  Run: docker-credential-openshift login dev
r.example.com                                                api.example.com:6443      ci/puller  by itself (1 hour ago)  6 hours left      2 minutes ago
old.example.com                                              old                       alice      by login                ended 3 days ago  2 minutes ago
  Your login to old expired 3 days ago [token-expired].
  Run: docker-credential-openshift login old
out.example.com                                              -                         -          -                       signed out        -
  You signed out of out.example.com by \`logout\` [signed-out].
  Run: docker-credential-openshift login out.example.com
quiet.example.com                                            -                         -          -                       anonymous         -`,
  );
});

test('in a wide terminal it is a table with bars', () => {
  assert.equal(
    drawn({ columns: 100 }, all.slice(2, 4)),
    `\
r.example.com    █████████░ 6 hours left
  ci/puller at api.example.com:6443, renews by itself, last renewed 1 hour ago, checked 2 minutes
  ago

old.example.com  ended 3 days ago
  alice at old, renews by login, checked 2 minutes ago
  Your login to old expired 3 days ago [token-expired].
  Run: docker-credential-openshift login old`,
  );
});

test('in 80 columns a host has a few lines, and the times are below each other', () => {
  assert.equal(
    drawn({ columns: 80 }),
    `\
registry.ci.openshift.org                                ████████░░ 23 days left
  alice at app.ci, renews by login, checked 2 minutes ago

default-route-openshift-image-registry.apps.dev.example.com
  █░░░░░░░░░ 5 hours left
  alice at api.dev.example.com:6443, renews by login, checked 2 minutes ago
  Your login to dev ends in 5 hours [ends-soon].
  Run: docker-credential-openshift login dev

r.example.com                                            █████████░ 6 hours left
  ci/puller at api.example.com:6443, renews by itself, last renewed 1 hour ago,
  checked 2 minutes ago

old.example.com                                          ended 3 days ago
  alice at old, renews by login, checked 2 minutes ago
  Your login to old expired 3 days ago [token-expired].
  Run: docker-credential-openshift login old

out.example.com                                          signed out
  You signed out of out.example.com by \`logout\` [signed-out].
  Run: docker-credential-openshift login out.example.com

quiet.example.com                                        anonymous`,
  );
});

test('in 40 columns, without Unicode, nothing is cut: only a host and a command are ever longer', () => {
  assert.equal(
    drawn({ columns: 40, bars: 'ascii' }),
    `\
registry.ci.openshift.org
  ########-- 23 days left
  alice at app.ci, renews by login,
  checked 2 minutes ago

default-route-openshift-image-registry.apps.dev.example.com
  #--------- 5 hours left
  alice at api.dev.example.com:6443,
  renews by login, checked 2 minutes ago
  Your login to dev ends in 5 hours
  [ends-soon].
  Run: docker-credential-openshift login dev

r.example.com    #########- 6 hours left
  ci/puller at api.example.com:6443,
  renews by itself, last renewed 1 hour
  ago, checked 2 minutes ago

old.example.com  ended 3 days ago
  alice at old, renews by login, checked
  2 minutes ago
  Your login to old expired 3 days ago
  [token-expired].
  Run: docker-credential-openshift login old

out.example.com  signed out
  You signed out of out.example.com by
  \`logout\` [signed-out].
  Run: docker-credential-openshift login out.example.com

quiet.example.com
  anonymous`,
  );
});

test('colours are shown where they are wanted, and change nothing else', () => {
  const painted = drawn({ columns: 80, hasColours: true });
  assert.ok(painted.includes('\u001b[32m████████░░ 23 days left\u001b[0m'));
  assert.ok(painted.includes('\u001b[31mended 3 days ago\u001b[0m'));
  assert.equal(stripVTControlCharacters(painted), drawn({ columns: 80 }));
});

test('a bar is never empty before the end, nor full after it', () => {
  assert.equal(bar(1, 'unicode'), '██████████');
  assert.equal(bar(0.001, 'ascii'), '#---------');
  assert.equal(bar(0, 'ascii'), '----------');
});

test('whatever a host and its problem hold, lines are as narrow as their longest word allows', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 200 }),
      fc.array(fc.string({ maxLength: 60 }), { maxLength: 8 }),
      (columns, words) => {
        const reasons = [{ code: 'r', why: words.join(' ') }];
        const lines = drawn({ columns }, [hostStatus(facts({ reasons }), NOW)]).split('\n');
        for (const line of lines) {
          assert.doesNotMatch(line, /\p{Cc}/u);
          const longest = Math.max(
            ...line
              .trim()
              .split(/\s+/)
              .map((word) => word.length),
          );
          assert.ok(
            line.length <= Math.max(columns, longest + 2) ||
              /^(?:registry\.ci| {2}(?:Run:|no good|#|█))/.test(line),
            line,
          );
        }
      },
    ),
  );
});
