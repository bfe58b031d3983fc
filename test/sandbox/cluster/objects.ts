import { randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
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
  /** Nobody may change its data, nor take this back. */
  readonly immutable?: boolean;
}

export interface ClusterRole extends ObjectMeta {
  readonly rules: readonly Rule[];
}

export interface Role extends NamespacedMeta {
  readonly rules: readonly Rule[];
}

/** Where an object stands in its map: `namespace/name`, or the bare name outside namespaces. */
export function objectKey(object: { readonly namespace?: string; readonly name: string }): string {
  return object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
}

/** Where the metadata of new objects comes from. */
export interface MetaSource {
  readonly clock: Clock;
  nextVersion(): string;
}

/** Metadata of a new object, in a namespace if given. */
export function newMeta(source: MetaSource, name: string): ObjectMeta;
export function newMeta(source: MetaSource, name: string, namespace: string): NamespacedMeta;
export function newMeta(source: MetaSource, name: string, namespace?: string): ObjectMeta {
  const where = namespace === undefined ? {} : { namespace };
  const createdMs = source.clock.nowMs();
  return { ...where, name, uid: randomUUID(), resourceVersion: source.nextVersion(), createdMs };
}

/** The five characters that Kubernetes appends to generated names. */
export function nameSuffix(): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
}
