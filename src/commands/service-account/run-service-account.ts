import { Document, isMap, visit } from 'yaml';
import {
  type KubernetesObject,
  nameObject,
  type ServiceAccountOptions,
  serviceAccountObjects,
} from '../../cluster/service-account-objects.ts';
import type { EntryBinder } from '../../engines/edits/setup-files.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import { AppError } from '../../hosts/reason.ts';
import type { Printer } from '../../process/terminal.ts';
import { QCI_HOST } from '../../registry/qci.ts';
import { forgetAnswer, forgetToken } from '../../session/facts.ts';
import type { Session } from '../../session/session.ts';
import { bearerOf } from '../../session/tokens.ts';
import { runAsCommand } from '../parse-words.ts';
import { linkedLogin } from '../setup/this-machine.ts';
import { SERVICE_ACCOUNT } from './declaration.ts';
import { type ApiRequest, ensureObject, type Outcome } from './ensure-object.ts';
import { parseServiceAccountArguments, type ServiceAccountArguments } from './parse-arguments.ts';

/** What our config gets to know of the host. */
export interface ServiceAccountEntry {
  /** URL of the API server, and the kubeconfig's user that requests the first token. */
  readonly server: string;
  readonly user: string;
  /** `NAMESPACE/NAME`. */
  readonly serviceAccount: string;
  readonly selfRenew?: true;
}

/** What `service-account` needs of the world; `manifest` only prints. */
export interface ServiceAccountPorts extends Printer {
  /** Whose login makes the objects, the named context's or the one linked to the host; and its cluster. @throws AppError */
  logIn(
    host: string,
    context: string | undefined,
  ): Promise<{ readonly server: string; readonly user: string; readonly request: ApiRequest }>;
  /** How this machine's Secret is named: small letters, digits, `-` and `.`. */
  machineName(): string;
  /** Links the host to the account in our config. @returns a line for each thing it did. @throws AppError */
  linkHost(host: string, entry: ServiceAccountEntry): Promise<readonly string[]>;
}

const OUTCOMES: Readonly<Record<Exclude<Outcome, 'forbidden'>, string>> = {
  created: 'created',
  there: 'is there already',
  updated: 'was there; what it lacked is added',
  unread: 'is there already, but you may not read it, so it was not compared',
  unseen: 'you may neither read nor create it',
};

/**
 * `service-account create|manifest NAMESPACE/NAME …`: makes a robot for a registry and links the host to it, or
 * prints its objects as YAML for someone else to apply.
 * @returns the exit status: 0, 1 for an error or a missing right (said on stderr), 2 for a wrong command line
 */
export function runServiceAccount(args: readonly string[], ports: ServiceAccountPorts): Promise<number> {
  return runAsCommand(SERVICE_ACCOUNT, parseServiceAccountArguments(args), ports, async (parsed) => {
    if (parsed.verb === 'create') return create(parsed, ports);
    ports.print(manifestYaml(serviceAccountObjects(parsed.options)).trimEnd());
    return 0;
  });
}

/**
 * Makes the objects one after another; the host is linked once none is missing: with less, it would lose the login that
 * it has now for one that opens nothing.
 * @throws AppError for anything but a missing right
 */
async function create(
  asked: Extract<ServiceAccountArguments, { verb: 'create' }>,
  ports: ServiceAccountPorts,
): Promise<number> {
  const { print, printError } = ports;
  const { host, context, isApplied } = asked;
  const { namespace, name, selfRenew, machines } = asked.options;
  const machine = selfRenew ? ports.machineName() : '';
  const options =
    selfRenew && machines.length === 0 ? { ...asked.options, machines: [machine] } : asked.options;
  const { server, user, request } = await ports.logIn(host, context);
  const missing: string[] = [];
  let hasUnseen = false;
  for (const object of serviceAccountObjects(options)) {
    const outcome = await ensureObject(object, { server, request });
    const isUnseen = outcome === 'unseen';
    hasUnseen ||= isUnseen;
    if (outcome === 'forbidden' || (isUnseen && !isApplied)) {
      const either = isUnseen ? ', which you may not read either' : '';
      missing.push(`${nameObject(object)}${either}. ${explainObject(object)}`);
    } else print(`${nameObject(object)}: ${OUTCOMES[outcome]}`);
  }
  if (missing.length > 0) {
    printError(`${nameInSentence(user)} may not create the following; an admin has to apply it:`);
    for (const what of missing) printError(`  ${what}`);
    printError('Send them this command:');
    printError(`  ${manifestCommand(options, host)}`);
    const how = hasUnseen ? ' with --applied, since you may not see all of it' : '';
    printError(`${host} is left as it was. Once that is applied, run this again${how}.`);
    return 1;
  }
  const serviceAccount = `${namespace}/${name}`;
  // Here tokens would be bound to a Secret of this machine, which is not made.
  const isForOthers = selfRenew && !options.machines.includes(machine);
  if (isForOthers) {
    print(`${host} is left as it was: this machine, ${machine}, is not among those named. On each of them,`);
    print(`run: ${createCommand(options, host)}`);
    return 0;
  }
  const entry = { server, user, serviceAccount, ...(selfRenew ? { selfRenew } : {}) };
  for (const line of await ports.linkHost(host, entry)) print(line);
  print(`${host} gets tokens of the service account ${serviceAccount} at ${server}.`);
  print(`For your own login again: docker-credential-openshift setup ${host} --own-login`);
  print(`Try: podman pull ${exampleImage(host, options)}`);
  return 0;
}

/** QCI keeps the images of all namespaces in one repository (OpenShift CI's documentation of its registries). */
function exampleImage(host: string, { namespace, imageNamespaces }: ServiceAccountOptions): string {
  const images = imageNamespaces[0] ?? namespace;
  return host === QCI_HOST ? `${host}/openshift/ci:${images}_IMAGE_TAG` : `${host}/${images}/IMAGE:TAG`;
}

/** The cluster of a host, asked as the login that the host is linked to, or as a context's. @throws AppError */
export async function logInForRequests(
  host: string,
  contextName: string | undefined,
  session: Session,
): ReturnType<ServiceAccountPorts['logIn']> {
  const { server, user, context } = await linkedLogin(host, contextName, session);
  const { all } = (await session.identities()).identities;
  const identity = all.find((each) => each.context === context);
  if (identity === undefined) throw new AppError({ code: 'no-context', message: 'No context was resolved' });
  const bearer = await bearerOf(identity, session);
  return {
    server,
    user,
    request: (method, path, body) => session.access.ask(identity, bearer, path, body, method),
  };
}

/**
 * The objects as a YAML file of several documents, in the order given, each with a comment that says what it is for.
 * `oc` reads YAML 1.1, in which `yes`, `on` or `1e3` are no text: such names are quoted.
 */
export function manifestYaml(objects: readonly KubernetesObject[], explain = explainObject): string {
  const documents = objects.map((object) => {
    const document = new Document(object, { version: '1.1' });
    visit(document, {
      Scalar(_key, scalar) {
        // Readers differ in which spellings of numbers they know; what starts with a letter is none.
        if (typeof scalar.value === 'string' && !/^[A-Za-z]/.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
      },
    });
    // Above the first key: a comment of the document itself is set off by an empty line.
    if (isMap(document.contents)) document.contents.commentBefore = ` ${explain(object)}`;
    return document.toString({ lineWidth: 0 });
  });
  return documents.join('---\n');
}

/** @returns the command line that prints the manifest of these options and applies it; every name is fit for a shell */
function manifestCommand(options: ServiceAccountOptions, host: string): string {
  const machines = options.machines.map((machine) => ` --machine ${machine}`).join('');
  return `${commandLine('manifest', options, host)}${machines} | oc apply -f -`;
}

/** @returns the command line that makes the same account on another machine, for that machine */
function createCommand(options: ServiceAccountOptions, host: string): string {
  return commandLine('create', options, host);
}

function commandLine(verb: string, options: ServiceAccountOptions, host: string): string {
  const { namespace, name, role, imageNamespaces, selfRenew } = options;
  const words = [
    `docker-credential-openshift service-account ${verb} ${namespace}/${name} --host ${host} --role ${role}`,
    ...imageNamespaces.map((images) => `--image-namespace ${images}`),
    ...(selfRenew ? ['--self-renew'] : []),
  ];
  return words.join(' ');
}

/** @returns what the object is there for, in one sentence for whoever has to approve it */
export function explainObject(object: KubernetesObject): string {
  const { kind, metadata, rules = [], roleRef, subjects = [], users = [] } = object;
  switch (kind) {
    case 'Namespace':
      return 'Where the service account lives.';
    case 'ServiceAccount':
      return 'The robot whose tokens the registry is shown.';
    case 'Secret':
      return 'Empty. Tokens tied to it end when it is deleted.';
    case 'Role': {
      const rights = rules.map(({ verbs, resources, resourceNames }) => {
        const names = resourceNames === undefined ? '' : ` of ${resourceNames.join(', ')}`;
        return `${verbs.join(', ')} ${resources.join(', ')}${names}`;
      });
      return `Allows ${rights.join(', and ')}.`;
    }
    case 'RoleBinding': {
      const whom = subjects.map((subject) =>
        subject.namespace === undefined
          ? `${subject.kind} ${subject.name}`
          : `${subject.kind} ${subject.namespace}/${subject.name}`,
      );
      return `Gives ${whom.join(', ')} the ${roleRef?.kind} ${roleRef?.name} in namespace ${metadata.namespace}.`;
    }
    case 'CronJob':
      return 'Runs by itself.';
    case 'Group':
      return `Its members: ${users.join(', ')}.`;
  }
}

/** Links a host to the account in our config, and forgets what is of another. @returns what changed, in sentences */
export async function linkToAccount(
  host: string,
  entry: ServiceAccountEntry,
  files: EntryBinder,
  open: () => Session,
): Promise<readonly string[]> {
  const { lines, hosts } = await files.bind(host, entry);
  // What was answered before is another's; what was minted may be bound to a Secret or an account that is gone.
  const now = open();
  for (const each of hosts) {
    await forgetAnswer(each, now);
    await forgetToken(each, now);
  }
  return lines;
}
