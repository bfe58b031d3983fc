import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const NAME = 'docker-credential-openshift';

/**
 * The native front that engines start, which finds this program beside it in libexec.
 * @param program where the compiled program lies
 * @returns undefined: it was built without one, or its front is missing
 */
export function frontOf(program: string): string | undefined {
  const prefix = prefixOf(program);
  const places = prefix === undefined ? [] : [join(prefix, 'bin', NAME), join(prefix, NAME)];
  return places.find((path) => existsSync(path));
}

/** Where both lie; undefined where a front has no place: the program alone is what was built. */
function prefixOf(program: string): string | undefined {
  const directory = dirname(program);
  return basename(directory) === NAME && basename(dirname(directory)) === 'libexec'
    ? dirname(dirname(directory))
    : undefined;
}
