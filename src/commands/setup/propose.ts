import type { ConfiguredHost, HostSetup } from '../../engines/edits/setup-files.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import { inOneLine, oneLine, type Reason } from '../../hosts/reason.ts';
import { findInCatalogue } from '../../registry/catalogue.ts';
import { isClaimableBy } from '../../registry/claimable-host.ts';
import { findLogins, linkCommand, loginInWords } from './find-logins.ts';
import type { NamedHost, SetupArguments } from './parse-setup.ts';
import type { FoundLogin, SetupBinding, SetupPorts } from './setup-ports.ts';

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
  const { hosts } = order;
  const configured = await ports.files.configuredHosts();
  if (hosts.length === 0) return proposeFound(order, configured, ports);
  const proposed = await Promise.all(
    hosts.map((named) => proposeNamed(named, order, configured.get(named.host), ports)),
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
  { context, isOwnLogin }: Order,
  configured: ConfiguredHost | undefined,
  ports: SetupPorts,
): Promise<HostProposal> {
  if (context === undefined && ports.environmentHosts.includes(host)) return given(host, engineNames);
  const isBound = configured?.server !== undefined && !configured.isAnonymous;
  if (context === undefined && isBound) {
    if (!isOwnLogin) return kept(host, engineNames, configured);
    if (configured.user !== undefined) return ownAgain({ host, engineNames }, configured);
  }
  const binding = await ports.findLoginFor(host, context ?? configured?.context);
  const { server, user } = binding;
  // A context that was written by hand stays as it was written.
  const isContextKept = configured?.context !== undefined && configured.context === binding.context;
  const own = isOwnLogin ? { isOwnLogin } : {};
  const entry = isContextKept ? { server, user, context: configured.context } : { server, user };
  const proposal = await bound({ host, engineNames, entry, ...own }, binding, ports);
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
  const { logins, doubtful, left, hasLogins } = await findLogins(
    ports,
    new Set([...configured.keys(), ...ports.environmentHosts]),
    (asked, of) =>
      terminal.progress(asked === of ? '' : `Asking clusters for their registries: ${asked} of ${of}`),
  );
  const proposed: HostProposal[] = ports.environmentHosts.map((host) => given(host, [host]));
  const { agreed, refused } = await askAbout(doubtful, order, ports);
  for (const { host, binding } of [...logins, ...agreed]) {
    const entry = { server: binding.server, user: binding.user };
    proposed.push(await bound({ host, engineNames: [host], entry }, binding, ports));
  }
  const anonymous: string[] = [];
  for (const [host, entry] of [...configured].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (ports.environmentHosts.includes(host)) continue;
    if (entry.isAnonymous) anonymous.push(host);
    else proposed.push(kept(host, [host], entry));
  }
  const stay = anonymous.map((host) => `${host} stays anonymous, as the config has it.`);
  const warnings = [...left, ...refused].map((reason) => inOneLine([reason]));
  return joined(proposed, [...warnings, ...stay], hasLogins, anonymous);
}

/**
 * Whether hosts are to be linked that lie under no domain of the cluster which says that they are its registry. Each is
 * asked about; where nobody is there to be asked, it is told how to link it.
 */
async function askAbout(
  doubtful: readonly FoundLogin[],
  { isAgreed, isDryRun }: Order,
  { terminal }: SetupPorts,
): Promise<{ agreed: FoundLogin[]; refused: Reason[] }> {
  const agreed: FoundLogin[] = [];
  const refused: Reason[] = [];
  for (const login of doubtful) {
    const { host, binding } = login;
    const why = `${binding.server} says that ${host} is its registry, though that lies under no domain of it`;
    const question = `${why}: whoever runs ${host} gets your login. Link it?`;
    const isLinked = terminal.isInteractive && !isAgreed && !isDryRun && (await terminal.confirm(question));
    const run = linkCommand(host, binding.context);
    if (isLinked) agreed.push(login);
    else refused.push({ code: 'outside-its-domain', why, fix: { run } });
  }
  return { agreed, refused };
}

async function bound(
  setup: HostSetup & { readonly entry: object },
  { server, user, context, insecure }: SetupBinding,
  { files }: SetupPorts,
): Promise<HostProposal> {
  // What the environment gives is gone with it, and its own variables link it: the config stays as it is.
  if (context === undefined) return given(setup.host, setup.engineNames, server);
  const account =
    setup.isOwnLogin === true ? undefined : await files.keptServiceAccount(setup.host, setup.entry);
  const gets =
    account === undefined
      ? `the login of ${nameInSentence(user)}`
      : `tokens of the service account ${account}`;
  const login = loginInWords(context);
  const warning =
    `Warning: ${login} does not verify the certificate of ${server}; ` +
    'whoever stands between you and it can take your token.';
  const other = account === undefined ? '' : ' For that login itself, add --own-login.';
  const line = `${setup.host} gets ${gets} at ${server} (${login}).${other}`;
  return { setup, line, warnings: insecure ? [warning] : [] };
}

function given(host: string, engineNames: readonly string[], server?: string): HostProposal {
  const at = server === undefined ? '' : ` at ${server}`;
  const setup = { host, engineNames, entry: undefined };
  return { setup, line: `${host} gets the login that the environment gives${at}.`, warnings: [] };
}

/** The login that the config has for the host, without the service account that it minted tokens for. */
function ownAgain(named: NamedHost, { server = '', user = '', context }: ConfiguredHost): HostProposal {
  const entry = context === undefined ? { server, user } : { server, user, context };
  const line = `${named.host} gets the login of ${nameInSentence(user)} at ${server}.`;
  return { setup: { ...named, entry, isOwnLogin: true }, line, warnings: [] };
}

function kept(host: string, engineNames: readonly string[], { server, user }: ConfiguredHost): HostProposal {
  const to =
    server === undefined
      ? ''
      : ` linked to ${user === undefined ? '' : `${nameInSentence(user)} at `}${server}`;
  const setup = { host, engineNames, entry: undefined };
  return { setup, line: `${host} stays${to}, as the config has it.`, warnings: [] };
}

/**
 * A context that is named by hand is trusted to be meant, and a slip gives a login away: says so, unless the catalogue
 * or the cluster itself has the host, under a domain of its own, as its registry.
 * @returns a sentence for the person who is asked; undefined: nothing speaks against it
 */
async function whyDoubtful(
  host: string,
  { server, context }: SetupBinding,
  ports: Pick<SetupPorts, 'readIdentities' | 'askCluster'>,
): Promise<string | undefined> {
  const known = findInCatalogue(host);
  if (known?.server === server) return undefined;
  const gives = `whoever runs ${host} gets this login`;
  if (known !== undefined && known.server !== null)
    return `Warning: ${host} is the registry of ${known.cluster} (${known.server}), not of ${server}; ${gives}.`;
  const { all } = await ports.readIdentities();
  const identity = all.find((each) => each.context === context);
  if (identity === undefined) return undefined;
  const word = await ports.askCluster(identity);
  if ('fault' in word) return `Whether ${host} is a registry of ${server} can't be told: ${word.fault}.`;
  if (word.hosts.includes(host)) {
    if (isClaimableBy(host, identity)) return undefined;
    return `Warning: ${server} says that ${host} is its registry, though that lies under no domain of it; ${gives}.`;
  }
  const names = word.hosts.length === 0 ? 'it names none' : `it names ${word.hosts.join(', ')}`;
  return `Warning: ${server} does not say that ${host} is its registry (${names}); ${gives}.`;
}
