import { durationInWords } from '../../hosts/duration-in-words.ts';
import { inOneLine, oneLine, type Reason } from '../../hosts/reason.ts';
import type { RenewOutcome } from './run-renew.ts';

/**
 * What came of renewing a host's token, in one line. A plugin's words may be among these: nothing in them drives the
 * terminal.
 */
export function describeRenewal(host: string, outcome: RenewOutcome, nowMs: number): string {
  return oneLine(`${host}: ${describe(host, outcome, nowMs)}`);
}

function describe(host: string, outcome: RenewOutcome, nowMs: number): string {
  switch (outcome.kind) {
    case 'good': {
      const { username, expiresAtMs, isEndless, warnings } = outcome;
      const end =
        expiresAtMs === null
          ? isEndless === true
            ? 'without an end'
            : 'no known end'
          : `ends in ${durationInWords(Math.max(0, expiresAtMs - nowMs))}`;
      return `good, as ${username}, ${end}${warnings.length === 0 ? '' : `. ${inOneLine(warnings)}`}`;
    }
    case 'left-alone':
      return 'left alone: the login ends when it is not used, and a check would be a use';
    case 'signed-out':
      return inOneLine([outcome.reason]);
    case 'none':
      return inOneLine(outcome.reasons.length === 0 ? [notLinked(host)] : outcome.reasons);
  }
}

/** Why a host gets no token that nothing is known of. */
export function notLinked(host: string): Reason {
  return {
    code: 'not-linked',
    why: 'linked to no cluster',
    fix: { run: `docker-credential-openshift setup ${host}` },
  };
}
