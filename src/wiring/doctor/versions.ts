import type { Engine } from '../../engines/engine-state.ts';
import { findOnPath } from '../../engines/find-on-path.ts';
import type { Place } from '../../files/directories.ts';
import { runProgram } from '../run-program.ts';

/** An engine on this machine. */
export interface EngineVersion {
  readonly isInstalled: boolean;
  /** In words: `podman 4.3.1`. */
  readonly program: string;
  /** Of one that is not there, or does not say: the newest that is known. */
  readonly version: readonly [major: number, minor: number];
}

const NEWEST: Record<Engine, readonly [number, number]> = { docker: [29, 0], podman: [5, 0] };
/** `podman --version` takes 30 ms; it must not keep `doctor` waiting where it hangs. */
const VERSION_MS = 2000;

/** Asks an engine for its version. */
export async function engineVersion(engine: Engine, here: Place): Promise<EngineVersion> {
  const path = pathOf(engine, here);
  if (path === undefined) {
    const family = engine === 'podman' ? ['buildah', 'skopeo'].filter((name) => pathOf(name, here)) : [];
    const isInstalled = family.length > 0;
    return assumed(engine, isInstalled, isInstalled ? `${family.join(' and ')} alone` : 'not installed');
  }
  const result = await runProgram(path, ['--version'], VERSION_MS);
  const text = result === 'missing' ? '' : result.stdout.trim();
  // The package podman-docker puts a `docker` there that is podman.
  if (engine === 'docker' && /podman/i.test(text)) return assumed(engine, false, 'what is there is podman');
  const [, version, major, minor] = /version v?((\d+)\.(\d+)[^\s,]*)/i.exec(text) ?? [];
  if (version === undefined) return assumed(engine, true, 'it does not tell its version');
  return { isInstalled: true, program: `${engine} ${version}`, version: [Number(major), Number(minor)] };
}

function assumed(engine: Engine, isInstalled: boolean, why: string): EngineVersion {
  const version = NEWEST[engine];
  return { isInstalled, program: `${engine} (${why}; as version ${version[0]} does)`, version };
}

function pathOf(name: string, here: Place): string | undefined {
  return findOnPath(name, here).find(({ isExecutable }) => isExecutable)?.path;
}
