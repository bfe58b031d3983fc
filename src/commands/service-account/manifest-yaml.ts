import { Document, isMap, visit } from 'yaml';
import { explainObject, type KubernetesObject } from './kubernetes-object.ts';

/**
 * The objects as a YAML file of several documents, in the order given, each with a comment that says what it is for.
 * `oc` reads YAML 1.1, in which `yes`, `on` or `1e3` are no text: such names are quoted.
 */
export function manifestYaml(objects: readonly KubernetesObject[]): string {
  return objects.map(documentText).join('---\n');
}

function documentText(object: KubernetesObject): string {
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
}
