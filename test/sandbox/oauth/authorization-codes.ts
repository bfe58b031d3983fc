import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** The default of the OAuth server's operator. */
const LIFE_SECONDS = 300;

/** What a code stands for. */
export interface AuthorizationGrant {
  readonly clientName: string;
  readonly userName: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly challenge: CodeChallenge | undefined;
}

/** PKCE's part of an authorization request (RFC 7636). */
export interface CodeChallenge {
  readonly value: string;
  readonly method: 'plain' | 'S256';
}

/** Codes that were handed out and not yet exchanged. */
export interface AuthorizationCodes {
  issue(grant: AuthorizationGrant): string;
  /** What a code stands for; undefined: unknown, used or too old, which the server cannot tell apart. */
  find(code: string): AuthorizationGrant | undefined;
  use(code: string): void;
}

/** Codes that last five minutes by this clock. */
export function createAuthorizationCodes(clock: Clock): AuthorizationCodes {
  const codes = new Map<string, AuthorizationGrant & { endMs: number }>();
  return {
    issue(grant) {
      const code = `sha256~${randomBytes(32).toString('base64url')}`;
      codes.set(code, { ...grant, endMs: clock.nowMs() + LIFE_SECONDS * 1000 });
      return code;
    },
    find(code) {
      const grant = codes.get(code);
      return grant === undefined || clock.nowMs() >= grant.endMs ? undefined : grant;
    },
    use: (code) => void codes.delete(code),
  };
}

/** What a challenge says to the verifier that is to match it. */
export function checkVerifier(
  challenge: CodeChallenge | undefined,
  verifier: string,
): 'matches' | 'malformed' | 'differs' {
  if (challenge === undefined) return 'matches';
  if (!isPkceValue(verifier)) return 'malformed';
  const digest = createHash('sha256').update(verifier).digest('base64url');
  return (challenge.method === 'S256' ? digest : verifier) === challenge.value ? 'matches' : 'differs';
}

/** The form of both verifier and challenge. */
export function isPkceValue(text: string): boolean {
  return /^[a-zA-Z0-9~._-]{43,128}$/.test(text);
}
