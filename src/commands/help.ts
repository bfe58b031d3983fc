import { COMMANDS, VERBS } from './commands.ts';
import {
  COMMON_OPTIONS,
  type CommandDeclaration,
  ENVIRONMENT_VARIABLES,
  type OptionDeclaration,
} from './declaration.ts';

/** As wide as the narrowest terminal that people use. */
const COLUMNS = 80;
const PROGRAM = 'docker-credential-openshift';
/** Where a person who met one finds what it means. */
export const ABOUT_CODES =
  'What is wrong is said with a code in brackets, such as [token-expired]: docs/errors.md explains each of them.';
/** How far names go before what they mean begins in a line of its own. */
const LONGEST_NAME = 24;

/** @returns what `help` prints: every command, the protocol's verbs and every environment variable */
export function help(): string {
  const commands = Object.values(COMMANDS).map(({ name, does }) => [name, does] as const);
  return [
    paragraph(
      `${PROGRAM} answers docker, podman, buildah and skopeo with a fresh token of the OpenShift cluster that owns the registry, or tells them to go on anonymously.`,
    ),
    `Usage: ${PROGRAM} COMMAND [options]`,
    section('Commands', [
      ...commands,
      ['help COMMAND', 'say more of a command; also COMMAND --help, COMMAND -h'],
      ['version', 'print version, commit, date and platform; also --version, -V'],
    ]),
    section('The protocol, which engines speak (what is read from stdin)', Object.entries(VERBS)),
    section('Environment', Object.entries(ENVIRONMENT_VARIABLES)),
    exampleSection([
      [`${PROGRAM} setup`, 'find the registries of your clusters and set them up'],
      [`${PROGRAM} status`, 'show whose login each registry host gets'],
      [`echo registry.example.com | ${PROGRAM} get`, 'what an engine asks'],
    ]),
    paragraph(ABOUT_CODES),
  ].join('\n\n');
}

/** @returns what `COMMAND --help` prints */
export function helpOf(declaration: CommandDeclaration): string {
  const { does, details, words, options, environment, examples, exitStatuses } = declaration;
  const inWords = Object.entries({ ...options, ...COMMON_OPTIONS }).map(
    ([name, option]) => [optionInWords(name, option), option.does] as const,
  );
  return [
    usageOf(declaration),
    paragraph(`${does.slice(0, 1).toUpperCase()}${does.slice(1)}.`),
    ...details.map(paragraph),
    ...(words.length === 0
      ? []
      : [
          section(
            'Arguments',
            words.map((word) => [word.name, word.does] as const),
          ),
        ]),
    section('Options', inWords),
    section(
      'Environment',
      environment.map((name) => [name, ENVIRONMENT_VARIABLES[name]]),
    ),
    exampleSection(examples.map(({ run, does: effect }) => [`${PROGRAM} ${run}`, effect])),
    section('Exit status', [...Object.entries(exitStatuses), ['2', 'a wrong command line']]),
  ].join('\n\n');
}

/** @returns how a command is typed, for whoever typed it wrongly */
export function usageOf({ usage }: CommandDeclaration): string {
  const indent = ' '.repeat('Usage: '.length);
  const ways = usage.flatMap((way) => {
    const [first = '', ...rest] = wrap(partsOf(`${PROGRAM} ${way}`), COLUMNS - indent.length - 4);
    return [first, ...rest.map((line) => `    ${line}`)];
  });
  return `Usage: ${ways.join(`\n${indent}`)}`;
}

/** @returns `-y, --yes` or `--to FILE` */
function optionInWords(name: string, { short, value, isRepeatable }: OptionDeclaration): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}${isRepeatable ? '...' : ''}`;
  return short === undefined ? long : `-${short}, ${long}`;
}

function section(title: string, rows: readonly (readonly [name: string, does: string])[]): string {
  const longest = Math.max(
    ...rows.map(([name]) => name.length).filter((length) => length <= LONGEST_NAME),
    0,
  );
  const column = longest + 4;
  const lines = rows.flatMap(([name, does]) => {
    const text = wrap(does.split(' '), COLUMNS - column);
    const indented = text.map((line) => ' '.repeat(column) + line);
    if (name.length > longest) return [`  ${name}`, ...indented];
    return [`  ${name.padEnd(longest)}  ${text[0] ?? ''}`, ...indented.slice(1)];
  });
  return [`${title}:`, ...lines].join('\n');
}

/** A long example goes on in a second line, as a shell takes it. */
function exampleSection(rows: readonly (readonly [run: string, does: string])[]): string {
  const lines = rows.flatMap(([run, does]) => {
    const words = wrap(partsOf(run), COLUMNS - 6);
    return [`  ${words.join(' \\\n    ')}`, `      ${does}`];
  });
  return ['Examples:', ...lines].join('\n');
}

/** What stands in brackets stays together, and an option with its value. */
function partsOf(text: string): string[] {
  return text.match(/\[[^[\]]*(?:\[[^[\]]*\][^[\]]*)*\](?:\.{3})?|--[\w-]+(?: [^\s[|-]\S*)?|\S+/g) ?? [];
}

function paragraph(text: string): string {
  return wrap(text.split(' '), COLUMNS).join('\n');
}

/** @returns the words in lines of so many columns at most; a word that is longer stays whole */
export function wrap(words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
