import { watch } from 'node:fs/promises';

/**
 * Looks at what is in a directory, at once and whenever something changes there, until it is as it is to be.
 * @param look undefined: not yet
 * @returns what `look` returned in the end
 */
export async function onceChanged<T>(
  directory: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const abort = new AbortController();
  // Watching starts before the first look, so that nothing falls between the two.
  const changes = watch(directory, { signal: abort.signal })[Symbol.asyncIterator]();
  try {
    for (;;) {
      const changed = changes.next();
      // The last wait is given up on purpose.
      changed.catch(() => {});
      const found = await look();
      if (found !== undefined) return found;
      await changed;
    }
  } finally {
    abort.abort();
  }
}
