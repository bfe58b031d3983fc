import type { CheckedHosts } from '../../commands/doctor/check.ts';
import type { Subject } from '../../commands/doctor/subject.ts';
import type { AuthFile } from '../../engines/engine-state.ts';
import { OUR_HELPER } from '../../hosts/helper-names.ts';
import type { Binding } from '../../registry/bind-host.ts';
import { readConsoleUrl } from '../../registry/console-url.ts';
import { hubByOneName } from '../../registry/docker-hub.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';

/** What tells whose a host is. */
export interface HostPorts {
  /** The hosts that config and environment name, and those of them that are to be anonymous. */
  readonly named: readonly string[];
  readonly anonymous: readonly string[];
  readonly files: readonly AuthFile[];
  /** The hosts that engines ask for the subject, if it is a host or an image. */
  readonly asked: readonly string[];
  /** Where a host belongs, as far as config, environment and catalogue say. */
  bindingOf(host: string): Promise<Binding>;
  /** Whether the current context's cluster calls the host its registry. */
  isClaimed(host: string): Promise<boolean>;
}

/**
 * The hosts to look at: those that engines ask for the subject; else all that the config binds, that a file names the
 * helper for, and that a file holds a login for and that the catalogue or the cluster says are a cluster's:
 * `oc registry login` leaves those.
 */
export async function hostsToCheck(subject: Subject, ports: HostPorts): Promise<Omit<CheckedHosts, 'aims'>> {
  const { named, anonymous, files } = ports;
  const served = helperHosts(files);
  if (subject.kind === 'all') {
    const sure = [...new Set([...named, ...served])];
    const others = loginHosts(files).filter((host) => !sure.includes(host) && !anonymous.includes(host));
    const kinds = await Promise.all(others.map(async (host) => ({ host, kind: await kindOf(host, ports) })));
    const ours = kinds.flatMap(({ host, kind }) => (kind === 'ours' ? [host] : []));
    return {
      hosts: [...sure, ...ours].sort(),
      ours: [...sure.filter((host) => !anonymous.includes(host)), ...ours].sort(),
      anonymous: [...anonymous].sort(),
      unclaimed: kinds.flatMap(({ host, kind }) => (kind === 'unclaimed' ? [host] : [])).sort(),
    };
  }
  const hosts =
    subject.kind === 'console' ? [readConsoleUrl(subject.url).registry ?? []].flat() : ports.asked;
  const kinds = await Promise.all(
    hosts.map(async (host) => {
      const kind = await kindOf(host, ports);
      return { host, kind: kind !== 'anonymous' && served.includes(host) ? 'ours' : kind };
    }),
  );
  const those = (kind: string) => kinds.flatMap((one) => (one.kind === kind ? [one.host] : []));
  return { hosts, ours: those('ours'), anonymous: those('anonymous'), unclaimed: those('unclaimed') };
}

/** Whose a host is: `unclaimed`: it may be a cluster's, and nothing says so. */
async function kindOf(
  host: string,
  { bindingOf, isClaimed }: HostPorts,
): Promise<'ours' | 'anonymous' | 'unclaimed' | 'foreign'> {
  const { kind } = await bindingOf(host);
  if (kind === 'anonymous' || kind === 'foreign') return kind;
  const isOurs = kind === 'bound' || kind === 'current' || (kind === 'by-claim' && (await isClaimed(host)));
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
  return hostsIn(
    files.flatMap(({ logins }) =>
      logins.map(({ host, secret }) => (secret === undefined ? null : (host ?? null))),
    ),
  );
}

function hostsIn(names: readonly (string | null)[]): readonly string[] {
  return [...new Set(names.flatMap((name) => (name === null ? [] : hubByOneName(name))))];
}
