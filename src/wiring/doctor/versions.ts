import type { EngineVersion } from '../../commands/doctor/machine.ts';
import { descriptorOf, ENGINES, type Engine, familyOf, rulesOf } from '../../engines/engines.ts';
import { findOnPath } from '../../engines/find-on-path.ts';
import type { Place } from '../../files/directories.ts';
import { runProgram } from '../run-program.ts';

/** `podman --version` takes 30 ms; it must not keep `doctor` waiting where it hangs. */
const VERSION_MS = 2000;

const OTHER_NAMES = new RegExp(`^(?:${ENGINES.join('|')})\\b`, 'i');

/** Asks an engine for its version. */
export async function engineVersion(engine: Engine, here: Place): Promise<EngineVersion> {
  const { program } = descriptorOf(engine);
  const path = pathOf(program, here);
  if (path === undefined) {
    const family = familyOf(engine).filter((name) => name !== engine && pathOf(name, here) !== undefined);
    const isInstalled = descriptorOf(engine).family === engine && family.length > 0;
    return assumed(engine, isInstalled, isInstalled ? `${family.join(' and ')} alone` : 'not installed');
  }
  const result = await runProgram(path, ['--version'], VERSION_MS);
  const text = result === 'missing' ? '' : result.stdout.trim();
  // The package podman-docker puts a `docker` there that is podman.
  const other = OTHER_NAMES.exec(text)?.[0].toLowerCase();
  if (other !== undefined && other !== program) return assumed(engine, false, `what is there is ${other}`);
  const [, version, major, minor] = /version v?((\d+)\.(\d+)[^\s,]*)/i.exec(text) ?? [];
  if (version === undefined) return assumed(engine, true, 'it does not tell its version');
  return { isInstalled: true, program: `${engine} ${version}`, version: [Number(major), Number(minor)] };
}

function assumed(engine: Engine, isInstalled: boolean, why: string): EngineVersion {
  const [major] = rulesOf(engine).since;
  return { isInstalled, program: `${engine} (${why}; as version ${major} does)`, version: undefined };
}

function pathOf(name: string, here: Place): string | undefined {
  return findOnPath(name, here).find(({ isExecutable }) => isExecutable)?.path;
}
