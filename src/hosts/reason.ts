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

/** @returns an error that a reason stands in the way by, or several; at least one */
export function errorOf(...reasons: readonly Reason[]): AppError {
  const { code, why, fix } = reasons.at(-1) ?? reasonOf(undefined);
  const before = reasons.length > 1 ? `${inOneLine(reasons.slice(0, -1))}. ` : '';
  return new AppError({ code, message: before + why, fix });
}

/** An error in one line for a person: what, why and what fixes it, without what looks like a secret. */
export function describeError(error: unknown): string {
  return inOneLine([reasonOf(error)]);
}

/**
 * The printer for the protocol's stderr and for everything that has one line: each reason with its code, which
 * docs/errors.md explains, and what fixes it after it, so that a command stands at the end.
 * What looks like a secret is blacked out, and nothing of it drives a terminal.
 */
export function inOneLine(reasons: readonly Reason[]): string {
  const sentences = reasons.map(({ code, why, fix }, index) => {
    const said = withCode(why, code);
    if (fix === undefined) return index === reasons.length - 1 ? said : `${said}.`;
    const ending = index === reasons.length - 1 || 'do' in fix ? '' : '.';
    return `${said}. ${inWords(fix)}${ending}`;
  });
  return oneLine(sentences.join(' '));
}

/** The printer for a terminal: for each reason a line that says why, and one below it that fixes it. */
export function inLines(
  reasons: readonly Reason[],
): readonly { readonly why: string; readonly fix?: string }[] {
  return reasons.map(({ code, why, fix }) => ({
    why: oneLine(withCode(why, code)),
    ...(fix === undefined ? {} : { fix: oneLine(inWords(fix)) }),
  }));
}

/** @returns a sentence with its code after it, where it spoils no command that is to be pasted */
export function withCode(why: string, code: string): string {
  return `${why} [${code}]`;
}

/** The printer for `--json`: the same data, without what looks like a secret. */
export function inJson({ code, why, fix }: Reason): Reason {
  if (fix === undefined) return { code, why: oneLine(why) };
  return { code, why: oneLine(why), fix: 'run' in fix ? { run: oneLine(fix.run) } : { do: oneLine(fix.do) } };
}

/** @returns `Run: COMMAND`, or the sentence */
export function inWords(fix: Fix): string {
  return 'run' in fix ? `Run: ${fix.run}` : fix.do;
}

/** Shown in the place of a secret. */
const BLACK = '***';

/** Secrets as they may stand in a text that is not ours. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // OAuth tokens of OpenShift, JWTs; and JWTs that were taken for a host, and so are in small letters.
  [/sha256~[\w~-]+|eyJ[\w-]+(?:\.[\w-]*)*/g, BLACK],
  [/(?<!\w)eyj[\w-]{8,}(?:\.[\w-]*)*/g, BLACK],
  // Tokens of others that say what they are, in the wrong place like the rest.
  [/(?<!\w)(?:gh[opusr]_|github_pat_|glpat-|dckr_pat_|xox[abprs]-)[\w-]+/g, BLACK],
  [/(?<!\w)((?:(?:Bearer|Basic)\s{1,9})+)[\w.~+/=-]+/g, `$1${BLACK}`],
  [/(token|password|passwd|secret)=[^\s&"'…]+/gi, `$1=${BLACK}`],
  // Opaque tokens of OKD 3.11: 43 characters of base64url. So is what the address of a login shows on purpose.
  [/(?<![\w-]|code_challenge=|state=)(?=[\w-]{0,42}[A-Z])(?=[\w-]{0,42}[a-z])[\w-]{43}(?![\w-])/g, BLACK],
];
/** What a URL can be. */
const WORD = /[^\s"'<>]+/g;

/** Where a URL begins inside of a word, as in a list with commas. */
const URL_START = /(?<![a-z\d+.-])(?=[a-z\d][a-z\d+.-]{1,20}:\/)/i;

/** @returns a text that may be another's, with what looks like a secret blacked out */
export function withoutSecrets(text: string): string {
  let shown = text;
  if (text.includes('@'))
    shown = text.replaceAll(WORD, (word) => word.split(URL_START).map(withoutUser).join(''));
  for (const [secret, instead] of SECRETS) shown = shown.replaceAll(secret, instead);
  return shown;
}

/** A word without the user that a URL in it names, with a password or, as a token, without one. */
function withoutUser(word: string): string {
  // As a path, in the wrong variable, it has one slash. A drive of Windows has one letter.
  const scheme = /(?<=[a-z\d]{2}):\/{1,2}/i.exec(word);
  if (scheme === null) {
    const [found, slashes, user = ''] = /(^|\/\/)([^:/@]+:[^/]+)@/.exec(word) ?? [];
    if (found === undefined) return word;
    const rest = word.slice(word.indexOf(found) + found.length);
    // HOST:5000@sha256:… is an image.
    const isImage = !user.includes('@') && /^sha\d/.test(rest);
    return isImage ? word : `${word.slice(0, word.indexOf(found))}${slashes}${BLACK}@${rest}`;
  }
  const start = scheme.index + scheme[0].length;
  const slash = word.slice(start).search(/[/?#]/);
  const authority = slash === -1 ? word.length : start + slash;
  // A password may hold a slash; a port ends before one.
  const isPassword = /^[^:]*:(?!\d{1,5}$)/.test(word.slice(start, authority));
  const last = word.lastIndexOf('@', authority);
  const at = last >= start ? last : isPassword ? word.indexOf('@', authority) : -1;
  return at === -1 ? word : `${word.slice(0, start)}${BLACK}${word.slice(at)}`;
}

/** Whether a part of the text looks like a secret. */
export function holdsSecret(text: string): boolean {
  return withoutSecrets(text) !== text;
}

/**
 * A sentence for a person, as it may reach a terminal or the log of a CI job: names in a kubeconfig, values of variables
 * and the words of plugins may hold anything, line feeds, what drives a terminal, what turns the direction of writing and
 * secrets, too.
 */
export function oneLine(text: string): string {
  // Afterwards, what stands on both sides of something unseen would be taken for one word.
  return withoutSecrets(text.replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' '));
}

/** Controls of terminals and of the direction of writing, what is not seen, and halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A text of several lines fit for a terminal, a log or a JSON reader: what drives a terminal, turns the direction of
 * writing or is not seen stands as JSON writes it (`\u202e`), which in JSON means the same as before.
 */
export function printable(text: string): string {
  return text.replaceAll(UNSEEN, (character, at: number) => {
    if (character === '\n' || character === '\t') return character;
    const endsLine = character === '\r' && (text[at + 1] ?? '\n') === '\n';
    return endsLine ? character : escaped(character);
  });
}

function escaped(character: string): string {
  let shown = '';
  for (let at = 0; at < character.length; at += 1) {
    shown += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return shown;
}
