import { nameInSentence } from '../../hosts/quoting.ts';
import { AppError } from '../../hosts/reason.ts';
import { QCI_HOST } from '../../registry/catalogue.ts';
import { type ApiRequest, ensureObject, type Outcome } from './ensure-object.ts';
import { explainObject, type KubernetesObject, nameObject } from './kubernetes-object.ts';
import { manifestCommand } from './manifest-command.ts';
import { isMachineName } from './object-names.ts';
import { type ServiceAccountOptions, serviceAccountObjects } from './service-account-objects.ts';

/** What our config gets to know of the host. */
export interface ServiceAccountEntry {
  /** URL of the API server, and the kubeconfig's user that requests the first token. */
  readonly server: string;
  readonly user: string;
  /** `NAMESPACE/NAME`. */
  readonly serviceAccount: string;
  readonly selfRenew?: true;
}

export interface CreatePorts {
  print(line: string): void;
  printError(line: string): void;
  /** Whose login makes the objects: the named context's, else the one bound to the host. Throws an AppError. */
  resolveIdentity(
    host: string,
    contextName?: string,
  ): Promise<{ readonly server: string; readonly user: string; readonly context: string }>;
  /** Asks the cluster of the identity that was resolved, with its token; never called before. */
  readonly request: ApiRequest;
  /** How this machine's Secret is named (`machineSecretName`): small letters, digits, `-` and `.`. */
  machineName(): string;
  /** Writes the entry into our config and returns a line for each thing it did. Throws an AppError. */
  bindHost(host: string, entry: ServiceAccountEntry): Promise<readonly string[]>;
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  created: 'created',
  there: 'is there already',
  updated: 'was there; what it lacked is added',
  unread: 'is there already, but you may not read it, so it was not compared',
  forbidden: 'you may not create it',
};

/**
 * Makes the objects of a service account, one after another, and binds the host to it.
 * @returns the exit code: 1 if an admin has to apply something first
 * @throws AppError for anything but a missing right
 */
export async function createServiceAccount(
  asked: { options: ServiceAccountOptions; host: string; context: string | undefined },
  ports: CreatePorts,
): Promise<number> {
  const { host, context } = asked;
  const options = withThisMachine(asked.options, ports);
  const { namespace, name, selfRenew } = options;
  const { server, user } = await ports.resolveIdentity(host, context);
  const forbidden: KubernetesObject[] = [];
  for (const object of serviceAccountObjects(options)) {
    const outcome = await ensureObject(object, { server, request: ports.request });
    ports.print(`${nameObject(object)}: ${OUTCOMES[outcome]}`);
    if (outcome === 'forbidden') forbidden.push(object);
  }
  const serviceAccount = `${namespace}/${name}`;
  // Bound to an account that may not exist, the host would lose the login it has now.
  const isMissing = forbidden.some(({ kind }) => kind === 'ServiceAccount');
  if (!isMissing) {
    const entry = { server, user, serviceAccount, ...(selfRenew ? { selfRenew } : {}) };
    for (const line of await ports.bindHost(host, entry)) ports.print(line);
    ports.print(`${host} gets tokens of the service account ${serviceAccount} at ${server}.`);
  }
  if (forbidden.length > 0) {
    sayWhatIsMissing(forbidden, manifestCommand(options, host), user, ports);
    if (isMissing) ports.printError(`${host} is left as it was. Once that is applied, run this again.`);
    return 1;
  }
  ports.print(`Try: podman pull ${exampleImage(host, options)}`);
  return 0;
}

function withThisMachine(options: ServiceAccountOptions, ports: CreatePorts): ServiceAccountOptions {
  if (!options.selfRenew || options.machines.length > 0) return options;
  const machine = ports.machineName();
  if (isMachineName(machine)) return { ...options, machines: [machine] };
  throw new AppError({
    code: 'machine-name',
    message: `This machine's name, ${JSON.stringify(machine)}, can't be part of a Secret's name; give one by --machine`,
  });
}

function sayWhatIsMissing(
  forbidden: readonly KubernetesObject[],
  command: string,
  user: string,
  { printError }: CreatePorts,
): void {
  printError(`${nameInSentence(user)} may not create the following; an admin has to apply it:`);
  for (const object of forbidden) printError(`  ${nameObject(object)}. ${explainObject(object)}`);
  printError('Send them this command:');
  printError(`  ${command}`);
}

/** QCI keeps the images of all namespaces in one repository (OpenShift CI's documentation of its registries). */
function exampleImage(host: string, { namespace, imageNamespaces }: ServiceAccountOptions): string {
  const images = imageNamespaces[0] ?? namespace;
  return host === QCI_HOST ? `${host}/openshift/ci:${images}_IMAGE_TAG` : `${host}/${images}/IMAGE:TAG`;
}
