import { parse, TomlError } from 'smol-toml';

/** Why a text is no TOML to engines; `line` counts from 1. */
export interface TomlFault {
  readonly line: number;
  readonly what: string;
}

/** A table: what each key stands for. */
export type TomlTable = Readonly<Record<string, unknown>>;

/**
 * Reads TOML as engines do: up to podman 5.8 their parser (BurntSushi/toml) has TOML 1.0, and the one used here TOML 1.1,
 * whose additions are faults. Two differences stay: a date that the calendar does not have is taken for one, and a table
 * that dotted keys have made can't be opened again.
 */
export function readToml(text: string): { readonly table: TomlTable } | TomlFault {
  try {
    const table = parse(text, { integersAsBigInt: true });
    const fault = additionIn(text);
    return fault ?? { table };
  } catch (error) {
    // A text nested more deeply than the parser allows is a fault, too.
    if (error instanceof RangeError) return { line: 1, what: 'it is nested too deeply' };
    if (!(error instanceof TomlError)) throw error;
    // The library's words come first, and then lines of the file.
    const [what = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n', 1);
    return { line: lastLine(text, error.line), what };
  }
}

/** A fault at the end of the text is one of its last line that says something. */
function lastLine(text: string, line: number): number {
  return Math.min(line, text.trimEnd().split('\n').length);
}

/** What TOML 1.1 allows and 1.0 does not: line breaks and last commas in inline tables, `\e`, `\x41`, times without seconds. */
function additionIn(text: string): TomlFault | undefined {
  const stack: string[] = [];
  let previous = '';
  let line = 1;
  const tokens =
    /"""(?:[^\\]|\\.)*?"{3,5}|'''.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|\d\d:\d\d(?::\d\d)?|[[\]{},\n]|[^\s[\]{},"'#]+/gs;
  for (const [token] of text.matchAll(tokens)) {
    const fault = (what: string) => ({ line, what });
    if (token === '[' || token === '{') stack.push(token);
    else if (token === '}' && previous === ',') return fault('a comma ends an inline table');
    else if (token === '\n' && stack.at(-1) === '{') return fault('a line ends in an inline table');
    else if (token === ']' || token === '}') stack.pop();
    else if (/^\d\d:\d\d$/.test(token)) return fault('a time has no seconds');
    else if (/^"(?:[^\\]|\\[^ex])*\\[ex]/s.test(token)) return fault('a text has an escape that is none');
    line += token.split('\n').length - 1;
    if (token !== '\n' && !token.startsWith('#')) previous = token;
  }
  return undefined;
}
