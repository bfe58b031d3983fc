import type { Binding } from '../registry/bind-host.ts';
import { clusterDisplayName } from '../registry/catalogue.ts';
import type { Identities, Identity } from './identity.ts';
import { loginCommand } from './login-command.ts';
import { shellQuoted } from './quoting.ts';
import { describeError } from './reason.ts';
import { ambiguousRoute, onlyReached } from './route-to-server.ts';

type Choice = { readonly identity: Identity } | { readonly reason: string };

/**
 * Which identity answers for a bound registry host: what the config names; else the current context, if it
 * is on the bound cluster; else the only one that is.
 * @param host for the sentences
 * @returns the identity, or a sentence on why there is none and what mends it
 */
export function chooseIdentity(
  host: string,
  binding: Extract<Binding, { kind: 'bound' | 'in-cluster' }>,
  identities: Identities,
): Choice {
  const candidates = identities.all.filter((identity) => fits(identity, binding));
  const current = candidates.find((identity) => identity === identities.current);
  const first = current ?? candidates[0];
  if (first === undefined) return { reason: whyNone(host, binding, identities) };
  const users = [...new Set(candidates.map(({ user }) => user))];
  if (current === undefined && users.length > 1) {
    const mend = `docker-credential-openshift setup ${host} --context ${shellQuoted(first.context ?? 'NAME')}`;
    return {
      reason: `${host}: two users of ${clusterDisplayName(first.server)} fit (${users.join(', ')}) and neither is current. Run: ${mend}`,
    };
  }
  if (current !== undefined) return { identity: current };
  const one = onlyReached(first, candidates.slice(1));
  if ('identity' in one) return { identity: one.identity };
  return { reason: `${host}: ${describeError(ambiguousRoute(first.server, one.rivals))}` };
}

function fits(identity: Identity, binding: Extract<Binding, { kind: 'bound' | 'in-cluster' }>): boolean {
  if (binding.kind === 'in-cluster') return identity.inCluster;
  if (binding.context !== undefined && identity.context !== binding.context) return false;
  if (binding.server !== undefined && identity.server !== binding.server) return false;
  return binding.user === undefined || isUser(identity.user, binding.user);
}

/** `oc login` names user entries `NAME/CLUSTER`; people who write a config by hand write NAME. */
export function isUser(entry: string, wanted: string): boolean {
  return entry === wanted || entry.startsWith(`${wanted}/`);
}

function whyNone(
  host: string,
  binding: Extract<Binding, { kind: 'bound' | 'in-cluster' }>,
  { all, problems }: Identities,
): string {
  const because = problems.length > 0 ? ` (${problems.join('; ')})` : '';
  if (binding.kind === 'in-cluster') {
    return `${host} is the same name in every cluster, and this is no pod of one. Run: docker-credential-openshift setup ${host} --context NAME`;
  }
  const { context, server, user, byEnvironment } = binding;
  if (context !== undefined) {
    const elsewhere = all.find((identity) => identity.context === context)?.server;
    if (elsewhere === undefined && byEnvironment === true) {
      return `The context that DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT names is not in the kubeconfig${because}. Run: oc config get-contexts`;
    }
    if (elsewhere === undefined) {
      return `The context ${context}, bound to ${host}, is not in the kubeconfig${because}. Run: docker-credential-openshift setup ${host} --context NAME`;
    }
    if (server !== undefined && elsewhere !== server) {
      return `The context ${context} is on ${elsewhere}, but ${host} is bound to ${server}. Run: docker-credential-openshift setup ${host} --context ${shellQuoted(context)}`;
    }
  }
  const who = user === undefined ? 'No login' : `No login of ${user}`;
  const where = server === undefined ? `the context ${context}` : clusterDisplayName(server);
  return `${who} to ${where} in the kubeconfig${because}. Run: ${loginCommand(server ?? '', server === undefined ? context : undefined)}`;
}
