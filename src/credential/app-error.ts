/**
 * An error that a person can meet.
 * `message` names the path, context or host and the cause; `hint` is a command that mends it.
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
