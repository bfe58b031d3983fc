import type { Check, Engine } from '../cli/doctor/check.ts';
import { clockSkew } from '../cli/doctor/checks/clock-skew.ts';
import { cluster } from '../cli/doctor/checks/cluster.ts';
import { imagePull } from '../cli/doctor/checks/image-pull.ts';
import { imagePush } from '../cli/doctor/checks/image-push.ts';
import { kubeconfig } from '../cli/doctor/checks/kubeconfig.ts';
import { login } from '../cli/doctor/checks/login.ts';
import { openshiftCi } from '../cli/doctor/checks/openshift-ci.ts';
import { registry } from '../cli/doctor/checks/registry.ts';
import { registryLogin } from '../cli/doctor/checks/registry-login.ts';
import { registryTrust } from '../cli/doctor/checks/registry-trust.ts';
import type { Subject } from '../cli/doctor/subject.ts';
import type { Place } from '../storage/directories.ts';
import { createNetwork } from './doctor-network.ts';
import { rightsBy } from './doctor-rights.ts';

/** What these checks need besides the network. */
export interface NetworkMachine {
  readonly here: Place;
  readonly subject: Subject;
  /** The registry hosts to look at. */
  readonly hosts: Promise<readonly string[]>;
  isInstalled(engine: Engine): Promise<boolean>;
}

/** The checks that ask clusters and registries, and those of what OpenShift CI's names mean. */
export function networkChecks({ here, subject, hosts, isInstalled }: NetworkMachine): readonly Check[] {
  const network = createNetwork(here, subject, hosts);
  const rights = rightsBy(network);
  const ports = {
    ...network,
    ...rights,
    isInstalled,
    nowMs: Date.now,
    mayPull: (host: string, namespace: string | undefined, name: string | undefined) =>
      rights.right(host, 'get', namespace, name),
    mayPush: (host: string, namespace: string, name: string) => rights.right(host, 'update', namespace, name),
    registryAccepts: async (host: string) => {
      const { answer, identity } = await network.decisionOf(host);
      if (answer.kind !== 'credential' || identity === undefined) return undefined;
      if ((await network.registryContact(host)).kind === 'none') return 'unreachable' as const;
      return network.session.access.probeRegistry(host, identity, answer.username, answer.secret);
    },
  };
  return [
    { id: 'openshift-ci', run: (context) => openshiftCi(context) },
    { id: 'kubeconfig', run: () => kubeconfig(ports) },
    { id: 'cluster', run: () => cluster(ports) },
    { id: 'clock-skew', run: () => clockSkew(ports) },
    { id: 'login', run: (context) => login(ports, context) },
    { id: 'registry', run: (context) => registry(ports, context) },
    { id: 'registry-trust', run: (context) => registryTrust(ports, context) },
    { id: 'registry-login', run: (context) => registryLogin(ports, context) },
    { id: 'image-pull', run: (context) => imagePull(ports, context) },
    { id: 'image-push', run: (context) => imagePush(ports, context) },
  ];
}
