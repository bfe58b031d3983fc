import { existsSync } from 'node:fs';
import type { CheckContext, Engine } from '../../cli/doctor/check.ts';
import { type EngineState, filesOf } from '../../cli/doctor/engine-state.ts';
import type { DoctorArguments } from '../../cli/doctor/parse-arguments.ts';
import type { Examination } from '../../cli/doctor/run-doctor.ts';
import type { Subject } from '../../cli/doctor/subject.ts';
import { OUR_HELPER } from '../../credential/helper-names.ts';
import { heedsAuthConfig } from '../../engines/trace-docker.ts';
import { type Binding, bindHost } from '../../registry/bind-host.ts';
import { readConsoleUrl } from '../../registry/console-url.ts';
import { hubByOneName } from '../../registry/docker-hub.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import type { Place } from '../../storage/directories.ts';
import { readOwnConfig } from './config.ts';
import { fixEngineFile, helperFinder, lookUp, readEngineState } from './engines.ts';
import { type LocalMachine, localChecks } from './local-checks.ts';
import { type NetworkMachine, networkChecks } from './network-checks.ts';
import { type EngineVersion, engineVersion } from './versions.ts';

/** Looks at the machine anew: every file is read once, however many checks look into it. */
export function examine({ subject }: DoctorArguments, here: Place): Examination {
  const config = readOwnConfig(here);
  const state = readEngineState(here);
  const isOnPath = helperFinder(here);
  const versions = new Map<Engine, Promise<EngineVersion>>();
  const versionOf = (engine: Engine) => {
    const version = versions.get(engine) ?? engineVersion(engine, here);
    versions.set(engine, version);
    return version;
  };
  const bindingOf = async (host: string) => bindHost(host, (await config).settingsOf(host));
  const hosts = (async () => hostsOf(subject, (await config).hosts, await state, bindingOf))();
  const ours = (async () => (await hosts).ours)();
  const machine: LocalMachine = {
    here,
    config,
    engineState: () => state,
    isOnPath,
    bindingOf,
    isInstalled: async (engine) => (await versionOf(engine)).isInstalled,
    heedsAuthConfig: async () => heedsAuthConfig((await versionOf('docker')).version),
    winnerOf: async (engine, registry, repository) => {
      const request = { engine, registry, repository, isOnPath, ...found(engine, await state) };
      return lookUp(request, await versionOf(engine)).winner;
    },
    fixOf: (path) => fixEngineFile(path, state, ours, here),
    exists: existsSync,
  };
  const network: NetworkMachine = {
    here,
    subject,
    hosts: (async () => (await hosts).hosts)(),
    isInstalled: machine.isInstalled,
    fixOf: machine.fixOf,
  };
  return {
    checks: [...localChecks(machine), ...networkChecks(network)],
    hosts: () => hosts,
    lookups: async ({ engines }) => {
      if (subject.kind !== 'host' && subject.kind !== 'image') return [];
      const repository = subject.kind === 'image' ? subject.image.repository : undefined;
      const asked = { registry: subject.asked, repository };
      const read = await state;
      return Promise.all(
        engines.map(async (engine) =>
          lookUp({ engine, ...asked, isOnPath, ...found(engine, read) }, await versionOf(engine)),
        ),
      );
    },
  };
}

/** What an engine finds, of all that there is. */
function found(engine: Engine, state: EngineState) {
  return { ...state, files: filesOf(engine, state) };
}

async function hostsOf(
  subject: Subject,
  bound: readonly string[],
  { files }: EngineState,
  bindingOf: (host: string) => Promise<Binding>,
): Promise<Pick<CheckContext, 'hosts' | 'ours'>> {
  const named = new Set(
    files.flatMap(({ helpers }) =>
      helpers.flatMap(({ key, helper }) => {
        const name = helper === OUR_HELPER ? normaliseRegistryHost(key) : null;
        return name === null ? [] : hubByOneName(name);
      }),
    ),
  );
  if (subject.kind === 'all') {
    const all = [...new Set([...bound, ...named])].sort();
    return { hosts: all, ours: all };
  }
  const host = subject.kind === 'console' ? readConsoleUrl(subject.url).registry : subject.host;
  if (host === undefined) return { hosts: [], ours: [] };
  const { kind } = await bindingOf(host);
  const isOurs = named.has(host) || kind === 'bound' || kind === 'current';
  return { hosts: [host], ours: isOurs ? [host] : [] };
}
