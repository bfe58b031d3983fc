import { type ExplainedObject, pullSecretObjects } from '../../cluster/pull-secret-objects.ts';
import { AppError } from '../../hosts/reason.ts';
import { bindHost } from '../../registry/bind-host.ts';
import { runAsCommand } from '../parse-words.ts';
import { explainObject, manifestYaml } from '../service-account/run-service-account.ts';
import { PULL_SECRET } from './declaration.ts';
import { parsePullSecretArguments, type RefreshLogins, type Target } from './parse-arguments.ts';
import { type RefreshJob, type RefreshPorts, refreshSecret } from './refresh-secret.ts';

/**
 * `pull-secret manifest|refresh NAMESPACE/SECRET …`: prints what keeps a pull secret fresh, or does it once.
 * @param image the one that runs this version
 * @param open finds the Secret's cluster, and who mints and asks the registry; throws an AppError. `manifest` only prints
 * @returns the exit status: 0, 1 for an error (said on stderr), 2 for a wrong command line
 */
export function runPullSecret(
  args: readonly string[],
  image: string,
  open: (target: Target, logins: RefreshLogins) => Promise<Pick<RefreshJob, 'place' | 'tokens'>>,
  ports: RefreshPorts,
): Promise<number> {
  return runAsCommand(PULL_SECRET, parsePullSecretArguments(args), ports, async (parsed) => {
    refuse(parsed.verb === 'manifest' ? parsed.options : parsed.target);
    if (parsed.verb === 'manifest') {
      const objects = pullSecretObjects({ image, ...parsed.options });
      ports.print(explainedYaml(objects).trimEnd());
      return 0;
    }
    const { target, logins } = parsed;
    const account = `${target.account.namespace}/${target.account.name}`;
    return refreshSecret({ ...(await open(target, logins)), account, ports });
  });
}

/**
 * What no token of ours is for. Whoever names a host and an account links the two; yet a public registry is no cluster's.
 * The machine-config operator writes openshift-config/pull-secret to every node (OpenShift 4.20, "Updating the global
 * cluster pull secret").
 */
function refuse({ namespace, name, host }: Target): void {
  if (namespace === 'openshift-config' && name === 'pull-secret') {
    throw new AppError({
      code: 'global-pull-secret',
      message:
        "Secret openshift-config/pull-secret is the cluster's own: the machine-config operator rolls each change of it out to every node, so a token that changes every few hours has no place in it. Take a Secret in the namespace of the pods, and link it to their service account",
      fix: { run: 'docker-credential-openshift help pull-secret' },
    });
  }
  const { kind } = bindHost(host, undefined);
  if (kind !== 'foreign' && kind !== 'closed') return;
  const what = kind === 'foreign' ? 'a public registry' : 'a registry that no token opens any more';
  const fix = { run: `docker-credential-openshift doctor ${host}` };
  throw new AppError({ code: 'not-linked', message: `No token goes to ${host}: it is ${what}`, fix });
}

function explainedYaml(objects: readonly ExplainedObject[]): string {
  const reasons = new Map(objects.map(({ object, why }) => [object, why]));
  return manifestYaml(
    objects.map(({ object }) => object),
    (object) => reasons.get(object) ?? explainObject(object),
  );
}
