import { COMMANDS, isCommand } from './commands.ts';
import {
  COMMON_OPTIONS,
  type CommandDeclaration,
  type Completion,
  type OptionDeclaration,
} from './declaration.ts';

/** What a shell may offer for a word; `file` stands for the shell's own way with file names. */
export type Offer = { readonly text: string; readonly does: string } | 'file';

/** Where the names come from that only this machine knows. */
export interface CompletionNames {
  hosts(): Promise<readonly string[]>;
  contexts(): Promise<readonly string[]>;
}

const BESIDES = { version: 'print version, commit, date and platform', help: 'say more of a command' };

/**
 * What the last word of a command line may become, by the commands' declarations. What is typed in vain gets no offer.
 * @param words those after the program's name, up to the one that is being typed, which may be empty
 */
export async function complete(words: readonly string[], names: CompletionNames): Promise<readonly Offer[]> {
  const [command = '', ...rest] = words;
  const typed = words.at(-1) ?? '';
  if (words.length <= 1 || (command === 'help' && words.length === 2)) {
    const commands = Object.values(COMMANDS).map(({ name, does }) => [name, does] as const);
    return startingWith(typed, words.length <= 1 ? [...commands, ...Object.entries(BESIDES)] : commands);
  }
  if (!isCommand(command)) return [];
  const declaration: CommandDeclaration = COMMANDS[command];
  const options: Readonly<Record<string, OptionDeclaration>> = { ...declaration.options, ...COMMON_OPTIONS };
  const before = rest.slice(0, -1);
  const valued = optionAwaitingValue(before, options);
  if (valued !== undefined) return offersFor(valued.completes, typed, names);
  if (typed.startsWith('-')) {
    const open = Object.entries(options).filter(
      ([name, { isRepeatable }]) => isRepeatable === true || !before.includes(`--${name}`),
    );
    return startingWith(
      typed,
      open.map(([name, { does }]) => [`--${name}`, does] as const),
    );
  }
  const place = positionalsIn(before, options);
  const word = declaration.words[place] ?? declaration.words.at(-1);
  const isPast = place >= declaration.words.length && word?.isRepeatable !== true;
  return isPast ? [] : offersFor(word?.completes, typed, names);
}

function startingWith(typed: string, rows: readonly (readonly [text: string, does: string])[]): Offer[] {
  return rows.filter(([text]) => text.startsWith(typed)).map(([text, does]) => ({ text, does }));
}

async function offersFor(
  completes: Completion | undefined,
  typed: string,
  names: CompletionNames,
): Promise<readonly Offer[]> {
  switch (completes) {
    case undefined:
      return [];
    case 'file':
      return ['file'];
    case 'host':
      return startingWith(
        typed,
        (await names.hosts()).map((host) => [host, 'registry host'] as const),
      );
    case 'context':
      return startingWith(
        typed,
        (await names.contexts()).map((name) => [name, 'context'] as const),
      );
    default:
      return startingWith(
        typed,
        completes.map((text) => [text, ''] as const),
      );
  }
}

function optionAwaitingValue(
  before: readonly string[],
  options: Readonly<Record<string, OptionDeclaration>>,
): OptionDeclaration | undefined {
  const last = before.at(-1) ?? '';
  const option = Object.entries(options).find(
    ([name, { short }]) => last === `--${name}` || (short !== undefined && last === `-${short}`),
  )?.[1];
  return option?.value === undefined ? undefined : option;
}

/** How many words of those before are neither options nor their values. */
function positionalsIn(
  before: readonly string[],
  options: Readonly<Record<string, OptionDeclaration>>,
): number {
  return before.filter(
    (word, at) => !word.startsWith('-') && optionAwaitingValue(before.slice(0, at), options) === undefined,
  ).length;
}

/**
 * The lines that the scripts in packaging/completions read: an offer, a tab and what it does; `:file` where the shell
 * completes names of files itself. An offer that would break a line, or the shell's, is left out.
 */
export function completionLines(offers: readonly Offer[]): readonly string[] {
  return offers.flatMap((offer) => {
    if (offer === 'file') return [':file'];
    return /^[\w@%+=:,./~-]+$/.test(offer.text) ? [`${offer.text}\t${offer.does}`] : [];
  });
}
