import { isDeepStrictEqual } from 'node:util';
import { filesOf, type RegistriesConf, type Winner } from '../../engines/engine-state.ts';
import { descriptorOf, type Engine, familyOf } from '../../engines/engines.ts';
import { lookUp } from '../../engines/lookup/look-up.ts';
import { type Place, type Resolution, resolveImage } from '../../engines/lookup/resolve-image.ts';
import { programOf } from '../../registry/engine-names.ts';
import type { DoctorArguments, Subject } from './arguments.ts';
import { type Lookup, lookupsOf, withRefused } from './lookup.ts';
import type { Machine } from './machine.ts';
import type { ClusterContact, RefusedLogin } from './network-state.ts';
import { type CheckedHosts, countedOf, hostsToCheck, type Target, targetsOf } from './scope.ts';

/** What one run knows: what is looked at, and what can be read and asked, each thing once however many checks want it. */
export interface Facts extends Machine, CheckedHosts {
  readonly subject: Subject;
  /** The engines that the user wants looked at. */
  readonly engines: readonly Engine[];
  /** What the engines ask for; of more than one host, all of it is one. */
  readonly targets: readonly Target[];
  /** The registry before registries.conf leads elsewhere, where one target is looked at. */
  readonly named: string | undefined;
  /** What each engine that counts makes of what was typed. */
  readonly resolutions: readonly Resolution[];
  isInstalled(engine: Engine): Promise<boolean>;
  /** Whether an engine finds `docker-credential-NAME`. */
  isOnPath(helper: string): boolean;
  clusterContacts(): Promise<readonly ClusterContact[]>;
  /** Those of the logins in engines' files for all hosts to look at that their registries refuse. */
  refused(): Promise<readonly RefusedLogin[]>;
  /** Whose credentials an engine sends for an image; a repository of undefined: any of the registry. */
  winnerOf(engine: Engine, registry: string, repository: string | undefined): Promise<Winner>;
  /** What the engines will do for the subject; empty if it names no registry. */
  lookups(): Promise<readonly Lookup[]>;
}

/** Looks at the machine anew: every file is read once, and every server asked once, however many checks look at it. */
export async function gatherFacts(
  { subject, engines: named }: Pick<DoctorArguments, 'subject' | 'engines'>,
  machine: Machine,
): Promise<Facts> {
  const read = eachOnce(machine);
  const state = await read.engineState();
  const isInstalled = async (engine: Engine) => (await read.engineVersion(engine)).isInstalled;
  const isLookedAt = named.map(
    async (engine) => named.length === 1 || descriptorOf(engine).ifInstalled !== true || isInstalled(engine),
  );
  const those = await Promise.all(isLookedAt);
  const engines = named.filter((_, index) => those[index]);
  const isOnPath = (helper: string) =>
    read.findProgram(programOf(helper)).some(({ isExecutable }) => isExecutable);
  const all = isPlace(subject)
    ? engines.map((engine) => resolveImage(engine, subject, state.registriesConf))
    : [];
  const resolutions = await countedOf(all, isInstalled);
  const targets = targetsOf(resolutions);
  const asked = [...new Set(targets.flatMap(({ hosts }) => hosts))];
  const checked = await hostsToCheck(subject, asked, state.files, read);
  const whole: Target = { engines, subject, hosts: checked.hosts, named: undefined };
  const refused = () => read.refusedLogins([...checked.ours, ...checked.anonymous, ...checked.unclaimed]);
  const trace = async (
    engine: Engine,
    registry: string,
    repository: string | undefined,
    registriesConf: RegistriesConf,
  ) => {
    const { version } = await read.engineVersion(engine);
    const files = filesOf(engine, state);
    const request = { ...state, engine, version, registry, repository, files, registriesConf, isOnPath };
    return lookUp(request);
  };
  // What the checks are told to look at is what registries.conf leads to: it does so once.
  const conf = isPlace(subject) ? withoutDetours(state.registriesConf) : state.registriesConf;
  return {
    ...read,
    ...checked,
    subject,
    engines,
    named: undefined,
    targets: isPlace(subject) ? targets : [whole],
    resolutions,
    isInstalled,
    isOnPath,
    clusterContacts: () => read.contactClusters(checked.hosts, subject.kind === 'all'),
    refused,
    winnerOf: async (engine, registry, repository) =>
      (await trace(engine, registry, repository, conf)).winner,
    lookups: async () => {
      const lookupsBy = async (resolution: Resolution) =>
        lookupsOf(resolution, await read.engineVersion(resolution.engine), (registry, repository, isMirror) =>
          trace(resolution.engine, registry, repository, isMirror ? conf : state.registriesConf),
        );
      // Of a family, those that end otherwise than the one that it is spoken of by are told of, too.
      const lookups = all.map(async (resolution) => {
        const spoken = await lookupsBy(resolution);
        const members = familyOf(resolution.engine).filter((engine) => engine !== resolution.engine);
        const others = members.map(async (engine) => {
          if (!(await isInstalled(engine)) || !isPlace(subject)) return [];
          const its = await lookupsBy(resolveImage(engine, subject, state.registriesConf));
          return its.every(({ winner }, index) => isDeepStrictEqual(winner, spoken[index]?.winner))
            ? []
            : its;
        });
        return [...spoken, ...(await Promise.all(others)).flat()];
      });
      const dead = await refused();
      return (await Promise.all(lookups)).flat().map((lookup) => withRefused(lookup, dead));
    },
  };
}

function isPlace(subject: Subject): subject is Place {
  return subject.kind === 'host' || subject.kind === 'image';
}

function withoutDetours(conf: RegistriesConf): RegistriesConf {
  return { ...conf, tables: conf.tables.map((table) => ({ ...table, location: '', mirrors: [] })) };
}

/** @returns the same functions, each of which is called once for the same arguments, and remembers what it returned */
function eachOnce(machine: Machine): Machine {
  const once = (call: (...args: unknown[]) => unknown) => {
    const results = new Map<string, unknown>();
    return (...args: unknown[]) => {
      const key = JSON.stringify(args);
      if (!results.has(key)) results.set(key, call(...args));
      return results.get(key);
    };
  };
  const members = Object.entries(machine).map(([name, member]) => [
    name,
    typeof member === 'function' && !NEVER_KEPT.includes(name) ? once(member) : member,
  ]);
  return Object.fromEntries(members) as Machine;
}

/** What is to be told, or done, anew each time. */
const NEVER_KEPT: readonly string[] = ['nowMs', 'previewRepair', 'applyRepair'];
