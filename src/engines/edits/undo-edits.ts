import { isDeepStrictEqual } from 'node:util';
import type { Node } from 'jsonc-parser';
import { entryAsWritten, saysTheSame, withEntryAsWritten } from '../../config/edit-config.ts';
import { shownName } from '../../hosts/quoting.ts';
import { keyWithoutUser, OUR_HELPER } from '../../registry/engine-names.ts';
import { isBlank, isField, type Member, membersOf, parseJsonObject } from '../config-files/json-fields.ts';
import { withMemberBack, withNewMember, withoutMember, withValue } from './edit-json-text.ts';
import {
  type BindingStep,
  type EditStep,
  type HelperStep,
  type LoginStep,
  type RecordedEdit,
  type RecordedFile,
  textMark,
  type UnnamedStep,
} from './edit-record.ts';
import { objectMember } from './plan-engine-edit.ts';

/** A file without edits of ours. */
export interface UndoneFile {
  /** Null: it should not be there. */
  readonly text: string | null;
  /** What changes, in sentences without secrets, and what stays since others changed it. */
  readonly changes: readonly string[];
  readonly left: readonly string[];
  /** The edits that are still to be undone, if only some hosts' were. */
  readonly rest: readonly RecordedEdit[];
}

/** Which steps are taken back. */
export interface Wanted {
  isWanted(host: string): boolean;
  /** Whether a removed login is of no use any more: it is not put back. */
  isDead(step: LoginStep): boolean;
}

/**
 * Takes recorded edits of one file back. As long as the file is just what the last of them made of it, and all are taken
 * back, it becomes byte for byte what it was before the first; else each step is taken back by itself, the last one first,
 * where what it did is still there. What then means the same as at first is laid out as at first, too.
 * @param text of the file; null: there is none
 * @throws AppError naming the file, with line and column, if it is broken
 */
export function undoEdits(
  text: string | null,
  { path, original, edits: recorded }: Omit<RecordedFile, 'directories'>,
  { isWanted, isDead }: Wanted,
): UndoneFile {
  // Where the file is what it was before an edit, that one was never made, or was taken back with all after it.
  const unmade = recorded.findIndex(({ before }) => before === textMark(text));
  const edits = unmade === -1 ? recorded : recorded.slice(0, unmade);
  const steps = edits.flatMap((edit) => edit.steps).toReversed();
  const isAll = steps.every(({ host }) => isWanted(host));
  const isUntouched =
    original !== undefined &&
    [textMark(original), ...edits.map(({ after }) => after)].every(
      (mark, index) => mark === (edits[index]?.before ?? textMark(text)),
    );
  const isWhole = !steps.some((step) => step.kind === 'login' && isDead(step));
  if (edits.length === 0) return { text, changes: [], left: [], rest: [] };
  if (isAll && isUntouched && isWhole)
    return { text: original, changes: told(steps, original), left: [], rest: [] };

  const [changes, left]: [string[], string[]] = [[], []];
  let now = text;
  for (const step of steps) {
    if (!isWanted(step.host)) continue;
    if (step.kind === 'login' && isDead(step)) {
      left.push(
        `the stored login ${nameOf(step)} is of no use any more, and is not put back: every pull would fail with it`,
      );
      continue;
    }
    const undone = now === null ? { text: now, left: gone(step) } : undoStep(now, step, path);
    if (undone.left !== undefined) left.push(undone.left);
    if (undone.text !== now) changes.push(inWords(step));
    now = undone.text;
  }
  if (!isAll) {
    const rest = edits.flatMap((edit) => {
      const others = edit.steps.filter(({ host }) => !isWanted(host));
      return others.length === 0 ? [] : [{ ...edit, steps: others }];
    });
    const before = edits[0]?.before ?? '';
    const one = { before, after: textMark(now), steps: rest.flatMap((edit) => edit.steps) };
    // Nobody else was at it: what is left is one edit of the original.
    return { text: now, changes, left, rest: isUntouched ? [one] : rest };
  }
  if (original === null && now !== null && isEmpty(now)) now = null;
  const isSame = changes.length > 0 && typeof original === 'string' && now !== null;
  const isBack = isSame && meansTheSame(steps.some(isBinding), now ?? '', original);
  return { text: isBack ? original : now, changes, left, rest: [] };
}

function told(steps: readonly EditStep[], text: string | null): string[] {
  const sentences = steps.map(inWords);
  if (text === null) sentences.push('removed the file, which setup had made');
  return sentences.length === 0 ? ['made the file what it was'] : sentences;
}

/** What taking a step back does, in a sentence without secrets. */
function inWords(step: EditStep): string {
  const isFirst = 'previous' in step && step.previous === null;
  switch (step.kind) {
    case 'helper':
      return isFirst
        ? `removed the helper for ${step.host}`
        : `set the helper for ${step.host} back to ${shownName(plain(step.previous ?? ''))}`;
    case 'unnamed':
      return `named the helper ${shownName(plain(step.json))} for ${step.host} again`;
    case 'login':
      return `put the stored login ${nameOf(step)} back`;
    case 'binding':
      return isFirst ? `unlinked ${step.host}` : `linked ${step.host} as before`;
  }
}

/** A text without one step; `left`: why the step stays, since others changed what it did. */
interface Undone {
  readonly text: string | null;
  readonly left?: string;
}

/** Takes one step back in a text that others may have changed since. Every byte stays that it does not have to touch. */
function undoStep(text: string, step: EditStep, path: string): Undone {
  if (step.kind === 'binding') return undoBinding(text, step);
  // An engine that is given an empty file has no helper and no login any more.
  if (isBlank(text)) return step.kind === 'login' ? { text, left: gone(step) } : { text };
  if (step.kind === 'login') return undoLogin(text, step, path);
  return step.kind === 'helper' ? undoHelper(text, step, path) : undoUnnamed(text, step, path);
}

function undoUnnamed(text: string, step: UnnamedStep, path: string): Undone {
  const { host, json, after } = step;
  const root = parseJsonObject(text, path);
  const helpers = objectMember({ text, path }, root, 'credHelpers');
  if (helpers?.value.type !== 'object')
    return undoUnnamed(withObject(text, root, helpers, 'credHelpers'), step, path);
  if (membersOf(helpers.value).some(({ name }) => name === host))
    return { text, left: `the helper for ${host} was changed since, and stays` };
  return { text: withMemberBack(text, helpers.value, host, json, after) };
}

/** The text with an empty object where a field is missing, or null. */
function withObject(text: string, root: Node, found: Member | undefined, name: string): string {
  return found === undefined ? withNewMember(text, root, name, {}) : withValue(text, found.value, '{}');
}

function undoHelper(text: string, step: HelperStep, path: string): Undone {
  const root = parseJsonObject(text, path);
  const container = objectMember({ text, path }, root, 'credHelpers');
  const named = container === undefined ? [] : membersOf(container.value);
  const ofHost = named.filter(({ name }) => name === step.host);
  const entry = ofHost[step.nth];
  if (container === undefined || entry?.value.value !== OUR_HELPER) {
    const isOthers = ofHost.length > 0 || step.previous !== null;
    return isOthers ? { text, left: `the helper for ${step.host} was changed since, and stays` } : { text };
  }
  if (step.previous !== null) return { text: withValue(text, entry.value, step.previous) };
  if (named.length === 1 && step.madeContainer) return { text: withoutMember(text, root, container) };
  return { text: withoutMember(text, container.value, entry) };
}

function undoLogin(text: string, step: LoginStep, path: string): Undone {
  const { legacy } = step;
  const root = parseJsonObject(text, path);
  const auths = legacy ? undefined : objectMember({ text, path }, root, 'auths');
  const parent = legacy ? root : auths?.value;
  if (parent?.type === 'object') {
    const isThere = membersOf(parent).some(({ name }) => name === step.key);
    if (isThere) return { text, left: `there is a newer login ${nameOf(step)}, which stays` };
    return { text: withMemberBack(text, parent, step.key, step.json, step.after) };
  }
  return undoLogin(withObject(text, root, auths, 'auths'), step, path);
}

function undoBinding(text: string, { host, previous, written }: BindingStep): Undone {
  const now = entryAsWritten(text, host);
  if (isDeepStrictEqual(now, previous)) return { text };
  if (!isDeepStrictEqual(now, written))
    return { text, left: `the binding of ${host} was changed since, and stays` };
  const undone = withEntryAsWritten(text, host, previous);
  if (undone !== undefined) return { text: undone };
  return { text, left: `the binding of ${host} can't be changed without another, and stays` };
}

/** Why a step stays in a file that is gone, or empty. */
function gone(step: EditStep): string {
  return step.kind === 'login'
    ? `the stored login ${nameOf(step)} is not put back: the file it was in is gone or empty`
    : `nothing is left to take back for ${step.host}: the file is gone`;
}

function nameOf({ key }: LoginStep): string {
  return shownName(keyWithoutUser(key));
}

function plain(json: string): string {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? value : json;
}

function isBinding({ kind }: EditStep): boolean {
  return kind === 'binding';
}

/** Whether nothing is in a file that this program made. */
function isEmpty(text: string): boolean {
  return /^\s*(?:\{\s*(?:"auths"\s*:\s*\{\s*\}\s*)?\}\s*)?$/.test(text);
}

/** Whether two texts of a file mean the same to whoever reads it, however they are laid out. */
function meansTheSame(isConfig: boolean, one: string, other: string): boolean {
  if (isConfig) return saysTheSame(one, other);
  const [first, second] = [meaning(one), meaning(other)];
  return first !== undefined && isDeepStrictEqual(first, second);
}

/** No `auths` and an empty one are the same to engines. @returns undefined: it is no JSON object */
function meaning(text: string): Record<string, unknown> | undefined {
  if (isBlank(text)) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value).filter(([name, of]) => !isEmptyField(name, of)));
  } catch {
    // Broken: it means nothing that could be compared.
    return undefined;
  }
}

function isEmptyField(name: string, value: unknown): boolean {
  if (!isField(name, 'auths') && !isField(name, 'credHelpers')) return false;
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
