import { holdsSecret, withoutSecrets } from './reason.ts';

/** The longest that a name is shown in a message. */
const LONGEST_SHOWN = 80;
/** As much of a name as is looked at. */
const LONGEST_READ = 4096;

/** @returns a name from a file, fit for a terminal: in quotes, in ASCII, and cut where it is very long */
export function shownName(name: string): string {
  // A secret that is cut would not look like one any more.
  const whole = withoutSecrets(name.slice(0, LONGEST_READ));
  const shown = JSON.stringify(whole.slice(0, LONGEST_SHOWN)).slice(1, -1);
  const plain = shown.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${plain}${whole.length > LONGEST_SHOWN ? '…' : ''}"`;
}

/**
 * @returns the name of a context or a user as it is where it can't be taken for more than a name; else in quotes: it comes
 *   from a kubeconfig that somebody may have sent, and the sentence around it is what a person agrees to
 */
export function nameInSentence(name: string): string {
  return /^[\p{L}\p{M}\p{N}@%+=:,./~#_!*|-]{1,250}$/u.test(name) ? name : shownName(name);
}

/** @returns an argument fit for a message: a token, or the user of a URL, in the wrong place is not repeated */
export function shownArgument(typed: string): string {
  const mayBeSecret = holdsSecret(typed) || typed.includes('@');
  const isShowable = typed.length <= LONGEST_SHOWN && /^[ -~]*$/.test(typed) && !mayBeSecret;
  return isShowable ? JSON.stringify(typed) : 'One of the arguments';
}

/** Whether a text may hold a token: OAuth tokens are `sha256~…`, JWTs start with `eyJ`. */
export function looksLikeToken(text: string): boolean {
  return /sha256~|eyJ/.test(text);
}

/** @returns one word for a POSIX shell, in quotes only where it needs them */
export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
