import { oneLine } from './answer.ts';

/**
 * An error that a person can meet.
 * `message` names the path, context or host and the cause; `hint` is a command that mends it, or a sentence on what to
 * do, with a capital at its beginning.
 * Neither may hold a secret: they reach stderr.
 */
export class AppError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(fields: { code: string; message: string; hint?: string | undefined; cause?: unknown }) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'AppError';
    this.code = fields.code;
    this.hint = fields.hint;
  }
}

/**
 * Tokens as they may stand in a message that is not ours: OAuth tokens, JWTs, `Bearer` or `Basic` headers, and the
 * opaque tokens of OKD 3.11, which are 43 characters of base64url.
 */
const SECRETS =
  /sha256~[\w-]+|eyJ[\w-]+(?:\.[\w-]*)*|(?<=\b(?:Bearer|Basic)\s+)[\w.~+/=-]+|(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{43}(?![\w-])/g;

/**
 * An error in one line for a person: what, why and the command that mends it. What looks like a secret is blacked out.
 * @param error an AppError, or a defect, which is told by its name and message
 */
export function describeError(error: unknown): string {
  const text =
    error instanceof AppError
      ? `${error.message}${mend(error.hint)}`
      : `unexpected ${error instanceof Error ? `${error.name}: ${error.message}` : 'fault'}`;
  return oneLine(withoutSecrets(text).replaceAll(/\s*\n\s*/g, ' '));
}

/** @returns a text that may be another's, with what looks like a secret blacked out */
export function withoutSecrets(text: string): string {
  return text.replaceAll(SECRETS, '***');
}

/** A hint is a command to be pasted; where no command mends it, a sentence. */
function mend(hint: string | undefined): string {
  if (hint === undefined) return '';
  return /^[A-Z]/.test(hint) ? `. ${hint}` : `. Run: ${hint}`;
}
