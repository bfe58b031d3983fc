import type { HostLogin } from '../../../src/commands/status/host-status.ts';

export const NOW = Date.UTC(2026, 10, 21, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Alice's login to app.ci, with 23 of 30 days left, changed as asked. */
export function facts(changes: Partial<HostLogin> = {}): HostLogin {
  return {
    host: 'registry.ci.openshift.org',
    cluster: 'app.ci',
    server: 'https://api.ci.l2s4.p1.openshiftapps.com:6443',
    user: 'alice',
    renews: 'login',
    expiresAtMs: NOW + 23 * DAY,
    lifeMs: 30 * DAY,
    checkedAtMs: NOW - 2 * MINUTE,
    words: { cluster: 'app.ci', phrase: 'Your login to app.ci', fix: { run: 'login app.ci' } },
    ...changes,
  };
}

const words = (cluster: string) => ({
  cluster,
  phrase: `Your login to ${cluster}`,
  fix: { run: `docker-credential-openshift login ${cluster}` },
});

/** One host in each state that a person meets. */
export const SAMPLES: readonly HostLogin[] = [
  facts(),
  facts({
    host: 'default-route-openshift-image-registry.apps.dev.example.com',
    cluster: 'api.dev.example.com:6443',
    server: 'https://api.dev.example.com:6443',
    expiresAtMs: NOW + 5 * HOUR,
    words: words('dev'),
  }),
  facts({
    host: 'r.example.com',
    cluster: 'api.example.com:6443',
    user: 'ci/puller',
    renews: 'itself',
    expiresAtMs: NOW + 6.5 * HOUR,
    lifeMs: 8 * HOUR,
    renewedAtMs: NOW - 1.5 * HOUR,
  }),
  facts({ host: 'old.example.com', cluster: 'old', expiresAtMs: NOW - 3 * DAY, words: words('old') }),
  {
    host: 'out.example.com',
    silent: 'signed-out',
    reasons: [
      {
        code: 'signed-out',
        why: 'You signed out of out.example.com by `logout`',
        fix: { run: 'docker-credential-openshift login out.example.com' },
      },
    ],
  },
  { host: 'quiet.example.com', silent: 'anonymous' },
];
