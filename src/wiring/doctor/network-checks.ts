import { perAim } from '../../commands/doctor/asked-images.ts';
import type { Check } from '../../commands/doctor/check.ts';
import { cachedAnswers } from '../../commands/doctor/checks/cached-answers.ts';
import { clockSkew } from '../../commands/doctor/checks/clock-skew.ts';
import { cluster } from '../../commands/doctor/checks/cluster.ts';
import {
  type EnginePullPorts,
  enginePull,
  isPulledByLogins,
} from '../../commands/doctor/checks/engine-pull.ts';
import { imagePull } from '../../commands/doctor/checks/image-pull.ts';
import { imagePush } from '../../commands/doctor/checks/image-push.ts';
import { kubeconfig } from '../../commands/doctor/checks/kubeconfig.ts';
import { login } from '../../commands/doctor/checks/login.ts';
import { openshiftCi } from '../../commands/doctor/checks/openshift-ci.ts';
import { registry } from '../../commands/doctor/checks/registry.ts';
import { registryLogin } from '../../commands/doctor/checks/registry-login.ts';
import { registryTrust } from '../../commands/doctor/checks/registry-trust.ts';
import { signOuts } from '../../commands/doctor/checks/sign-outs.ts';
import { storedLogins } from '../../commands/doctor/checks/stored-logins.ts';
import type { Fix } from '../../commands/doctor/finding.ts';
import type { Place } from '../../files/directories.ts';
import { dropRefusedAnswer } from './cached-answer.ts';
import type { Network } from './network.ts';
import { rightsBy } from './rights.ts';

/** What these checks need besides the network. */
export interface NetworkMachine
  extends Pick<EnginePullPorts, 'isInstalled' | 'winnerOf' | 'refusedLogins' | 'manifestByStored'> {
  readonly here: Place;
  readonly network: Network;
  /** What `--fix` does about one of the engines' files. */
  fixOf(path: string): Fix;
}

/** The checks that ask clusters and registries, and those of what OpenShift CI's names mean. */
export function networkChecks({ here, network, ...machine }: NetworkMachine): readonly Check[] {
  const rights = rightsBy(network);
  const ports = {
    ...network,
    ...rights,
    ...machine,
    nowMs: Date.now,
    mayPull: (host: string, namespace: string | undefined, name: string | undefined) =>
      rights.right(host, 'get', namespace, name),
    mayPush: (host: string, namespace: string, name: string) => rights.right(host, 'update', namespace, name),
    refusedAnswer: (host: string) => dropRefusedAnswer(host, network, here),
  };
  return [
    { id: 'openshift-ci', run: perAim((context) => openshiftCi(context)) },
    { id: 'kubeconfig', run: (context) => kubeconfig(ports, context) },
    { id: 'cluster', run: () => cluster(ports) },
    { id: 'clock-skew', run: () => clockSkew(ports) },
    { id: 'login', run: (context) => login(ports, context) },
    { id: 'sign-outs', run: (context) => signOuts(ports, context) },
    { id: 'cached-answers', run: (context) => cachedAnswers(ports, context) },
    { id: 'registry', run: perAim((context) => registry(ports, context), 'one') },
    {
      id: 'registry-trust',
      run: perAim((context, { named }) => {
        const engineTrust: Network['engineTrust'] = (engine, host) =>
          network.engineTrust(engine, host, named);
        return registryTrust({ ...ports, engineTrust }, context);
      }),
    },
    { id: 'registry-login', run: (context) => registryLogin(ports, context) },
    { id: 'stored-logins', run: (context) => storedLogins(ports, context) },
    {
      id: 'image-pull',
      // What the helper has, and anybody may, tells nothing of a pull with another login.
      run: perAim(
        async (context) => ((await isPulledByLogins(ports, context)) ? [] : imagePull(ports, context)),
        'one',
      ),
    },
    { id: 'engine-pull', run: perAim((context) => enginePull(ports, context), 'one') },
    { id: 'image-push', run: perAim((context) => imagePush(ports, context)) },
  ];
}
