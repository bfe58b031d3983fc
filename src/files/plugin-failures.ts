import { createHash } from 'node:crypto';
import type { ExecPlugin } from '../hosts/identity.ts';
import { readPrivateFile } from './hot-files.ts';
import { writePrivateFile } from './private-directory.ts';
import { removeFile } from './remove-file.ts';

/** How long a plugin that failed is left alone. */
const PLUGIN_LEFT_ALONE_MS = 10 * 60_000;

function failureFile(cache: string, plugin: ExecPlugin): string {
  return `${cache}/failures/${createHash('sha256').update(JSON.stringify(plugin)).digest('hex').slice(0, 32)}.json`;
}

/**
 * @param cache our cache directory; null: nothing is remembered
 * @returns what the plugin failed of, if that was less than ten minutes ago
 */
export function recentFailure(
  cache: string | null,
  plugin: ExecPlugin,
  uid: number | undefined,
  nowMs: number,
): string | undefined {
  const text = cache === null ? null : readPrivateFile(failureFile(cache, plugin), uid, 64 * 1024);
  if (text === null) return undefined;
  try {
    const { atMs, message } = JSON.parse(text) as { atMs: number; message: string };
    return nowMs >= atMs && nowMs - atMs < PLUGIN_LEFT_ALONE_MS ? String(message) : undefined;
  } catch {
    // Cut short by a full disk: the plugin is worth a try.
    return undefined;
  }
}

/** Remembers a failure across processes. */
export async function noteFailure(
  cache: string | null,
  plugin: ExecPlugin,
  message: string,
  uid: number | undefined,
  nowMs: number,
): Promise<void> {
  if (cache === null) return;
  await writePrivateFile(failureFile(cache, plugin), JSON.stringify({ atMs: nowMs, message }), uid, false);
}

/** Forgets a failure: a person ran the plugin, and it worked. @throws AppError naming the file, if it can't be removed */
export async function forgetFailure(cache: string | null, plugin: ExecPlugin): Promise<void> {
  if (cache !== null) await removeFile(failureFile(cache, plugin));
}
