import { DEFAULT_LIFE_SECONDS, givenToken, type Identity } from '../../hosts/identity.ts';
import { obtainToken } from '../../hosts/obtain-token.ts';
import { AppError, errorOf, type Fix } from '../../hosts/reason.ts';
import { bindHost } from '../../registry/bind-host.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import type { Session } from '../../session/session.ts';
import { bearerOf, tokenPorts } from '../../session/tokens.ts';
import type { ApiRequest } from '../service-account/ensure-object.ts';
import { commandLineFor, type RefreshLogins, type Target } from './parse-arguments.ts';
import type { RefreshJob } from './refresh-secret.ts';

/** Where the Secret is, and who mints: the same login, unless the registry is another cluster's. @throws AppError */
export async function openRefresh(
  target: Target,
  { context, registryContext }: RefreshLogins,
  session: Session,
): Promise<Pick<RefreshJob, 'place' | 'tokens'>> {
  const { namespace, name, host, account } = target;
  const writer = await loginOf(context, session);
  const minter = registryContext === undefined ? writer : await loginOf(registryContext, session);
  refuseOthersHost(host, minter);
  const refresh = commandLineFor('refresh', target, contextWords(context, registryContext));
  const existing = commandLineFor('manifest', target, ['--existing']);
  const place = {
    namespace,
    name,
    host,
    server: writer.server,
    inCluster: writer.inCluster,
    request: await requestAs(writer, session),
    manifest: commandLineFor('manifest', target),
    existing,
    refresh,
  };
  const order = { ...account, lifeSeconds: DEFAULT_LIFE_SECONDS, selfRenew: false };
  const apply = (command: string): Fix => ({ run: `${command} | oc apply -f -` });
  const puller = `docker-credential-openshift service-account manifest ${account.namespace}/${account.name} --host ${host}`;
  /** What fixes it here, where the usual words would link a host of this machine, or log in a pod. */
  const fixes: Readonly<Record<string, Fix | undefined>> = {
    'no-such-account': apply(puller),
    'not-minted': { run: refresh },
    'cluster-busy': { do: 'Wait until then: the next run gets a token.' },
    ...(minter.inCluster ? { 'minter-rejected': apply(existing) } : {}),
  };
  return {
    place,
    tokens: {
      mint: async (refused) => {
        try {
          const asked = { eager: true, refused };
          const obtained = await obtainToken(host, minter, order, asked, tokenPorts(session));
          if (obtained.complaint === undefined) return obtained;
          const message = `The token of ${order.namespace}/${order.name} could not be renewed: ${obtained.complaint}`;
          throw new AppError({ code: 'not-renewed', message, fix: { run: refresh } });
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          const { message, fix } = error;
          throw new AppError({ code: error.code, message, fix: fixes[error.code] ?? fix, cause: error });
        }
      },
      probe: (username, token) => session.access.probeRegistry(host, minter, username, givenToken(token)),
    },
  };
}

function contextWords(context: string | undefined, registryContext: string | undefined): string[] {
  return [
    ...(context === undefined ? [] : ['--context', context]),
    ...(registryContext === undefined ? [] : ['--registry-context', registryContext]),
  ];
}

/** The named context's login; without a name the pod's, in a pod, else the current context's. */
async function loginOf(context: string | undefined, session: Session): Promise<Identity> {
  if (context !== undefined) session.chosenContexts.add(context);
  const { identities } = await session.identities();
  const { all, current, absence, problems } = identities;
  const ofPod = all.find(({ inCluster }) => inCluster);
  const chosen = context === undefined ? (ofPod ?? current) : all.find((each) => each.context === context);
  if (chosen !== undefined) return chosen;
  const fix = { run: 'oc config get-contexts' };
  if (context !== undefined) {
    throw new AppError({ code: 'no-context', message: 'The kubeconfig has no context of that name', fix });
  }
  const [problem] = problems;
  const why = problem ?? 'this is no pod with a service account, and no context of a kubeconfig is current';
  throw errorOf(
    absence ?? { code: 'no-current-context', why: `There is no login to the cluster: ${why}`, fix },
  );
}

async function requestAs(identity: Identity, session: Session): Promise<ApiRequest> {
  const bearer = await bearerOf(identity, session);
  return (method, path, body) => session.access.ask(identity, bearer, path, body, method);
}

/** A host that is known to be another cluster's gets no token. A pod's cluster goes by an address inside, and is not compared. */
function refuseOthersHost(host: string, minter: Identity): void {
  const binding = bindHost(host, undefined);
  if (binding.kind !== 'bound' || minter.inCluster || binding.server === minter.server) return;
  throw new AppError({
    code: 'context-elsewhere',
    message: `No token of ${clusterDisplayName(minter.server)} goes to ${host}, which is the registry of ${clusterDisplayName(binding.server ?? '')}`,
    fix: { run: `docker-credential-openshift doctor ${host}` },
  });
}
