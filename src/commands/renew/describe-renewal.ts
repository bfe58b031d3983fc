import { durationInWords } from '../../hosts/duration-in-words.ts';
import { oneLine } from '../../hosts/reason.ts';
import type { RenewOutcome } from './run-renew.ts';

/**
 * What came of renewing a host's token, in one line. A plugin's words may be among these: nothing in them drives the
 * terminal.
 */
export function describeRenewal(host: string, outcome: RenewOutcome, nowMs: number): string {
  return oneLine(`${host}: ${describe(outcome, nowMs)}`);
}

function describe(outcome: RenewOutcome, nowMs: number): string {
  switch (outcome.kind) {
    case 'good': {
      const { username, expiresAtMs, isEndless, warning } = outcome;
      const end =
        expiresAtMs === null
          ? isEndless === true
            ? 'without an end'
            : 'no known end'
          : `ends in ${durationInWords(Math.max(0, expiresAtMs - nowMs))}`;
      return `good, as ${username}, ${end}${warning === undefined ? '' : `. ${warning}`}`;
    }
    case 'left-alone':
      return 'left alone: the login ends when it is not used, and a check would be a use';
    case 'signed-out':
      return outcome.reason;
    case 'none':
      return outcome.reason ?? 'bound to no cluster. Run: docker-credential-openshift setup';
  }
}
