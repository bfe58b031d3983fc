import { existsSync } from 'node:fs';
import type { Engine } from '../../cli/doctor/check.ts';
import { type EngineState, filesOf } from '../../cli/doctor/engine-state.ts';
import type { DoctorArguments } from '../../cli/doctor/parse-arguments.ts';
import type { Examination } from '../../cli/doctor/run-doctor.ts';
import { heedsAuthConfig } from '../../engines/trace-docker.ts';
import { bindHost } from '../../registry/bind-host.ts';
import type { Place } from '../../storage/directories.ts';
import { once } from './asked-once.ts';
import { readOwnConfig } from './config.ts';
import { fixEngineFile, helperFinder, lookUp, readEngineState } from './engines.ts';
import { hostsToCheck } from './hosts.ts';
import { type LocalMachine, localChecks } from './local-checks.ts';
import { createNetwork } from './network.ts';
import { type NetworkMachine, networkChecks } from './network-checks.ts';
import { manifestByStored, readFileSecrets, refusedLogins, withRefused } from './stored-logins.ts';
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
  const network = createNetwork(here, subject, async () => (await hosts).hosts);
  const hosts = (async () => {
    const { hosts: named, anonymous } = await config;
    const { files } = await state;
    return hostsToCheck(subject, { named, anonymous, files, bindingOf, isClaimed: network.isClaimed });
  })();
  const secrets = once(() => readFileSecrets(here));
  const refused = once(async () => {
    const { ours, anonymous, unclaimed } = await hosts;
    return refusedLogins([...ours, ...anonymous, ...unclaimed], await secrets(), network);
  });
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
    fixOf: (path) => fixEngineFile(path, state, hosts, here),
    exists: existsSync,
  };
  const online: NetworkMachine = {
    here,
    network,
    isInstalled: machine.isInstalled,
    winnerOf: machine.winnerOf,
    fixOf: machine.fixOf,
    refusedLogins: refused,
    manifestByStored: async (host, image, sent) =>
      manifestByStored(host, image, sent, await secrets(), network),
  };
  return {
    checks: [...localChecks(machine), ...networkChecks(online)],
    hosts: () => hosts,
    lookups: async ({ engines }) => {
      if (subject.kind !== 'host' && subject.kind !== 'image') return [];
      const repository = subject.kind === 'image' ? subject.image.repository : undefined;
      const asked = { registry: subject.asked, repository };
      const read = await state;
      return Promise.all(
        engines.map(async (engine) => {
          const request = { engine, ...asked, isOnPath, ...found(engine, read) };
          return withRefused(lookUp(request, await versionOf(engine)), await refused());
        }),
      );
    },
  };
}

/** What an engine finds, of all that there is. */
function found(engine: Engine, state: EngineState) {
  return { ...state, files: filesOf(engine, state) };
}
