import { isDeepStrictEqual } from 'node:util';
import { entryAsWritten, withEntryAsWritten } from '../../config/edit-config.ts';
import { OUR_HELPER } from '../../hosts/helper-names.ts';
import { shownName } from '../../hosts/quoting.ts';
import { keyWithoutUser } from '../../registry/host-in-key.ts';
import { membersOf, parseJsonObject } from '../config-files/json-members.ts';
import { withMemberBack, withNewMember, withoutMember, withValue } from './edit-json-text.ts';
import type { BindingStep, EditStep, HelperStep, LoginStep } from './edit-steps.ts';
import { draftOf, isBlank, objectMember } from './engine-draft.ts';

/** A text without one step; `left`: why the step stays, since others changed what it did. */
export interface Undone {
  readonly text: string;
  readonly left?: string;
}

/** What taking a step back does, in a sentence without secrets. */
export function toldUndone(step: EditStep): string {
  switch (step.kind) {
    case 'helper':
      return step.previous === null
        ? `removed the helper for ${step.host}`
        : `set the helper for ${step.host} back to ${shownName(plain(step.previous))}`;
    case 'login':
      return `put the stored login ${shownName(keyWithoutUser(step.key))} back`;
    case 'binding':
      return step.previous === null
        ? `removed the binding of ${step.host}`
        : `put the old binding of ${step.host} back`;
  }
}

/**
 * Takes one step back in a text that others may have changed since. Every byte stays that it does not have to touch.
 * @param path only used to name the file in errors
 * @throws AppError with `path`, line and column if the file is broken
 */
export function undoStep(text: string, step: EditStep, path: string): Undone {
  if (step.kind === 'binding') return undoBinding(text, step);
  // An engine that is given an empty file has no helper and no login any more.
  if (isBlank(text)) return step.kind === 'helper' ? { text } : { text, left: gone(step) };
  return step.kind === 'helper' ? undoHelper(text, step, path) : undoLogin(text, step, path);
}

function undoHelper(text: string, step: HelperStep, path: string): Undone {
  const draft = draftOf(text, { path });
  const root = parseJsonObject(text, path);
  const container = objectMember(draft, root, 'credHelpers');
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
  const draft = draftOf(text, { path, legacy: step.legacy });
  const root = parseJsonObject(text, path);
  const auths = step.legacy ? undefined : objectMember(draft, root, 'auths');
  const parent = step.legacy ? root : auths?.value;
  if (parent?.type === 'object') {
    const isThere = membersOf(parent).some(({ name }) => name === step.key);
    if (isThere)
      return { text, left: `there is a newer login ${shownName(keyWithoutUser(step.key))}, which stays` };
    return { text: withMemberBack(text, parent, step.key, step.json, step.after) };
  }
  const empty =
    auths === undefined ? withNewMember(text, root, 'auths', {}) : withValue(text, auths.value, '{}');
  return undoLogin(empty, step, path);
}

function undoBinding(text: string, { host, previous, written }: BindingStep): Undone {
  const now = entryAsWritten(text, host);
  if (isDeepStrictEqual(now, previous)) return { text };
  if (!isDeepStrictEqual(now, written)) {
    return { text, left: `the binding of ${host} was changed since, and stays` };
  }
  const undone = withEntryAsWritten(text, host, previous);
  if (undone !== undefined) return { text: undone };
  return { text, left: `the binding of ${host} can't be changed without another, and stays` };
}

/** Why a step stays in a file that is gone, or empty. */
export function gone(step: EditStep): string {
  return step.kind === 'login'
    ? `the stored login ${shownName(keyWithoutUser(step.key))} is not put back: the file it was in is gone or empty`
    : `nothing is left to take back for ${step.host}: the file is gone`;
}

function plain(json: string): string {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? value : json;
}
