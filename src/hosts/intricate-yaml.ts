/** The library takes 4 µs for each, in the worst of texts. */
const MOST_MARKS = 120_000;

/** What is said of such a text. */
export const TOO_INTRICATE =
  'it has more entries than can be read in time; take out those that are not needed';

/** What the YAML library makes a part of its own of: lines, and what opens, ends or parts something. */
const MARKS = new Set([...'\n[]{},!&*?%#|>:-'].map((mark) => mark.charCodeAt(0)));
const SPACE = 32;
const COLON = 58;
const DASH = 45;

/** Whether to read a YAML text could take the time that all of an answer has. */
export function isTooIntricate(text: string): boolean {
  if (text.length <= MOST_MARKS) return false;
  let marks = 0;
  for (let at = 0; at < text.length && marks <= MOST_MARKS; at += 1) {
    const code = text.charCodeAt(at);
    if (!MARKS.has(code)) continue;
    // Inside of a word these are a part of it.
    if ((code === COLON || code === DASH) && text.charCodeAt(at + 1) > SPACE) continue;
    marks += 1;
  }
  return marks > MOST_MARKS;
}
