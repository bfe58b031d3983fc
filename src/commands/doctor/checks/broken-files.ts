import { type AuthFile, type EngineState, filesOf } from '../../../engines/engine-state.ts';
import type { Engine } from '../../../engines/engines.ts';
import { FILES_AS_HELPER } from '../../../hosts/helper-names.ts';
import { shellQuoted } from '../../../hosts/quoting.ts';
import type { CheckContext } from '../check.ts';
import type { Finding, Fix } from '../finding.ts';

export interface BrokenFilesPorts {
  engineState(): Promise<EngineState>;
  /** Mends what is ours to mend in a file. */
  fixOf(path: string): Fix;
}

/** Files of the engines that they can't read. */
export async function brokenFiles(
  { engineState, fixOf }: BrokenFilesPorts,
  { engines }: Pick<CheckContext, 'engines'>,
): Promise<readonly Finding[]> {
  const state = await engineState();
  const there = state.files.filter((file) => isThere(file) && readersOf(file, engines).length > 0);
  const broken = there.filter((file) => file.state !== 'read');
  const isRead = broken.every(({ current }) => !current);
  const count = there.length - broken.length;
  const who = engines.join(' and ');
  const have = engines.length > 1 ? 'have' : 'has';
  const ok: Finding = {
    status: 'ok',
    saw:
      count === 0
        ? `${who} ${have} no files yet`
        : `${who} can read ${engines.length > 1 ? 'their' : 'its'} files (${count})`,
  };
  return [
    ...(isRead ? [ok] : []),
    ...broken.flatMap((file) => describe(file, readersOf(file, engines), podmanFails(file, state), fixOf)),
  ];
}

function isThere({ state, fault }: AuthFile): boolean {
  return state !== 'absent' || fault !== undefined;
}

function readersOf({ readBy }: AuthFile, engines: readonly Engine[]): readonly Engine[] {
  return readBy.filter((engine) => engines.includes(engine));
}

function describe(
  { path, state, fault, failsFor, current }: AuthFile,
  readers: readonly Engine[],
  fails: string,
  fixOf: (path: string) => Fix,
): Finding[] {
  const status = statusOf(current);
  const podman = readers.includes('podman') ? [`podman, buildah and skopeo ${fails}`] : [];
  if (state === 'blank') {
    // docker takes an empty config.json for none.
    const mend = `echo '{}' > ${shellQuoted(path)}`;
    return podman.map((why) => ({ status, saw: `${path} is empty`, why, mend, fix: fixOf(path) }));
  }
  const saw = fault ?? `${path} can't be read`;
  if (state === 'absent') {
    const why = 'Engines take it for no file; setup and --fix can write none there';
    const mend = `Put a file where it leads, or take it away: rm ${shellQuoted(path)}`;
    return [{ status: 'warning', saw, why, mend }];
  }
  const failing = readers.filter((engine) => failsFor.includes(engine));
  const docker = failing.includes('docker')
    ? ['docker ignores the whole file, with every login and helper in it']
    : failsFor.length > 0 && readers.includes('docker')
      ? ['docker passes over that, and goes by the rest']
      : [];
  const why = [...docker, ...(failing.includes('podman') ? podman : [])].join('; ');
  const mend = `Mend ${path} there, or move it away: mv ${shellQuoted(path)} ${shellQuoted(`${path}.broken`)}`;
  if (failing.length > 0) return [{ status, saw, why, mend }];
  const readable = 'Engines read it all the same; setup and --fix leave it as it is';
  return [{ status: 'warning', saw, why: [readable, ...docker].join(': '), mend }];
}

/** podman reads one file after the other, up to the first login: what comes before may spare it the broken one. */
function podmanFails({ path }: AuthFile, state: EngineState): string {
  const [first] = filesOf('podman', state);
  const isFirst = first?.path === path && state.registriesConf.helpers[0] === FILES_AS_HELPER;
  return isFirst
    ? 'fail every pull for it'
    : 'fail every pull for which they find no login before they come to it';
}

/** What is read only with other variables may never be. */
function statusOf(current: boolean): 'problem' | 'warning' {
  return current ? 'problem' : 'warning';
}
