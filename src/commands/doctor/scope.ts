import type { AuthFile } from '../../engines/engine-state.ts';
import type { Engine } from '../../engines/engines.ts';
import type { Resolution } from '../../engines/lookup/resolve-image.ts';
import { hubByOneName, OUR_HELPER } from '../../registry/engine-names.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import { readConsoleUrl } from '../../registry/server-url.ts';
import type { Subject } from './arguments.ts';
import type { Machine } from './machine.ts';

/** What one or both engines ask for, and look at as a whole. */
export interface Target {
  readonly engines: readonly Engine[];
  readonly subject: Subject;
  readonly hosts: readonly string[];
  /** The registry before registries.conf leads elsewhere; undefined: of more than one host. */
  readonly named: string | undefined;
}

/** Registry hosts, normalised, by whose they are. */
export interface CheckedHosts {
  /** All to look at: the subject's own, or all that are linked to a cluster, or named in engines' files and a cluster's. */
  readonly hosts: readonly string[];
  /**
   * Those of them that are this helper's: linked by config, environment or catalogue, named for it in an engine's file, or
   * the current context's cluster's own by its word. Only what concerns these and the next may be fixed.
   */
  readonly ours: readonly string[];
  /** Those that the config keeps anonymous: no login is to be sent there. */
  readonly anonymous: readonly string[];
  /** Those that may be a cluster's, and nothing says whose: logins for them are told of, and not fixed. */
  readonly unclaimed: readonly string[];
}

/** @returns what the engines ask for, each thing once, with who does */
export function targetsOf(asked: readonly Resolution[]): readonly Target[] {
  const targets = new Map<string, Target>();
  for (const { engine, places } of asked) {
    for (const { named, asked: place } of places) {
      const repository = place.kind === 'image' ? place.image.repository : '';
      const key = [named.host, place.asked, repository].join(' ');
      const engines = [...(targets.get(key)?.engines ?? []), engine];
      targets.set(key, { engines, subject: place, hosts: [place.host], named: named.host });
    }
  }
  return [...targets.values()];
}

/** @returns those that count: of engines that ask for different things, those that are there, if any is */
export async function countedOf(
  asked: readonly Resolution[],
  isInstalled: (engine: Engine) => Promise<boolean>,
): Promise<readonly Resolution[]> {
  if (targetsOf(asked).every(({ engines }) => engines.length === asked.length)) return asked;
  const installed = await Promise.all(asked.map(({ engine }) => isInstalled(engine)));
  const there = asked.filter((_, index) => installed[index]);
  return there.length === 0 ? asked : there;
}

type Whose = 'ours' | 'anonymous' | 'unclaimed' | 'foreign';

/**
 * The hosts to look at: those that engines ask for the subject; else all that the config names, that a file names the
 * helper for, and that a file holds a login for and that the catalogue or the cluster says are a cluster's:
 * `oc registry login` leaves those.
 * @param asked what engines ask for the subject, if it is a host or an image
 */
export async function hostsToCheck(
  subject: Subject,
  asked: readonly string[],
  files: readonly AuthFile[],
  read: Pick<Machine, 'readConfig' | 'bindingOf' | 'isClaimed'>,
): Promise<CheckedHosts> {
  const served = helperHosts(files);
  if (subject.kind !== 'all') {
    const hosts = subject.kind === 'console' ? [readConsoleUrl(subject.url).registry ?? []].flat() : asked;
    const kinds = await Promise.all(hosts.map((host) => whose(host, read)));
    const those = (kind: Whose) =>
      hosts.filter((host, index) => {
        const own = kinds[index] !== 'anonymous' && served.includes(host) ? 'ours' : kinds[index];
        return own === kind;
      });
    return { hosts, ours: those('ours'), anonymous: those('anonymous'), unclaimed: those('unclaimed') };
  }
  // What is wrong with the config is told by the check that looks at it.
  const nothing: readonly string[] = [];
  const config = await read.readConfig().catch(() => ({ hosts: nothing, anonymous: nothing }));
  const { hosts: named, anonymous } = config;
  const sure = [...new Set([...named, ...served])];
  const others = loginHosts(files).filter((host) => !sure.includes(host) && !anonymous.includes(host));
  const kinds = await Promise.all(others.map((host) => whose(host, read)));
  const those = (kind: Whose) => others.filter((_, index) => kinds[index] === kind);
  return {
    hosts: [...sure, ...those('ours')].sort(),
    ours: [...sure.filter((host) => !anonymous.includes(host)), ...those('ours')].sort(),
    anonymous: [...anonymous].sort(),
    unclaimed: those('unclaimed').sort(),
  };
}

/** Whose a host is: `unclaimed`: it may be a cluster's, and nothing says so. */
async function whose(host: string, read: Pick<Machine, 'bindingOf' | 'isClaimed'>): Promise<Whose> {
  const binding = await read.bindingOf(host);
  // The config names it, and what is wrong there keeps its login away.
  if (binding === undefined) return 'ours';
  const { kind } = binding;
  if (kind === 'anonymous' || kind === 'foreign') return kind;
  const isOurs =
    kind === 'bound' || kind === 'current' || (kind === 'by-claim' && (await read.isClaimed(host)));
  return isOurs ? 'ours' : 'unclaimed';
}

/** The hosts that a file names the helper for. */
function helperHosts(files: readonly AuthFile[]): readonly string[] {
  const keys = files.flatMap(({ helpers }) =>
    helpers.flatMap(({ key, helper }) => (helper === OUR_HELPER ? [key] : [])),
  );
  return hostsIn(keys.map(normaliseRegistryHost));
}

function loginHosts(files: readonly AuthFile[]): readonly string[] {
  const logins = files.flatMap((file) => file.logins.filter(({ secret }) => secret !== undefined));
  return hostsIn(logins.map(({ host }) => host ?? null));
}

function hostsIn(names: readonly (string | null)[]): readonly string[] {
  return [...new Set(names.flatMap((name) => (name === null ? [] : hubByOneName(name))))];
}
