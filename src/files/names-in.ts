import { readdirSync } from 'node:fs';

/** @returns the names in a directory, sorted; none where it is not there, or closed to this user */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    // Nothing was kept there yet, or it is not ours to look into: nothing is known of what it holds.
    return [];
  }
}
