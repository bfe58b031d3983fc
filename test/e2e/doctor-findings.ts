import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { HelperHome } from './helper-home.ts';

/** What a check of `doctor` found, as `--json` tells it. */
export interface ToldFinding {
  readonly check: string;
  readonly status: string;
  readonly host: string | null;
  readonly code: string;
  readonly why: string;
  readonly effect: string | null;
  /** The command, or the sentence, that fixes it. */
  readonly fix: string | null;
}

type RawFinding = Omit<ToldFinding, 'fix'> & {
  readonly fix: { readonly run?: string; readonly do?: string } | null;
};

/** Puts an engine into the home that tells its version and does nothing else. */
export async function installEngine(home: HelperHome, name: 'docker' | 'podman'): Promise<void> {
  const path = join(home.directory, 'bin', name);
  await home.write(path, `#!/bin/sh\necho ${name} version 9.9.9\n`);
  chmodSync(path, 0o755);
}

/** Asks `doctor`, which tells no token. @returns the findings of one check, or of all */
export async function findingsOf(
  home: HelperHome & { readonly token?: string },
  words: readonly string[],
  check?: string,
): Promise<readonly ToldFinding[]> {
  const env = { ...home.env, PATH: `${home.directory}/bin:/nowhere` };
  const { stdout, stderr, status } = await home.run(['doctor', ...words, '--json'], '', { env });
  if (home.token !== undefined) assert.ok(!(stdout + stderr).includes(home.token));
  assert.doesNotMatch(stdout + stderr, /sha256~/);
  assert.ok(stdout !== '', `${status} ${stderr}`);
  const { findings } = JSON.parse(stdout) as { findings: readonly RawFinding[] };
  return findings
    .filter((finding) => check === undefined || finding.check === check)
    .map(({ fix, ...finding }) => ({ ...finding, fix: fix === null ? null : (fix.run ?? fix.do ?? '') }));
}
