import { asNamedForPodman, perAim } from '../../commands/doctor/asked-images.ts';
import type { Check } from '../../commands/doctor/check.ts';
import { type BindingsPorts, bindings } from '../../commands/doctor/checks/bindings.ts';
import { type BrokenFilesPorts, brokenFiles } from '../../commands/doctor/checks/broken-files.ts';
import { credsStore } from '../../commands/doctor/checks/creds-store.ts';
import { desktop } from '../../commands/doctor/checks/desktop.ts';
import {
  type DockerAuthConfigPorts,
  dockerAuthConfig,
} from '../../commands/doctor/checks/docker-auth-config.ts';
import { helperOnPath } from '../../commands/doctor/checks/helper-on-path.ts';
import { helperVersions, type ToldVersion } from '../../commands/doctor/checks/helper-versions.ts';
import { keychain } from '../../commands/doctor/checks/keychain.ts';
import { type NamedHelpersPorts, namedHelpers } from '../../commands/doctor/checks/named-helpers.ts';
import { ownConfig } from '../../commands/doctor/checks/own-config.ts';
import { ownDirectories as checkOwnDirectories } from '../../commands/doctor/checks/own-directories.ts';
import { registriesConf } from '../../commands/doctor/checks/registries-conf.ts';
import { registryAuthFile } from '../../commands/doctor/checks/registry-auth-file.ts';
import { type ShadowingLoginsPorts, shadowingLogins } from '../../commands/doctor/checks/shadowing-logins.ts';
import { type ShortNamePorts, shortName } from '../../commands/doctor/checks/short-name.ts';
import { staleLogins } from '../../commands/doctor/checks/stale-logins.ts';
import { timer } from '../../commands/doctor/checks/timer.ts';
import { timerState } from '../../commands/timer/run-timer.ts';
import type { StoredLogin } from '../../engines/engine-state.ts';
import { findOnPath } from '../../engines/find-on-path.ts';
import { configFile, type Place } from '../../files/directories.ts';
import { durationInWords } from '../../hosts/duration-in-words.ts';
import type { SecretPlace } from '../../hosts/secret-store.ts';
import { runProgram } from '../run-program.ts';
import { secretStore } from '../secret-store.ts';
import { selfCommand } from '../spawn-renewal.ts';
import { timerMachine } from '../timer.ts';
import type { DoctorConfig } from './config.ts';
import { isForeignProgram } from './is-foreign-program.ts';
import { ownDirectories } from './own-directories.ts';

/** This machine as the checks that need no network see it. */
export interface LocalMachine
  extends Pick<BindingsPorts, 'bindingOf'>,
    BrokenFilesPorts,
    NamedHelpersPorts,
    Pick<DockerAuthConfigPorts, 'heedsAuthConfig'>,
    Pick<ShadowingLoginsPorts, 'winnerOf'>,
    ShortNamePorts {
  readonly here: Place;
  readonly config: Promise<DoctorConfig>;
  isOnPath(helper: string): boolean;
  exists(path: string): boolean;
}

const HELPER = 'docker-credential-openshift';
/** It takes 5 ms; what takes this long is no version of this program. */
const VERSION_MS = 2000;
const KEYCHAIN_MS = 2000;
const LOGINCTL_MS = 2000;

/** The checks that need no network. */
export function localChecks(machine: LocalMachine): readonly Check[] {
  const { here, config } = machine;
  const self = selfCommand();
  const store = secretStore(
    here,
    async () => (await config).parsed,
    () => KEYCHAIN_MS,
  );
  const findProgram = async (name: string) => findOnPath(name, here);
  const ports = {
    ...machine,
    ...here,
    self,
    findProgram,
    endInWords,
    findHelper: () => findProgram(HELPER),
    versionOf,
    readConfig: async () => (await config).reading(),
    timerState: () => timerState(timerMachine(here)),
    lingers: () => lingers(here),
    keychainHealth: () => store.health(),
    storedLogins: () => store.list(),
    leftOver: () => store.leftOver(),
    configFile: configFile(here),
    ownDirectories: () => ownDirectories(here),
    unusableLogins: () => store.unusable(),
    secretPlace: async () => placeIn((await config).parsed),
  };
  return [
    { id: 'helper-on-path', run: () => helperOnPath(ports) },
    { id: 'helper-versions', run: () => helperVersions(ports) },
    { id: 'desktop', run: (context) => desktop(ports, context) },
    { id: 'own-config', run: () => ownConfig(ports) },
    { id: 'own-directories', run: () => checkOwnDirectories(ports) },
    { id: 'bindings', run: (context) => bindings(ports, context) },
    { id: 'broken-files', run: (context) => brokenFiles(ports, context) },
    { id: 'named-helpers', run: perAim((context) => namedHelpers(ports, context)) },
    { id: 'shadowing-logins', run: perAim((context) => shadowingLogins(ports, context)) },
    { id: 'stale-logins', run: (context) => staleLogins(ports, context) },
    { id: 'creds-store', run: (context) => credsStore(ports, context) },
    { id: 'docker-auth-config', run: (context) => dockerAuthConfig(ports, context) },
    { id: 'registry-auth-file', run: (context) => registryAuthFile(ports, context) },
    { id: 'registries-conf', run: (context) => registriesConf(ports, asNamedForPodman(context)) },
    { id: 'short-name', run: (context) => shortName(ports, context) },
    { id: 'keychain', run: () => keychain(ports) },
    { id: 'timer', run: () => timer(ports) },
  ];
}

/** Where the config wants typed secrets; what can't be read is told by the check that looks at the config. */
function placeIn(parsed: DoctorConfig['parsed']): SecretPlace {
  return typeof parsed === 'string' ? 'keychain' : (parsed.config.secrets ?? 'keychain');
}

/** The status of what the system does not run. */
const NOT_RUN = 126;

async function versionOf(path: string): Promise<ToldVersion> {
  const isForeign = isForeignProgram(path, process);
  // What the kernel hands on to an emulator runs all the same.
  const result = await runProgram(path, ['version'], VERSION_MS);
  if (result !== 'missing' && result.status === NOT_RUN) return { kind: 'not-run' };
  const [line = ''] = result === 'missing' ? [] : result.stdout.split('\n', 1);
  const version = line.trim();
  return /^docker-credential-openshift v\S+$/.test(version)
    ? { kind: 'told', version }
    : { kind: isForeign ? 'not-run' : 'silent' };
}

function endInWords({ secret }: StoredLogin): string {
  if (secret?.endsAtMs === undefined) return secret?.dead === true ? 'whose token was revoked' : '';
  const leftMs = secret.endsAtMs - Date.now();
  return leftMs <= 0
    ? `whose token ended ${durationInWords(-leftMs)} ago`
    : `whose token ends in ${durationInWords(leftMs)}`;
}

async function lingers({ platform, uid }: Place): Promise<boolean | undefined> {
  if (platform !== 'linux' || uid === undefined) return undefined;
  const result = await runProgram('loginctl', ['show-user', String(uid), '--property=Linger'], LOGINCTL_MS);
  const [, answer] = /^Linger=(yes|no)$/m.exec(result === 'missing' ? '' : result.stdout) ?? [];
  return answer === undefined ? undefined : answer === 'yes';
}
