import type { ServiceAccountPorts } from '../../../src/commands/service-account/run-service-account.ts';
import { unexpected } from '../../support/identities.ts';
import { keepingCluster } from './fake-cluster.ts';

export const host = 'registry.example.com';
export const server = 'https://api.example.com:6443';
export const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces';

/** Ports that fail on any call but printing, and what was printed. */
export function ports(fakes: Partial<ServiceAccountPorts> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const given: ServiceAccountPorts = {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    logIn: unexpected('logIn'),
    machineName: unexpected('machineName'),
    linkHost: unexpected('linkHost'),
    ...fakes,
  };
  return { given, out, err };
}

/** Ports for a cluster that keeps what is created, and what was asked and bound. */
export function working(options: Parameters<typeof keepingCluster>[0] = {}) {
  const cluster = keepingCluster(options);
  const bound: [string, object][] = [];
  const asked: (string | undefined)[] = [];
  const rig = ports({
    logIn: async (_host, context) => {
      asked.push(context);
      return { server, user: 'alice', request: cluster.request };
    },
    machineName: () => 'laptop',
    linkHost: async (name, entry) => {
      bound.push([name, entry]);
      return ['/c/config.yaml: bound it'];
    },
  });
  return { ...rig, ...cluster, bound, asked };
}
