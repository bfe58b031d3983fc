import { setTimeout as pause } from 'node:timers/promises';
import manifest from '../../package.json' with { type: 'json' };
import { openRefresh } from '../commands/pull-secret/refresh-logins.ts';
import { runPullSecret } from '../commands/pull-secret/run-pull-secret.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { createSession } from '../session/session.ts';

/** A CronJob's run ends by itself long before its Job's deadline. */
const ENDS_MS = 120_000;

/** @returns the exit status */
export function pullSecret(args: string[]): Promise<number> {
  return runPullSecret(args, {
    ...printer,
    image: `ghcr.io/docker-credential-openshift/docker-credential-openshift:${manifest.version}-refresher`,
    nowMs: Date.now,
    wait: (ms) => pause(ms),
    random: Math.random,
    open: (target, logins) => {
      const { podDirectory } = logins;
      const unhurried = { untilMs: ENDS_MS, eager: true, byHand: true, patient: true };
      return openRefresh(target, logins, createSession(place(), { ...unhurried, podDirectory }));
    },
  });
}
