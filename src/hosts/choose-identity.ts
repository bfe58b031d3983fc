import type { Binding, RegistrySettings } from '../registry/bind-host.ts';
import { clusterDisplayName } from '../registry/catalogue.ts';
import type { Identities, Identity, ServiceAccountOrder } from './identity.ts';
import { isPlainName, LOG_IN, loginCommand } from './login-command.ts';
import { nameInSentence, shellQuoted } from './quoting.ts';
import type { Fix, Reason } from './reason.ts';
import { ambiguousRoute, onlyReached } from './route-to-server.ts';

type ChosenBinding = Extract<Binding, { kind: 'bound' | 'in-cluster' }>;
type Choice = { readonly identity: Identity } | { readonly reason: Reason };

/**
 * Where an identity is from: `config`: the user's config names it; `environment`: a CI job's environment does; `current-context`: it is the kubeconfig's current one; `only-context`: it is the only one of
 * the host's cluster; `in-cluster`: it is the pod's own.
 */
export type Origin = 'config' | 'environment' | 'current-context' | 'only-context' | 'in-cluster';

/** Whose token a host gets of those at hand, and from where. */
export interface OwnChoice {
  readonly identity: Identity;
  readonly origin: Origin;
  /** The service account that the identity mints for. */
  readonly order: ServiceAccountOrder | undefined;
}

/** Where an identity is from that was chosen for a host. */
export function originOf(
  identity: Identity,
  settings: RegistrySettings | undefined,
  { current }: Identities,
): Origin {
  if (identity.inCluster) return 'in-cluster';
  const isNamed =
    settings?.context !== undefined || (settings?.user !== undefined && isUser(identity.user, settings.user));
  if (settings?.tokenFile !== undefined) return 'config';
  if (settings?.current === true || identity.context === undefined) return 'environment';
  if (isNamed) return 'config';
  return identity === current ? 'current-context' : 'only-context';
}

/**
 * Which identity answers for a bound registry host: what the config names; else the current context, if it
 * is on the bound cluster; else the only one that is.
 * @returns the identity, or why there is none and what fixes that
 */
export function chooseIdentity(host: string, binding: ChosenBinding, identities: Identities): Choice {
  const candidates = identities.all.filter((identity) => fits(identity, binding));
  const newcomer = whoLoggedInSince(binding, candidates, identities);
  if (newcomer !== undefined) return { identity: newcomer };
  const current = candidates.find((identity) => identity === identities.current);
  const first = current ?? candidates[0];
  if (first === undefined) return { reason: whyNone(host, binding, identities) };
  const users = [...new Set(candidates.map(({ user }) => user))];
  if (current === undefined && users.length > 1) {
    const why = `${host}: two users of ${clusterDisplayName(first.server)} fit (${users.join(', ')}) and neither is current`;
    return { reason: { code: 'two-users', why, fix: chooseContext(host, identities, first.context) } };
  }
  if (current !== undefined) return { identity: current };
  const one = onlyReached(first, candidates.slice(1));
  if ('identity' in one) return { identity: one.identity };
  const reason = ambiguousRoute(first.server, one.rivals);
  return { reason: { ...reason, why: `${host}: ${reason.why}` } };
}

/**
 * Whose login counts since the user that `setup` wrote down has none any more: `oc logout` takes the token away, and
 * the next `oc login` makes its own context the current one. What a service account's tokens are minted by stays.
 */
function whoLoggedInSince(
  binding: ChosenBinding,
  candidates: readonly Identity[],
  { current }: Identities,
): Identity | undefined {
  if (binding.kind !== 'bound' || binding.user === undefined || binding.isMinted === true) return undefined;
  if (binding.context !== undefined || current?.context === undefined) return undefined;
  const { server, source } = current;
  const hasLogin = source.kind !== 'none' && source.kind !== 'client-certificate';
  // A user who was never there may be misspelt.
  const isGone = candidates.length > 0 && candidates.every((candidate) => candidate.source.kind === 'none');
  return isGone && hasLogin && server === binding.server ? current : undefined;
}

/** Whether a person chose an identity by making its context the current one, whatever the environment puts before that. */
function isCurrent(identity: Identity, { current, currentContext }: Identities): boolean {
  return identity === current || identity === currentContext;
}

/**
 * The same where nobody is there to be asked. A plugin is a program that a kubeconfig names, and kubectl runs none until
 * somebody chose its context. It is chosen by being current, or by a config that names its user for the host; that the
 * catalogue knows its cluster is no choice (docs/decisions/0011).
 */
export function chooseOfOwnAccord(host: string, binding: ChosenBinding, identities: Identities): Choice {
  const choice = chooseIdentity(host, binding, identities);
  if (!('identity' in choice) || choice.identity.source.kind !== 'exec') return choice;
  const { identity } = choice;
  const { source, context } = choice.identity;
  if (isCurrent(identity, identities)) return choice;
  if (binding.kind === 'bound' && (binding.user !== undefined || binding.context !== undefined))
    return choice;
  const [name, command] = [nameInSentence(context ?? ''), nameInSentence(source.plugin.command)];
  const why = `${host}: context ${name} has its token from the plugin ${command}, which is not run before you choose that context`;
  return { reason: { code: 'plugin-not-chosen', why, fix: chooseContext(host, identities, context) } };
}

/**
 * Whether an identity has the very token of a context of another server: an imported context may name a user entry that was
 * there before. Of its own accord nothing sends such a token but for the current context.
 */
export function borrowsToken(identity: Identity, identities: Identities): boolean {
  const { source, server } = identity;
  if (source.kind !== 'token' || isCurrent(identity, identities)) return false;
  return identities.all.some(
    (other) =>
      other.server !== server && other.source.kind === 'token' && other.source.token === source.token,
  );
}

/**
 * Why no token is had of an identity to search clusters with: no plugin is run for a search, and no token sent that is of
 * another cluster, too, but of a context that a person chose.
 * @param chosen the contexts that a command line names
 * @returns undefined: nothing speaks against it
 */
export function whyNotAsked(
  identity: Identity,
  identities: Identities,
  chosen: ReadonlySet<string>,
): Reason | undefined {
  const { source, context = '' } = identity;
  if (chosen.has(context)) return undefined;
  const fix: Fix = {
    do: `To choose it: docker-credential-openshift setup HOST --context ${shellQuoted(context)}`,
  };
  if (borrowsToken(identity, identities)) {
    const why =
      'its token is the one of another cluster, too, and is not sent before you choose that context';
    return { code: 'token-of-two-clusters', why, fix };
  }
  if (source.kind !== 'exec' || isCurrent(identity, identities)) return undefined;
  const command = nameInSentence(source.plugin.command);
  const why = `its login comes from the plugin ${command}, which is not run before you choose that context`;
  return { code: 'plugin-not-chosen', why, fix };
}

function fits(identity: Identity, binding: ChosenBinding): boolean {
  if (binding.kind === 'in-cluster') return identity.inCluster;
  if (binding.context !== undefined && identity.context !== binding.context) return false;
  if (binding.server !== undefined && identity.server !== binding.server) return false;
  return binding.user === undefined || isUser(identity.user, binding.user);
}

/** `oc login` names user entries `NAME/CLUSTER`; people who write a config by hand write NAME. */
export function isUser(entry: string, wanted: string): boolean {
  return entry === wanted || entry.startsWith(`${wanted}/`);
}

function whyNone(host: string, binding: ChosenBinding, identities: Identities): Reason {
  const { all } = identities;
  const on = (url: string | undefined) =>
    all.find((identity) => identity.server === url && identity.context !== undefined)?.context;
  const because = becauseOf(identities);
  if (binding.kind === 'in-cluster') {
    const why = `${host} is the registry's name within each cluster, and this is not a pod of one`;
    const outside = 'Elsewhere pull from its public host name, which docker-credential-openshift setup finds';
    const { run } = chooseContext(host, identities);
    const inside = `on a node, or in a pod without a token, run ${run}`;
    return { code: 'no-pod', why, fix: { do: `${outside}; ${inside}.` } };
  }
  const { context, server, user, byEnvironment } = binding;
  if (context !== undefined) {
    const elsewhere = identities.all.find((identity) => identity.context === context)?.server;
    if (elsewhere === undefined && byEnvironment === true) {
      const why = `The context that DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT names is not in the kubeconfig${because}`;
      return { code: 'no-context', why, fix: { run: 'oc config get-contexts' } };
    }
    if (elsewhere === undefined) {
      const why = `The context ${nameInSentence(context)}, linked to ${host}, is not in the kubeconfig${because}`;
      return { code: 'no-context', why, fix: chooseContext(host, identities, on(server)) };
    }
    if (server !== undefined && elsewhere !== server) {
      const why = `The context ${nameInSentence(context)} is on ${elsewhere}, but ${host} is linked to ${server}`;
      return { code: 'context-elsewhere', why, fix: chooseContext(host, identities, context) };
    }
  }
  const who = user === undefined ? 'No login' : `No login of ${nameInSentence(user)}`;
  const where =
    server === undefined ? `the context ${nameInSentence(context ?? '')}` : clusterDisplayName(server);
  return {
    code: 'no-login',
    why: `${who} to ${where} in the kubeconfig${because}`,
    fix: identities.remedy ?? {
      run: loginCommand(server ?? '', server === undefined ? context : undefined),
    },
  };
}

/** What kept logins from being read, as the end of a sentence. */
export function becauseOf({ problems, absence }: Identities): string {
  const all = absence === undefined ? problems : [...problems, absence.why];
  return all.length === 0 ? '' : ` (${all.join('; ')})`;
}

/**
 * What links a host to a context.
 * @param context the one that is meant; else the current one, or the first: it asks before it links
 */
export function chooseContext(
  host: string,
  { all, current, currentContext }: Identities,
  context = [current, currentContext, ...all].find((identity) => identity?.context !== undefined)?.context,
): { readonly run: string } {
  if (context === undefined || !isPlainName(context)) return LOG_IN;
  return { run: `docker-credential-openshift setup ${host} --context ${shellQuoted(context)}` };
}

/** Why no token goes to a host that is known. */
export function closedReason(host: string, { because }: Extract<Binding, { kind: 'closed' }>): Reason {
  switch (because.kind) {
    case 'decommissioned': {
      const sentence = `${because.note.charAt(0).toUpperCase()}${because.note.slice(1)}.`;
      const why = `${host} was decommissioned; its images moved`;
      return { code: because.kind, why, fix: { do: sentence } };
    }
    case 'server-not-public': {
      const why = `${host} belongs to ${because.cluster}, whose API server is not public`;
      const link = `docker-credential-openshift setup ${host} --context NAME`;
      return { code: because.kind, why, fix: { do: `With a login to it, link the two: ${link}` } };
    }
    case 'server-no-url': {
      const why = `The server that ${host} is linked to is not a URL`;
      return { code: because.kind, why, fix: { do: 'Correct it; it begins with https://.' } };
    }
  }
}
