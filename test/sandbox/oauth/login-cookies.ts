import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Request } from '../http/message.ts';

/** The default of the OAuth server's operator. */
const SESSION_SECONDS = 300;
const ATTRIBUTES = 'Path=/; HttpOnly; Secure';

/** Who has logged in in which browser. */
export interface LoginSessions {
  /** Begins a session and returns its `Set-Cookie`. */
  open(user: string): string;
  /** The `Set-Cookie` that takes the place of a session's, and stands for nobody. */
  leave(): string;
  /** Whose session the request's cookie is; undefined: nobody's. */
  userOf(request: Request): string | undefined;
}

/** Sessions that last five minutes by this clock. */
export function createLoginSessions(clock: Clock): LoginSessions {
  const sessions = new Map<string, { user: string; endMs: number }>();
  const cookie = (value: string) => `ssn=${value}; ${ATTRIBUTES}`;
  return {
    open(user) {
      const value = randomValue();
      sessions.set(value, { user, endMs: clock.nowMs() + SESSION_SECONDS * 1000 });
      return cookie(value);
    },
    leave: () => cookie(randomValue()),
    userOf(request) {
      const session = sessions.get(readCookie(request, 'ssn') ?? '');
      return session === undefined || clock.nowMs() >= session.endMs ? undefined : session.user;
    },
  };
}

/** The browser's CSRF value, a new one with its `Set-Cookie` if it has none. */
export function openCsrf(request: Request): { value: string; headers: Record<string, string> } {
  const known = readCookie(request, 'csrf');
  if (known !== undefined) return { value: known, headers: {} };
  const value = randomValue();
  return { value, headers: { 'Set-Cookie': `csrf=${value}; ${ATTRIBUTES}` } };
}

/** Whether a form brought the value that its browser was given. */
export function csrfMatches(request: Request, form: URLSearchParams): boolean {
  const value = readCookie(request, 'csrf');
  return value !== undefined && value === form.get('csrf');
}

function readCookie({ headers }: Request, name: string): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && value !== '') return value;
  }
  return undefined;
}

function randomValue(): string {
  return randomBytes(24).toString('base64url');
}
