import { type Node, parseTree } from 'jsonc-parser';
import { withoutSecrets } from '../../hosts/reason.ts';
import { keyWithoutUser } from '../../registry/host-in-key.ts';
import { isField } from '../config-files/file-fields.ts';
import { membersOf } from '../config-files/json-members.ts';

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
  const root = treeOf(text);
  if (root?.type !== 'object') return text.replaceAll(/[^\s{}[\],]+/g, '…');
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

function treeOf(text: string): Node | undefined {
  const errors: { error: number }[] = [];
  try {
    const root = parseTree(text, errors as never, { disallowComments: true });
    return errors.length === 0 ? root : undefined;
  } catch (error) {
    // Nested more deeply than the parser's stack.
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}
