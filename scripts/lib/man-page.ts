import { COMMANDS, VERBS } from '../../src/commands/commands.ts';
import {
  COMMON_OPTIONS,
  type CommandDeclaration,
  ENVIRONMENT_VARIABLES,
  type OptionDeclaration,
} from '../../src/commands/declaration.ts';
import { ABOUT_CODES } from '../../src/commands/help.ts';

const NAME = 'docker-credential-openshift';

/**
 * The manual page, from the declarations that help and completions come from.
 * @param version such as `0.1.0`
 * @param date such as `2026-11-29`
 * @returns roff in the man(7) macros
 */
export function manPage(version: string, date: string): string {
  return [
    `.TH ${NAME.toUpperCase()} 1 "${date}" "${NAME} ${version}" "User Commands"`,
    '.SH NAME',
    roff(`${NAME} - a docker credential helper for the registries of OpenShift clusters`),
    '.SH SYNOPSIS',
    `.B ${roff(NAME)}`,
    '.I COMMAND',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    roff(
      `Answers docker, podman, buildah and skopeo with a fresh token of the OpenShift cluster that owns the registry, taken or minted from the current oc context, or tells them to go on anonymously. A stale token never blocks a public pull.`,
    ),
    '.SH COMMANDS',
    ...Object.values(COMMANDS).flatMap(commandSection),
    '.SH PROTOCOL',
    roff('Engines start the program with one of these verbs; what it reads from standard input comes first:'),
    ...Object.entries(VERBS).flatMap(([verb, does]) => tagged(bold(verb), does)),
    '.SH ENVIRONMENT',
    ...Object.entries(ENVIRONMENT_VARIABLES).flatMap(([name, does]) => tagged(bold(name), does)),
    '.SH FILES',
    ...tagged(`${italic('~/.config/docker-credential-openshift/config.yaml')}`, 'its own config'),
    ...tagged(italic('~/.docker/config.json'), "docker's config, in which setup names the helper"),
    ...tagged(italic('~/.config/containers/auth.json'), "podman's auth file, which setup leaves without one"),
    '.SH DIAGNOSTICS',
    roff(ABOUT_CODES),
    '.SH SEE ALSO',
    `${bold('oc')}(1), ${bold('podman-login')}(1), ${bold('containers-auth.json')}(5), ${bold('docker')}(1)`,
    '',
  ].join('\n');
}

function commandSection(declaration: CommandDeclaration): string[] {
  const { name, does, details, usage, words, options, examples, exitStatuses } = declaration;
  const all: Readonly<Record<string, OptionDeclaration>> = { ...options, ...COMMON_OPTIONS };
  return [
    `.SS ${roff(name)}`,
    roff(`${does.slice(0, 1).toUpperCase()}${does.slice(1)}.`),
    ...details.flatMap((text) => ['.PP', roff(text)]),
    '.PP',
    '.nf',
    ...usage.map((way) => roff(`${NAME} ${way}`)),
    '.fi',
    ...words.flatMap((word) => tagged(italic(word.name), word.does)),
    ...Object.entries(all).flatMap(([option, each]) => tagged(optionTag(option, each), each.does)),
    '.PP',
    'Exit status:',
    ...Object.entries({ ...exitStatuses, 2: 'a wrong command line' }).flatMap(([status, means]) =>
      tagged(bold(status), means),
    ),
    ...(examples.length === 0 ? [] : ['.PP', 'Examples:']),
    ...examples.flatMap(({ run, does: effect }) => tagged(roff(`${NAME} ${run}`), effect)),
  ];
}

function optionTag(name: string, { short, value }: OptionDeclaration): string {
  const long = value === undefined ? bold(`--${name}`) : `${bold(`--${name}`)} ${italic(value)}`;
  return short === undefined ? long : `${bold(`-${short}`)}, ${long}`;
}

function tagged(tag: string, text: string): string[] {
  return ['.TP', tag, roff(text)];
}

const bold = (text: string): string => `\\fB${escaped(text)}\\fR`;
const italic = (text: string): string => `\\fI${escaped(text)}\\fR`;

/** A line of text: no control line, and every hyphen is the one that can be copied. */
function roff(text: string): string {
  const line = escaped(text);
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga');
}
