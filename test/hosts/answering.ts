import { answerWithToken } from '../../src/hosts/answer-with-token.ts';
import type { TokenKnowledge } from '../../src/hosts/cached-answer.ts';
import type { Inspection, RegistryProbe } from '../../src/hosts/check-token.ts';
import { givenToken, type Identity, type ServiceAccountOrder } from '../../src/hosts/identity.ts';
import type { Obtained } from '../../src/hosts/keep-token.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { identity, plugin, unexpected } from '../support/identities.ts';
import { HOST } from './obtain-token-world.ts';

export { HOST, ORDER, SELF_RENEWING } from './obtain-token-world.ts';

export const NOW = 1_700_000_000_000;
export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** Alice's context, with a plugin in place of a token. */
export function robot(): Identity {
  return identity({ source: { kind: 'exec', plugin: plugin() } });
}

/** A token of eight hours. */
export function minted(token: string): Obtained {
  return {
    token: givenToken(token),
    startedAtMs: NOW,
    expiresAtMs: NOW + 8 * 60 * MINUTE,
    renewSoon: false,
    complaint: undefined,
  };
}

/** What a cluster says that accepts a token, changed as asked. */
export function accepted(changes: Partial<Extract<Inspection, { kind: 'accepted' }>> = {}): Inspection {
  return {
    kind: 'accepted',
    username: 'alice',
    expiresAtMs: NOW + 30 * DAY,
    idleEndsAtMs: undefined,
    opensImages: true,
    ...changes,
  };
}

export interface Answering {
  told(who?: Identity, order?: ServiceAccountOrder): ReturnType<typeof answerWithToken>;
  /** For each token that was asked for: the one that had been refused before. */
  readonly obtained: (string | undefined)[];
  /** The tokens that the cluster was asked about. */
  readonly inspected: string[];
}

/** A token is obtained, and the cluster asked about one, as often as there is something given for it. */
export function answering(given: {
  tokens: readonly Obtained[];
  says?: readonly Inspection[];
  probe?: RegistryProbe;
  knowledge?: TokenKnowledge;
  isSignedOut?: boolean;
}): Answering {
  const tokens = [...given.tokens];
  const says = [...(given.says ?? [])];
  const obtained: (string | undefined)[] = [];
  const inspected: string[] = [];
  const ports: Parameters<typeof answerWithToken>[3] = {
    nowMs: () => NOW,
    obtainToken: async (_host, _identity, _order, refused) => {
      obtained.push(refused);
      const token = tokens.shift();
      if (token === undefined) throw new AppError({ code: 'none', message: 'there is none' });
      return token;
    },
    fingerprintOf: (token) => `fingerprint of ${token}`,
    recallKnowledge: () => given.knowledge,
    isSignedOut: async () => given.isSignedOut ?? false,
    inspectToken: async (_identity, token) => {
      inspected.push(token);
      return says.shift() ?? unexpected('inspectToken')();
    },
    probeRegistry: async () => given.probe ?? unexpected('probeRegistry')(),
  };
  return {
    told: (who = identity(), order = undefined) => answerWithToken(HOST, who, order, ports),
    obtained,
    inspected,
  };
}
