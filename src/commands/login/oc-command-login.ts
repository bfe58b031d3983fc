import { normaliseServerUrl } from '../../registry/server-url.ts';

/** What an `oc login` command logs in with. */
interface OcLogin {
  readonly token: string | undefined;
  /** Normalised; empty: one that can't be told; undefined: none is named. */
  readonly server: string | undefined;
}

/** The options of `oc login` that need no value (openshift/oc, pkg/cli/login; kubectl's own). */
const SWITCHES = [
  '--insecure-skip-tls-verify',
  '--web',
  '-w',
  '--disable-compression',
  '--warnings-as-errors',
];
/** Those of one value that have no say in which server it is. */
const WITH_VALUE = [
  ['--token'],
  ['--server', '-s'],
  ['--username', '-u'],
  ['--password', '-p'],
  ['--namespace', '-n'],
  ['--certificate-authority'],
  ['--loglevel', '-v', '--v'],
  ['--request-timeout'],
] as const;

/**
 * Reads an `oc login` command as oc does: options with `=`, a space or (short ones) nothing before their value, the last of
 * an option's counts, and a word of its own is the server. Where a word is not known it may be a server's, or say that one
 * is named elsewhere (`--context`): then the server can't be told.
 * @param typed words, as they stand between spaces; a prompt, `sudo` and variables before the command are passed over
 * @returns undefined if it is no such command
 */
export function ocCommandLogin(typed: readonly string[]): OcLogin | undefined {
  const words = typed.map(unquoted);
  const start = words.findIndex((word) => !/^(?:[$#>%]|sudo|\w+=.*)$/.test(word));
  const [command = '', verb, ...rest] = words.slice(Math.max(start, 0));
  if (!/^oc(?:\.exe)?$/.test(command.replace(/^.*[\\/]/, '')) || verb !== 'login') return undefined;
  const found = new Map<string, string>();
  const servers: string[] = [];
  let isClear = true;
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    const { name, value } = optionOf(word) ?? {};
    if (!word.startsWith('-')) servers.push(word);
    else if (name !== undefined && (value !== undefined || at + 1 < rest.length)) {
      found.set(name, value ?? unquoted(rest[++at] ?? ''));
    } else if (!SWITCHES.includes(word.replace(/=(?:true|false)$/, ''))) isClear = false;
  }
  const named = found.get('--server');
  const all = named === undefined ? servers : [...servers, named];
  const server = isClear && all.length <= 1 ? all[0] : '';
  return { token: found.get('--token'), server: server === undefined ? undefined : serverOf(server) };
}

/** @returns the long name of an option that has a value, and the value if it stands in the same word */
function optionOf(word: string): { name: string; value: string | undefined } | undefined {
  for (const [name, ...others] of WITH_VALUE) {
    for (const spelling of [name, ...others]) {
      if (word === spelling) return { name, value: undefined };
      if (word.startsWith(`${spelling}=`)) return { name, value: unquoted(word.slice(spelling.length + 1)) };
      const isShort = spelling.length === 2;
      if (isShort && word.startsWith(spelling)) return { name, value: unquoted(word.slice(2)) };
    }
  }
  return undefined;
}

/** Without a scheme oc takes https. Without a port, too, it takes one of its own: then the server can't be told. */
function serverOf(text: string): string {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return normaliseServerUrl(text) ?? '';
  return /:\d+\/?$/.test(text) ? (normaliseServerUrl(`https://${text}`) ?? '') : '';
}

function unquoted(word: string): string {
  return word.replaceAll(/^["']|["']$/g, '');
}
