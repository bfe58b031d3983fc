import { Document, isMap, visit } from 'yaml';
import type { KubernetesObject, ServiceAccountOptions } from '../../cluster/service-account-objects.ts';

/**
 * The objects as a YAML file of several documents, in the order given, each with a comment that says what it is for.
 * `oc` reads YAML 1.1, in which `yes`, `on` or `1e3` are no text: such names are quoted.
 */
export function manifestYaml(objects: readonly KubernetesObject[]): string {
  const documents = objects.map((object) => {
    const document = new Document(object, { version: '1.1' });
    visit(document, {
      Scalar(_key, scalar) {
        // Readers differ in which spellings of numbers they know; what starts with a letter is none.
        if (typeof scalar.value === 'string' && !/^[A-Za-z]/.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
      },
    });
    // Above the first key: a comment of the document itself is set off by an empty line.
    if (isMap(document.contents)) document.contents.commentBefore = ` ${explainObject(object)}`;
    return document.toString({ lineWidth: 0 });
  });
  return documents.join('---\n');
}

/** @returns the command line that prints the manifest of these options and applies it; every name is fit for a shell */
export function manifestCommand(options: ServiceAccountOptions, host: string): string {
  const machines = options.machines.map((machine) => ` --machine ${machine}`).join('');
  return `${commandLine('manifest', options, host)}${machines} | oc apply -f -`;
}

/** @returns the command line that makes the same account on another machine, for that machine */
export function createCommand(options: ServiceAccountOptions, host: string): string {
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

/** @returns the object in words: `RoleBinding NAME in namespace NS` */
export function nameObject({ kind, metadata }: KubernetesObject): string {
  const where = metadata.namespace === undefined ? '' : ` in namespace ${metadata.namespace}`;
  return `${kind} ${metadata.name}${where}`;
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
      return 'Empty. Tokens bound to it die when it is deleted.';
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
    case 'Group':
      return `Its members: ${users.join(', ')}.`;
  }
}
