const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Text for an XML element, in ASCII: the file then reads the same in every encoding that a program takes it for.
 * @param text without control characters and lone surrogates
 */
export function xmlText(text: string): string {
  return text.replaceAll(/[&<>"]|[^ -~]/gu, (char) => NAMED[char] ?? `&#${char.codePointAt(0)};`);
}
