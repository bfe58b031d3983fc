import { structuredPatch } from 'diff';
import type { Node } from 'jsonc-parser';
import { withoutSecrets } from '../../hosts/reason.ts';
import { keyWithoutUser } from '../../registry/engine-names.ts';
import { isField, jsonTree, membersOf } from '../config-files/json-fields.ts';

const CONTEXT_LINES = 3;
/** Beyond this many changed lines the whole text counts as changed. */
const MOST_CHANGED = 2000;
const LONGEST_SHOWN = 160;
const SHOWN_BEFORE_CHANGE = 40;

/**
 * What changes from one text to the other, as `diff -u` shows it: `--- path`, `+++ path`, then the changed lines with
 * three lines around them. Lines are compared as they are and shown as `shown` makes them.
 * @param before null: there is no file
 * @param after null: there will be none
 * @param shown makes a text fit to be shown; it must keep the number of its lines
 * @returns lines without line breaks; none if nothing changes
 */
export function diffText(
  path: string,
  before: string | null,
  after: string | null,
  shown: (text: string) => string,
): readonly string[] {
  if (before === after) return [];
  const [old, now] = [linesOf(before ?? ''), linesOf(after ?? '')];
  const [oldShown, nowShown] = [linesOf(shown(before ?? '')), linesOf(shown(after ?? ''))];
  const lines = hunksOf(old, now).flatMap(({ oldStart, oldLines, newStart, newLines, lines: signed }) => {
    let [atOld, atNow] = [oldStart - 1, newStart - 1];
    return [
      `@@ -${oldStart - (oldLines === 0 ? 1 : 0)},${oldLines} +${newStart - (newLines === 0 ? 1 : 0)},${newLines} @@`,
      ...signed.map((line) => {
        const sign = line.charAt(0);
        const text = sign === '+' ? nowShown[atNow] : oldShown[atOld];
        if (sign !== '+') atOld++;
        if (sign !== '-') atNow++;
        return `${sign}${text ?? ''}`;
      }),
    ];
  });
  const names = [`--- ${before === null ? 'no file' : path}`, `+++ ${after === null ? 'no file' : path}`];
  return [...names, ...cutLongPairs(lines)];
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function hunksOf(old: readonly string[], now: readonly string[]) {
  const whole = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  const options = { context: CONTEXT_LINES, maxEditLength: MOST_CHANGED };
  const patch = structuredPatch('', '', whole(old), whole(now), '', '', options);
  if (patch !== undefined) return patch.hunks;
  const lines = [...old.map((line) => `-${line}`), ...now.map((line) => `+${line}`)];
  return [{ oldStart: 1, oldLines: old.length, newStart: 1, newLines: now.length, lines }];
}

/** A file may be one long line: of it, what is around the change is shown. */
function cutLongPairs(lines: readonly string[]): string[] {
  return lines.map((line, index) => {
    if (line.length <= LONGEST_SHOWN) return line;
    const other = line.startsWith('-') ? lines[index + 1] : lines[index - 1];
    const isPair = other !== undefined && line[0] !== ' ' && other[0] !== line[0];
    const from = isPair ? Math.max(1, commonLength(line, other) - SHOWN_BEFORE_CHANGE) : 1;
    const part = line.slice(from, from + LONGEST_SHOWN);
    return `${line[0]}${from > 1 ? '…' : ''}${part}${from + LONGEST_SHOWN < line.length ? '…' : ''}`;
  });
}

function commonLength(one: string, other: string): number {
  let length = 1;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

/** What is shown in the place of what may be a secret. */
const BLACKED_OUT = '"…"';
/** Members whose value is a name: of a helper, or of docker's context. */
const NAMES = ['credsstore', 'currentcontext'];

/** A part of the text, and what is shown in its place. */
interface Patch {
  readonly offset: number;
  readonly length: number;
  readonly shown: string;
}

/**
 * An engine's config file fit to be shown: which helpers it names is told; every other string and number may be a
 * secret, of a plugin as well, and is `"…"`. Lines stay lines, so that a line number means the same place in both. What
 * can't be parsed is not shown at all, but for its braces and line breaks.
 */
export function redactEngineText(text: string): string {
  const { root, errors } = jsonTree(text);
  if (errors.length > 0 || root?.type !== 'object') return text.replaceAll(/[^\s{}[\],]+/g, '…');
  const patches: Patch[] = [];
  for (const { name, value } of membersOf(root)) {
    const isHelpers = isField(name, 'credHelpers') && value.type === 'object';
    if (isHelpers) for (const entry of membersOf(value)) redact(entry.value, true, patches);
    else redact(value, NAMES.includes(name.toLowerCase()), patches);
  }
  redactKeys(root, patches);
  let shown = text;
  for (const patch of patches.toSorted((a, b) => b.offset - a.offset)) {
    shown = shown.slice(0, patch.offset) + patch.shown + shown.slice(patch.offset + patch.length);
  }
  return withoutSecrets(shown);
}

/** @param isName the value may be shown, if it looks like a name */
function redact(value: Node, isName: boolean, patches: Patch[]): void {
  const { type, offset, length, children = [] } = value;
  if (type === 'object') for (const member of membersOf(value)) redact(member.value, false, patches);
  else if (type === 'array') for (const item of children) redact(item, false, patches);
  else if (
    type === 'number' ||
    (type === 'string' && !(isName && /^[\w.-]{0,64}$/.test(String(value.value))))
  )
    patches.push({ offset, length, shown: BLACKED_OUT });
}

/** Keys are hosts, mostly; a URL may have a password in it. */
function redactKeys(value: Node, patches: Patch[]): void {
  for (const property of value.children ?? []) {
    const [key, of] = property.type === 'property' ? (property.children ?? []) : [undefined, property];
    if (key !== undefined) {
      const name = String(key.value);
      const shown = keyWithoutUser(name);
      if (shown !== name)
        patches.push({ offset: key.offset, length: key.length, shown: JSON.stringify(shown) });
    }
    if (of !== undefined) redactKeys(of, patches);
  }
}
