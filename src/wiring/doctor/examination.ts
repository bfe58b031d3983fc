import { existsSync } from 'node:fs';
import { aimsOf, countedOf } from '../../commands/doctor/asked-images.ts';
import type { DoctorArguments } from '../../commands/doctor/parse-arguments.ts';
import type { Examination } from '../../commands/doctor/run-doctor.ts';
import type { Subject } from '../../commands/doctor/subject.ts';
import type { EngineVersions } from '../../engines/engine-state.ts';
import { type EngineState, filesOf } from '../../engines/engine-state.ts';
import { ENGINES, type Engine, rulesOf } from '../../engines/engines.ts';
import { resolveImage } from '../../engines/lookup/resolve-image.ts';
import type { Place } from '../../files/directories.ts';
import { bindHost } from '../../registry/bind-host.ts';
import { once } from './asked-once.ts';
import { readOwnConfig } from './config.ts';
import {
  fixEngineFile,
  helperFinder,
  lookUp,
  lookUpAll,
  readEngineState,
  withoutDetours,
} from './engines.ts';
import { hostsToCheck } from './hosts.ts';
import { type LocalMachine, localChecks } from './local-checks.ts';
import { createNetwork } from './network.ts';
import { type NetworkMachine, networkChecks } from './network-checks.ts';
import { manifestByStored, readFileSecrets, refusedLogins, withRefused } from './stored-logins.ts';
import { type EngineVersion, engineVersion } from './versions.ts';

/** Looks at the machine anew: every file is read once, however many checks look into it. */
export function examine({ subject, engines }: DoctorArguments, here: Place): Examination {
  const config = readOwnConfig(here);
  const isOnPath = helperFinder(here);
  const versions = new Map<Engine, Promise<EngineVersion>>();
  const versionOf = (engine: Engine) => {
    const version = versions.get(engine) ?? engineVersion(engine, here);
    versions.set(engine, version);
    return version;
  };
  const state = (async () => readEngineState(here, await versionsOf(versionOf)))();
  const bindingOf = async (host: string) => bindHost(host, (await config).settingsOf(host));
  const isInstalled = async (engine: Engine) => (await versionOf(engine)).isInstalled;
  const network = createNetwork(here, subject, async () => (await hosts).hosts);
  const resolutions = once(async () => {
    const { registriesConf } = await state;
    return isPlace(subject) ? engines.map((engine) => resolveImage(engine, subject, registriesConf)) : [];
  });
  const counted = once(async () => countedOf(await resolutions(), isInstalled));
  const hosts = (async () => {
    const { hosts: named, anonymous } = await config;
    const { files } = await state;
    const found = aimsOf(await counted());
    const asked = [...new Set(found.flatMap((aim) => aim.hosts))];
    const isClaimed = network.isClaimed;
    const checked = await hostsToCheck(subject, { named, anonymous, files, asked, bindingOf, isClaimed });
    const whole = { engines, subject, hosts: checked.hosts, named: undefined };
    return { ...checked, aims: isPlace(subject) ? found : [whole] };
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
    isInstalled,
    resolutions: counted,
    heedsAuthConfig: async () =>
      rulesOf('docker', (await versionOf('docker')).version).loginVariable !== undefined,
    winnerOf: async (engine, registry, repository) => {
      const read = await state;
      // What the checks are told to look at is what registries.conf leads to.
      const registriesConf = isPlace(subject) ? withoutDetours(read.registriesConf) : read.registriesConf;
      const request = { engine, registry, repository, isOnPath, ...found(engine, read), registriesConf };
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
    lookups: async () => {
      const read = await state;
      const looked = await Promise.all(
        (await resolutions()).map(async (resolution) => {
          const { engine } = resolution;
          const version = await versionOf(engine);
          return lookUpAll(resolution, { isOnPath, ...found(engine, read) }, version);
        }),
      );
      return Promise.all(looked.flat().map(async (lookup) => withRefused(lookup, await refused())));
    },
  };
}

/** Of all engines: whose files they are depends on it. */
async function versionsOf(versionOf: (engine: Engine) => Promise<EngineVersion>): Promise<EngineVersions> {
  const versions = await Promise.all(
    ENGINES.map(async (engine) => [engine, (await versionOf(engine)).version]),
  );
  return Object.fromEntries(versions) as EngineVersions;
}

function isPlace(subject: Subject): subject is Extract<Subject, { kind: 'host' | 'image' }> {
  return subject.kind === 'host' || subject.kind === 'image';
}

/** What an engine finds, of all that there is. */
function found(engine: Engine, state: EngineState) {
  return { ...state, files: filesOf(engine, state) };
}
