/** A line that says something. */
interface Line {
  readonly indent: number;
  readonly text: string;
}

/** Not undefined, which stands for what is left to the library. */
export type Plain = string | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** With its indent and colon it has less than the 1,024 characters after which none is a key (YAML 1.2, 7.4.2). */
const KEY = /^([A-Za-z][\w./-]{0,999}):(?: (.*))?$/;
/** Words that are, or in an older YAML were, something else than text. */
const WORDS = /^(?:true|false|yes|no|on|off|null|y|n)$/i;
/**
 * What begins with a digit and is no number or date in any YAML: a cluster at an address as `oc` names it (`127-0-0-1:6443`), a
 * namespace such as `3scale`. All else with digits in front is left to the library.
 */
const DIGITS_FIRST = /^(?:[0-9]+-[0-9-]+:[0-9]+|[0-9]+[g-np-suvwyG-NP-SUVWY][\w./:-]*)$/;
const DEEPEST = 16;
/** Of three thousand contexts there are 50,000. */
const MOST_LINES = 400_000;

/**
 * Reads the part of YAML that kubectl and oc write kubeconfigs in: blocks of mappings and lists, plain text in one line, and
 * quoted text without escapes. That is most kubeconfigs, and takes a twentieth of the library's time.
 * @returns undefined for whatever is not certainly read as the library reads it, with numbers, anchors, tags and faults
 */
export function readPlainYaml(written: string): Plain | undefined {
  // As editors of Windows end lines.
  const text = written.includes('\r\n') ? written.replaceAll('\r\n', '\n') : written;
  // Printable ASCII and line feeds alone: what else there is may mean something.
  if (/[^\n -~]/.test(text) || hasManyLines(text)) return undefined;
  const lines: Line[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const content = raw.trimStart();
    if (content === '' || content.startsWith('#') || (index === 0 && raw === '---')) continue;
    lines.push({ indent: raw.length - content.length, text: content });
  }
  const reader = { lines, at: 0 };
  if (lines[0]?.indent !== 0 || lines[0].text.startsWith('- ')) return undefined;
  const root = readMapping(reader, 0, 0);
  return reader.at === lines.length ? root : undefined;
}

function hasManyLines(text: string): boolean {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1 && lines < MOST_LINES; at = text.indexOf('\n', at + 1))
    lines += 1;
  return lines === MOST_LINES;
}

interface Reader {
  readonly lines: Line[];
  at: number;
}

function readMapping(reader: Reader, indent: number, depth: number): Plain | undefined {
  if (depth > DEEPEST) return undefined;
  const fields: Record<string, Plain> = {};
  for (;;) {
    const line = reader.lines[reader.at];
    if (line === undefined || line.indent < indent) return fields;
    const [, key, inline] = line.indent > indent ? [] : (KEY.exec(line.text) ?? []);
    // A list's next item ends the mapping that stands in the one before.
    if (key === undefined) return line.indent === indent && isItem(line) && depth > 0 ? fields : undefined;
    if (WORDS.test(key)) return undefined;
    reader.at += 1;
    const value = inline === undefined ? readBlock(reader, indent, depth) : readScalar(inline.trimStart());
    if (value === undefined) return undefined;
    fields[key] = value;
  }
}

/** What stands below a key. */
function readBlock(reader: Reader, indent: number, depth: number): Plain | undefined {
  const next = reader.lines[reader.at];
  if (next === undefined || next.indent < indent) return null;
  if (isItem(next)) return readList(reader, next.indent, depth + 1);
  return next.indent === indent ? null : readMapping(reader, next.indent, depth + 1);
}

function readList(reader: Reader, indent: number, depth: number): Plain | undefined {
  const items: Plain[] = [];
  for (;;) {
    const line = reader.lines[reader.at];
    if (line === undefined || line.indent < indent) return items;
    if (line.indent > indent) return undefined;
    if (!isItem(line)) return items;
    const content = line.text.slice(2).trimStart();
    const below = indent + line.text.length - content.length;
    let item: Plain | undefined;
    if (KEY.test(content)) {
      reader.lines[reader.at] = { indent: below, text: content };
      item = readMapping(reader, below, depth + 1);
    } else {
      reader.at += 1;
      item = readScalar(content);
    }
    if (item === undefined) return undefined;
    items.push(item);
  }
}

function isItem({ text }: Line): boolean {
  return text.startsWith('- ');
}

function readScalar(text: string): Plain | undefined {
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  const quote = text[0];
  if (quote === '"' || quote === "'") {
    const inner = text.slice(1, -1);
    const isWhole =
      text.length > 1 && text.endsWith(quote) && !inner.includes(quote) && !inner.includes('\\');
    return isWhole ? inner : undefined;
  }
  const isPlain = /^[A-Za-z/_(]/.test(text) || /^--?[A-Za-z]/.test(text) || DIGITS_FIRST.test(text);
  if (!isPlain || WORDS.test(text) || /: | #|[: ]$/.test(text)) return undefined;
  return text;
}
