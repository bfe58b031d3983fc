import { parseArgs } from 'node:util';
import { closestName } from '../config/closest-name.ts';
import { shownArgument } from '../hosts/quoting.ts';
import { AppError, describeError, holdsSecret } from '../hosts/reason.ts';
import type { Printer } from '../process/terminal.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { COMMON_OPTIONS, type CommandDeclaration, type OptionDeclaration } from './declaration.ts';
import { usageOf } from './help.ts';

type Options = CommandDeclaration['options'];

/** What the options of a declaration come to: a text, several, or true. */
type Values<Declared extends Options> = {
  readonly [Name in keyof Declared]?: Declared[Name] extends { value: string }
    ? Declared[Name] extends { isRepeatable: true }
      ? readonly string[]
      : string
    : true;
};

/**
 * The words after a command's name, as its declaration has them.
 * @returns them, or what is wrong with them, in one sentence that repeats no secret
 */
export function parseWords<const Declared extends Options>(
  args: readonly string[],
  { options }: { readonly options: Declared },
): { readonly values: Values<Declared>; readonly positionals: readonly string[] } | string {
  const declared: Options = { ...options, ...COMMON_OPTIONS };
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(declared).map(([name, { value, short, isRepeatable = false }]) => [
        name,
        {
          type: value === undefined ? 'boolean' : 'string',
          multiple: isRepeatable,
          ...(short === undefined ? {} : { short }),
        },
      ]),
    ),
    allowPositionals: true,
    // What is wrong is said in our words, which name the option that was meant.
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(declared, token.name) ? declared[token.name] : undefined;
    const problem = option === undefined ? unknown(token.rawName, declared) : misused(token, option);
    if (problem !== undefined) return problem;
  }
  return { values: values as Values<Declared>, positionals };
}

function unknown(typed: string, declared: Options): string {
  // Not repeated, unless it can only be the name of an option: it may be a token or a password.
  if (!/^--?[A-Za-z][a-z-]{0,30}$/.test(typed)) return 'There is no such option.';
  const meant = closestName(typed.replace(/^--/, ''), Object.keys(declared));
  return `There is no option ${typed}.${meant === undefined ? '' : ` Did you mean --${meant}?`}`;
}

function misused(
  token: { rawName: string; value: string | undefined; inlineValue: boolean | undefined },
  { value: named }: OptionDeclaration,
): string | undefined {
  const { rawName, value, inlineValue } = token;
  if (named === undefined) return value === undefined ? undefined : `${rawName} takes no value.`;
  // What looks like another option is one, unless it is written behind `=`.
  const isLost = value === undefined || (inlineValue !== true && /^-./.test(value));
  return isLost || value === '' ? `${rawName} needs a value: ${named}.` : undefined;
}

/** @returns what to say where the first word of a command is none of its actions, with the one that was probably meant */
export function noAction(typed: string | undefined, actions: readonly string[]): string {
  if (typed === undefined || typed === '') return `Say what to do: ${actions.join(', ')}.`;
  const meant = closestName(typed, actions);
  const instead = meant === undefined ? `Choose one of ${actions.join(', ')}.` : `Did you mean ${meant}?`;
  return `${shownArgument(typed)} is not one of its actions. ${instead}`;
}

/** @returns the registry hosts that were typed, each once; or which of the words is none, in one sentence */
export function parseHosts(words: readonly string[]): readonly string[] | string {
  const hosts = new Set<string>();
  for (const typed of words) {
    const host = normaliseRegistryHost(typed);
    if (host === null || holdsSecret(typed)) return `${shownArgument(typed)} is not a registry host.`;
    hosts.add(host);
  }
  return [...hosts];
}

/**
 * Runs a command as every command runs: what is wrong with its words is said with its usage, and an error that a person
 * can fix in one line.
 * @param parsed what `parseWords` and the command's own look made of its words, or what is wrong with them
 * @param carryOut the command itself; its result is the exit status
 * @returns the exit status: 1 for an error (said on stderr), 2 for a wrong command line
 */
export async function runAsCommand<Parsed extends object>(
  declaration: CommandDeclaration,
  parsed: Parsed | string,
  { printError }: Pick<Printer, 'printError'>,
  carryOut: (parsed: Parsed) => Promise<number>,
): Promise<number> {
  if (typeof parsed === 'string') {
    printError(parsed);
    printError(usageOf(declaration));
    return 2;
  }
  try {
    return await carryOut(parsed);
  } catch (error) {
    // Everything a person can fix is an AppError; the rest is a defect and goes up.
    if (!(error instanceof AppError)) throw error;
    printError(describeError(error));
    return 1;
  }
}
