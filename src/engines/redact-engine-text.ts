import { type Node, parseTree } from 'jsonc-parser';
import { withoutSecrets } from '../credential/app-error.ts';
import { membersOf } from './json-members.ts';

/** What is shown in a secret's place. */
const BLACKED_OUT = '"…"';
/** Objects in which every value may be a secret, a proxy's password or a header among them. */
const SECRET_PLACES = ['auths', 'httpheaders', 'proxies'];
const SECRET_NAMES = ['auth', 'identitytoken', 'registrytoken', 'password', 'email', 'username'];

/**
 * An engine's config file fit to be shown: each secret in it is `"…"`. Lines stay lines, so that a line number means the
 * same place in both. What can't be parsed is not shown at all, but for its braces and line breaks.
 * @param legacy the file is a `.dockercfg`: all of it is logins
 */
export function redactEngineText(text: string, legacy = false): string {
  const root = treeOf(text);
  if (root?.type !== 'object') return text.replaceAll(/[^\s{}[\],]+/g, '…');
  const secrets: Node[] = [];
  for (const { name, value } of membersOf(root)) collect(value, name, legacy, secrets);
  let shown = text;
  for (const { offset, length } of secrets.toSorted((a, b) => b.offset - a.offset)) {
    shown = shown.slice(0, offset) + BLACKED_OUT + shown.slice(offset + length);
  }
  return withoutSecrets(shown);
}

function collect(value: Node, name: string, isSecretPlace: boolean, secrets: Node[]): void {
  const isSecret = isSecretPlace || SECRET_PLACES.includes(name.toLowerCase());
  if (value.type === 'object') {
    for (const member of membersOf(value)) collect(member.value, member.name, isSecret, secrets);
  } else if (value.type === 'array') {
    for (const item of value.children ?? []) collect(item, name, isSecret, secrets);
  } else if (isSecret || SECRET_NAMES.includes(name.toLowerCase())) {
    secrets.push(value);
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
