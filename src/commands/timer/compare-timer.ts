import { INSTALL_COMMAND } from './timer-ports.ts';

/** They differ from shell to shell, and a timer that has other ones still does its work. */
const PASSING = ['HOME', 'PATH', 'XDG_RUNTIME_DIR'];

/**
 * What differs between an installed file and the one that would be installed now.
 * @param nameOf what a line of the file sets: a variable's name, or words for a person
 * @returns names, each once, sorted; empty if the timer is up to date
 */
export function differences(
  installed: string,
  wanted: string,
  nameOf: (line: string) => string,
): readonly string[] {
  const [a, b] = [lines(installed), lines(wanted)];
  const changed = [...a.filter((line) => !b.includes(line)), ...b.filter((line) => !a.includes(line))];
  return [...new Set(changed.map(nameOf))].filter((name) => !PASSING.includes(name)).sort();
}

/** The sentence for a timer that is not up to date. */
export function outdated(what: string, changed: readonly string[]): string {
  return `${what} is not what would be installed now (${changed.join(', ')}). Run: ${INSTALL_COMMAND}`;
}

function lines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}
