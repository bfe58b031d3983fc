import type { OwnChoice } from '../../hosts/choose-identity.ts';
import type { Identity } from '../../hosts/identity.ts';
import type { Resolution } from '../../hosts/resolve-host.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import { notLinked } from '../renew/describe-renewal.ts';
import type { HostFacts, RenewalWay } from './host-status.ts';

/** What `status` tells of a host, by its resolution from files alone. */
export function statusFacts(resolution: Resolution): HostFacts {
  const { host, state, binding, typed, own, missed, reasons, token } = resolution;
  const said = reasons.length === 0 ? undefined : reasons;
  if (state === 'anonymous' || (state === 'unknown' && binding?.kind === 'foreign')) {
    return { host, silent: 'anonymous' };
  }
  const life = {
    expiresAtMs: token?.expiresAtMs,
    lifeMs: token?.lifeMs,
    renewedAtMs: token?.renewedAtMs,
    checkedAtMs: token?.checkedAtMs,
    words: token?.words,
  };
  if (typed !== undefined) {
    const server = typed.route?.server ?? typed.login.boundTo;
    const cluster = server === undefined ? undefined : clusterDisplayName(server);
    return { host, server, cluster, user: typed.login.username, renews: 'stored', ...life, reasons: said };
  }
  const who = own === undefined ? { host } : { host, ...whose(own) };
  if (state === 'signed-out') return { ...who, silent: 'signed-out', reasons: said, words: token?.words };
  if (own === undefined) return { host, reasons: said ?? [notLinked(host)] };
  const warnings = missed === undefined || missed.kind === 'over' ? undefined : missed.reasons;
  const user = token?.username === undefined ? {} : { user: token.username };
  return { ...who, ...life, ...user, ...(state === 'own' ? { warnings } : {}), reasons: said };
}

function whose({ identity, order }: OwnChoice): Partial<HostFacts> {
  return {
    server: identity.server,
    cluster: clusterDisplayName(identity.server),
    user: order === undefined ? nameOf(identity) : `${order.namespace}/${order.name}`,
    renews: renewalWay({ identity, order }),
  };
}

/** `oc login` names user entries `NAME/CLUSTER`. */
function nameOf({ user, source, inCluster }: Identity): string {
  return source.kind === 'token-file' && !inCluster && user === source.path
    ? source.path
    : user.replace(/\/.*$/s, '');
}

function renewalWay({ identity, order }: Pick<OwnChoice, 'identity' | 'order'>): RenewalWay | undefined {
  if (order !== undefined) return 'itself';
  switch (identity.source.kind) {
    case 'exec':
      return 'plugin';
    case 'token-file':
      return 'file';
    case 'token':
      return identity.context === undefined ? 'job' : 'login';
    case 'client-certificate':
    case 'none':
      return undefined;
  }
}
