import type { ConfiguredHost, HostSetup } from '../../engines/edits/setup-files.ts';
import { nameInSentence, shellQuoted } from '../../hosts/quoting.ts';
import { oneLine } from '../../hosts/reason.ts';
import { findRegistries } from './find-registries.ts';
import type { NamedHost, SetupArguments } from './parse-setup.ts';
import type { SetupBinding, SetupPorts } from './setup-ports.ts';
import { whyDoubtful } from './why-doubtful.ts';

type Order = Extract<SetupArguments, { kind: 'setup' }>;

/** What setup would do, before any file was looked at. */
export interface Proposal {
  readonly setups: readonly HostSetup[];
  /** Hosts that the config keeps anonymous: the engines' files are to hold no login for them. */
  readonly anonymous: readonly string[];
  /** A line for each host: whose login it gets. */
  readonly lines: readonly string[];
  /** What the person should know before agreeing. */
  readonly warnings: readonly string[];
  /** Whether there is any login at all. */
  readonly hasLogins: boolean;
}

/** A host's part of a proposal. */
interface HostProposal {
  readonly setup: HostSetup;
  readonly line: string;
  readonly warnings: readonly string[];
}

/**
 * Which hosts are to be set up, and whose login each gets: the hosts that were named; else all that can be found. A
 * host that our config binds stays as it is, unless a context is named for it.
 * @throws AppError for a named host that no login fits, or several do
 */
export async function propose(order: Order, ports: SetupPorts): Promise<Proposal> {
  const { hosts, context } = order;
  const configured = await ports.files.configuredHosts();
  if (hosts.length === 0) return proposeFound(order, configured, ports);
  const proposed = await Promise.all(
    hosts.map((named) => proposeNamed(named, context, configured.get(named.host), ports)),
  );
  return joined(proposed, [], true);
}

function joined(
  proposed: readonly HostProposal[],
  left: readonly string[],
  hasLogins: boolean,
  anonymous: readonly string[] = [],
): Proposal {
  return {
    setups: proposed.map(({ setup }) => setup),
    anonymous,
    lines: proposed.map(({ line }) => oneLine(line)),
    warnings: [...new Set([...left, ...proposed.flatMap(({ warnings }) => warnings)].map(oneLine))],
    hasLogins,
  };
}

async function proposeNamed(
  { host, engineNames }: NamedHost,
  context: string | undefined,
  configured: ConfiguredHost | undefined,
  ports: SetupPorts,
): Promise<HostProposal> {
  const isBound = configured?.server !== undefined && !configured.isAnonymous;
  if (context === undefined && isBound) return kept(host, engineNames, configured);
  const binding = await ports.resolveBinding(host, context ?? configured?.context);
  const { server, user } = binding;
  // A context that was written by hand stays as it was written.
  const isContextKept = configured?.context !== undefined && configured.context === binding.context;
  const entry = isContextKept ? { server, user, context: configured.context } : { server, user };
  const proposal = await bound({ host, engineNames, entry }, binding, ports);
  const ends =
    configured?.isAnonymous === true ? [`${host} is kept anonymous by the config, which ends.`] : [];
  const doubt = context === undefined ? undefined : await whyDoubtful(host, binding, ports);
  return { ...proposal, warnings: [...ends, ...(doubt === undefined ? [] : [doubt]), ...proposal.warnings] };
}

async function proposeFound(
  order: Order,
  configured: ReadonlyMap<string, ConfiguredHost>,
  ports: SetupPorts,
): Promise<Proposal> {
  const { terminal } = ports;
  const { found, doubtful, left, hasLogins } = await findRegistries({
    readIdentities: ports.readIdentities,
    askCluster: ports.askCluster,
    configuredHosts: [...configured.keys()],
    progress: (asked, of) =>
      terminal.progress(asked === of ? '' : `Asking clusters for their registries: ${asked} of ${of}`),
  });
  const proposed: HostProposal[] = [];
  const { agreed, refused } = await askAbout(doubtful, order, ports);
  for (const { host, binding } of [...found, ...agreed]) {
    const entry = { server: binding.server, user: binding.user };
    proposed.push(await bound({ host, engineNames: [host], entry }, binding, ports));
  }
  const anonymous: string[] = [];
  for (const [host, entry] of [...configured].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (entry.isAnonymous) anonymous.push(host);
    else proposed.push(kept(host, [host], entry));
  }
  const stay = anonymous.map((host) => `${host} stays anonymous, as the config has it.`);
  return joined(proposed, [...left, ...refused, ...stay], hasLogins, anonymous);
}

/**
 * Whether hosts are to be linked that lie under no domain of the cluster which calls them its own. Each is asked about;
 * where nobody is there to be asked, it is told how to link it.
 * @returns `refused`: sentences
 */
async function askAbout(
  doubtful: Awaited<ReturnType<typeof findRegistries>>['doubtful'],
  { isAgreed, isDryRun }: Order,
  { terminal }: SetupPorts,
): Promise<{ agreed: typeof doubtful; refused: string[] }> {
  const agreed: (typeof doubtful)[number][] = [];
  const refused: string[] = [];
  for (const found of doubtful) {
    const { host, binding } = found;
    const claim = `${binding.server} calls ${host} its registry, though that lies under no domain of it`;
    const question = `${claim}: whoever runs ${host} gets your login. Link it?`;
    const isLinked = terminal.isInteractive && !isAgreed && !isDryRun && (await terminal.confirm(question));
    if (isLinked) agreed.push(found);
    else
      refused.push(
        `${claim}. To link it, run: docker-credential-openshift setup ${host} --context ${shellQuoted(binding.context)}`,
      );
  }
  return { agreed, refused };
}

async function bound(
  setup: HostSetup & { readonly entry: object },
  { server, user, context, insecure }: SetupBinding,
  { files }: SetupPorts,
): Promise<HostProposal> {
  const account = await files.keptServiceAccount(setup.host, setup.entry);
  const gets =
    account === undefined
      ? `the login of ${nameInSentence(user)}`
      : `tokens of the service account ${account}`;
  const warnings = insecure
    ? [
        `Warning: context ${nameInSentence(context)} does not verify the certificate of ${server}; ` +
          'whoever stands between you and it can take your token.',
      ]
    : [];
  return {
    setup,
    line: `${setup.host} gets ${gets} at ${server} (context ${nameInSentence(context)}).`,
    warnings,
  };
}

function kept(host: string, engineNames: readonly string[], { server, user }: ConfiguredHost): HostProposal {
  const to =
    server === undefined
      ? ''
      : ` bound to ${user === undefined ? '' : `${nameInSentence(user)} at `}${server}`;
  const setup = { host, engineNames, entry: undefined };
  return { setup, line: `${host} stays${to}, as the config has it.`, warnings: [] };
}
