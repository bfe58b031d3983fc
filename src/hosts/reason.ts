/** What fixes a thing: a command to paste, or what a person does, in a sentence with its full stop. */
export type Fix = { readonly run: string } | { readonly do: string };

/**
 * Why something is as it is. It is data: whoever has to tell two reasons apart compares their codes, and text is made
 * of them at the border only, by the printers below.
 */
export interface Reason {
  /** In kebab-case; what it means does not change with the words of `why`. */
  readonly code: string;
  /** Names the thing (path, context, host) and the cause: a sentence without its full stop. */
  readonly why: string;
  readonly fix?: Fix | undefined;
}

/**
 * An error that a person can meet.
 * `message` names the path, context or host and the cause; `fix` is what a person does about it.
 * Neither may hold a secret: they reach stderr.
 */
export class AppError extends Error {
  readonly code: string;
  readonly fix: Fix | undefined;

  constructor(fields: { code: string; message: string; fix?: Fix | undefined; cause?: unknown }) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'AppError';
    this.code = fields.code;
    this.fix = fields.fix;
  }
}

/** @returns an AppError as a reason; a defect as one by its name and message */
export function reasonOf(error: unknown): Reason {
  if (error instanceof AppError) {
    const { code, message, fix } = error;
    return fix === undefined ? { code, why: message } : { code, why: message, fix };
  }
  return {
    code: 'unexpected',
    why: `unexpected ${error instanceof Error ? `${error.name}: ${error.message}` : 'fault'}`,
  };
}

/** An error in one line for a person: what, why and what fixes it, without what looks like a secret. */
export function describeError(error: unknown): string {
  return inOneLine([reasonOf(error)]);
}

/**
 * The printer for the protocol's stderr and for everything that has one line: each reason, and what fixes it after it.
 * What looks like a secret is blacked out, and nothing of it drives a terminal.
 */
export function inOneLine(reasons: readonly Reason[]): string {
  const sentences = reasons.map(({ why, fix }, index) => {
    if (fix === undefined) return index === reasons.length - 1 ? why : `${why}.`;
    const ending = index === reasons.length - 1 || 'do' in fix ? '' : '.';
    return `${why}. ${inWords(fix)}${ending}`;
  });
  return shown(sentences.join(' '));
}

/** The printer for a terminal: for each reason a line that says why, and one below it that fixes it. */
export function inLines(
  reasons: readonly Reason[],
): readonly { readonly why: string; readonly fix?: string }[] {
  return reasons.map(({ why, fix }) => ({
    why: shown(why),
    ...(fix === undefined ? {} : { fix: shown(inWords(fix)) }),
  }));
}

/** The printer for `--json`: the same data, without what looks like a secret. */
export function inJson({ code, why, fix }: Reason): Reason {
  if (fix === undefined) return { code, why: shown(why) };
  return { code, why: shown(why), fix: 'run' in fix ? { run: shown(fix.run) } : { do: shown(fix.do) } };
}

/** @returns `Run: COMMAND`, or the sentence */
export function inWords(fix: Fix): string {
  return 'run' in fix ? `Run: ${fix.run}` : fix.do;
}

function shown(text: string): string {
  return oneLine(withoutSecrets(text).replaceAll(/\s*\n\s*/g, ' '));
}

/**
 * Tokens as they may stand in a message that is not ours: OAuth tokens, JWTs, `Bearer` or `Basic` headers, and the
 * opaque tokens of OKD 3.11, which are 43 characters of base64url.
 */
const SECRETS =
  /sha256~[\w-]+|eyJ[\w-]+(?:\.[\w-]*)*|(?<=\b(?:Bearer|Basic)\s+)[\w.~+/=-]+|(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{43}(?![\w-])/g;

/** @returns a text that may be another's, with what looks like a secret blacked out */
export function withoutSecrets(text: string): string {
  return text.replaceAll(SECRETS, '***');
}

/**
 * A text for a person, as it may reach a terminal: names in a kubeconfig and the words of plugins may hold anything, line
 * feeds, what drives a terminal and what turns the direction of writing, too.
 */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}
