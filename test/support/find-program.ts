import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is on PATH; undefined: it is not installed. */
export function findProgram(name: string): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, name));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      // Not in this directory.
      return false;
    }
  });
}

/**
 * Name and options of a test: one that can't run here is skipped with the reason in its name.
 * @param needed programs that must be on PATH
 */
export function testWith(
  needed: readonly string[],
  title: string,
): [name: string, options: { skip: boolean }] {
  const missing = needed.filter((name) => findProgram(name) === undefined);
  return missing.length === 0
    ? [title, { skip: false }]
    : [`${title} (skipped: needs ${missing.join(', ')})`, { skip: true }];
}
