import { findRegistries } from './find-registries.ts';
import type { NamedHost, SetupArguments } from './parse-setup.ts';
import type { HostSetup, SetupBinding, SetupPorts } from './setup-ports.ts';

/** What setup would do, before any file was looked at. */
export interface Proposal {
  readonly setups: readonly HostSetup[];
  /** A line for each host: whose login it gets. */
  readonly lines: readonly string[];
  /** What the person should know before agreeing. */
  readonly warnings: readonly string[];
}

/**
 * Which hosts are to be set up, and whose login each gets: the hosts that were named; else all that can be found, and
 * those that our config speaks of, as it has them.
 * @throws AppError for a named host that no login fits, or several do
 */
export async function propose(
  { hosts, context }: Extract<SetupArguments, { kind: 'setup' }>,
  ports: SetupPorts,
): Promise<Proposal> {
  return hosts.length > 0 ? proposeNamed(hosts, context, ports) : proposeFound(ports);
}

async function proposeNamed(
  hosts: readonly NamedHost[],
  context: string | undefined,
  ports: SetupPorts,
): Promise<Proposal> {
  const proposed = await Promise.all(
    hosts.map(async ({ host, engineNames }) => {
      const configured = await ports.files.configuredContext(host);
      const binding = await ports.resolveBinding(host, context ?? configured);
      const { server, user } = binding;
      // A context that was written by hand stays as it was written.
      const isKept = configured !== undefined && configured === binding.context;
      const entry = isKept ? { server, user, context: configured } : { server, user };
      return { setup: { host, engineNames, entry }, binding };
    }),
  );
  return proposalOf(proposed, [], [], ports);
}

async function proposeFound(ports: SetupPorts): Promise<Proposal> {
  const configured = await ports.files.configuredHosts();
  const { terminal } = ports;
  const { found, left } = await findRegistries({
    readIdentities: ports.readIdentities,
    askCluster: ports.askCluster,
    configuredHosts: async () => configured,
    progress: (asked, of) =>
      terminal.progress(asked === of ? '' : `Asking clusters for their registries: ${asked} of ${of}`),
  });
  const proposed = found.map(({ host, binding }) => {
    const { server, user } = binding;
    return { setup: { host, engineNames: [host], entry: { server, user } }, binding };
  });
  const kept = configured.map((host) => ({ host, engineNames: [host], entry: undefined }));
  return proposalOf(proposed, kept, left, ports);
}

async function proposalOf(
  proposed: readonly {
    readonly setup: HostSetup & { readonly entry: object };
    readonly binding: SetupBinding;
  }[],
  kept: readonly HostSetup[],
  left: readonly string[],
  { files }: SetupPorts,
): Promise<Proposal> {
  const lines: string[] = [];
  const insecure = new Map<string, string>();
  for (const { setup, binding } of proposed) {
    const account = await files.keptServiceAccount(setup.host, setup.entry);
    const gets =
      account === undefined ? `the login of ${binding.user}` : `tokens of the service account ${account}`;
    lines.push(`${setup.host} gets ${gets} at ${binding.server} (context ${binding.context}).`);
    if (binding.insecure) insecure.set(binding.context, binding.server);
  }
  for (const { host } of kept) lines.push(`${host} stays as the config has it.`);
  const warnings = Array.from(
    insecure,
    ([context, server]) =>
      `Warning: context ${context} does not verify the certificate of ${server}; ` +
      'whoever stands between you and it can take your token.',
  );
  return {
    setups: [...proposed.map(({ setup }) => setup), ...kept],
    lines,
    warnings: [...left, ...warnings],
  };
}
