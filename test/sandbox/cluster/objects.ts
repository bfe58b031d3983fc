import type { Rule } from './cluster-roles.ts';

/** What every stored API object has. Objects are replaced when they change, never modified. */
export interface ObjectMeta {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdMs: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface NamespacedMeta extends ObjectMeta {
  readonly namespace: string;
}

export type Namespace = ObjectMeta;

/** A User object. */
export type User = ObjectMeta;

/** A Group of user.openshift.io. */
export interface Group extends ObjectMeta {
  readonly users: readonly string[];
}

export interface SecretReference {
  readonly name: string;
}

export interface ServiceAccount extends NamespacedMeta {
  readonly secrets: readonly SecretReference[];
  readonly imagePullSecrets: readonly SecretReference[];
}

export interface Secret extends NamespacedMeta {
  readonly type: string;
  /** Base64, as in the API. */
  readonly data: Readonly<Record<string, string>>;
}

export interface Role extends NamespacedMeta {
  readonly rules: readonly Rule[];
}

/** Where an object stands in its map: `namespace/name`, or the bare name outside namespaces. */
export function objectKey(object: { readonly namespace?: string; readonly name: string }): string {
  return object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
}
