import { inJson } from '../../hosts/reason.ts';
import { type HostStatus, problemIn } from './host-status.ts';

/**
 * What `status --json` prints, described in docs/status-logout.md. Fields are only ever added; times are in ISO 8601,
 * and null stands for what is not known or not there.
 */
export function statusJson(hosts: readonly HostStatus[], problems: readonly string[], nowMs: number): string {
  const told = hosts.map((host) => ({
    host: host.host,
    state: host.state,
    cluster: host.cluster ?? null,
    server: host.server ?? null,
    user: host.user ?? null,
    renewal: host.renews ?? null,
    expiresAt: time(host.expiresAtMs),
    neverExpires: host.expiresAtMs === null,
    secondsLeft:
      typeof host.expiresAtMs === 'number'
        ? Math.max(0, Math.floor((host.expiresAtMs - nowMs) / 1000))
        : null,
    lifeSeconds: host.lifeMs === undefined ? null : Math.floor(host.lifeMs / 1000),
    checkedAt: time(host.checkedAtMs),
    renewedAt: time(host.renewedAtMs),
    problem: host.reasons.length === 0 ? null : problemIn(host.reasons),
    command: host.command ?? null,
    reasons: host.reasons.map(inJson),
  }));
  return JSON.stringify({ version: 1, hosts: told, problems }, null, 2);
}

/** A time that no calendar holds, of a clock that is far out, is as good as not known. */
function time(ms: number | null | undefined): string | null {
  const date = new Date(ms ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
