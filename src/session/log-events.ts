import type { SentRequest } from '../cluster/bounded-requests.ts';
import type { Answer } from '../hosts/answer.ts';
import type { Decision } from '../hosts/decide-answer.ts';
import type { Identity } from '../hosts/identity.ts';
import type { Reason } from '../hosts/reason.ts';
import type { Resolution } from '../hosts/resolve-host.ts';
import { type LogFields, log } from '../process/log.ts';

const codesOf = (reasons: readonly Reason[] = []): readonly string[] => reasons.map(({ code }) => code);
const timeOf = (ms: number): string => (Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : 'never');

/** Notes a request to a cluster or a registry. */
export function logRequest(request: SentRequest): void {
  log('debug', 'asked', { ...request });
}

/** Notes whose login a host gets, and by what it was chosen. */
export function logResolution({ host, state, binding, typed, own, missed, reasons }: Resolution): void {
  const { identity, origin, order } = own ?? {};
  log('info', 'resolved', {
    host,
    state,
    binding: binding?.kind,
    ...(identity === undefined ? {} : namesOf(identity)),
    chosen: origin,
    account: order === undefined ? undefined : `${order.namespace}/${order.name}`,
    typedFor: typed?.route?.server,
    missed: missed === undefined ? undefined : codesOf(missed.reasons),
    reasons: codesOf(reasons),
  });
}

/** Who an identity is; never what it proves itself with. */
export function namesOf({ server, user, context, source }: Identity): LogFields {
  return { server, user, context, source: source.kind };
}

/** @returns what came of a decision: whose answer it is, how sure, and until when */
export function decisionFields({ answer, identity, stored, warnings }: Decision): LogFields {
  return {
    ...answerFields(answer),
    ...(identity === undefined ? {} : namesOf(identity)),
    typed: stored === undefined ? undefined : true,
    warnings: codesOf(warnings),
  };
}

/** @returns what an answer says but for the secret */
export function answerFields(answer: Answer): LogFields {
  if (answer.kind === 'anonymous') return { outcome: 'anonymous', reasons: codesOf(answer.reasons) };
  return {
    outcome: 'credential',
    ends: answer.expiresAtMs === null ? undefined : timeOf(answer.expiresAtMs),
    unchecked: answer.unchecked,
  };
}
