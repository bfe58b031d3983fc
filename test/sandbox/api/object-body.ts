import { nameSuffix } from '../cluster/objects.ts';
import type { Reply } from '../http/message.ts';
import { type ApiCall, readJson } from './api-call.ts';
import { badRequest, invalid } from './status.ts';

/** What a client sends to create or replace an object; the fields are not judged yet. */
export interface ObjectBody {
  readonly metadata: BodyMetadata;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface BodyMetadata {
  readonly name: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RawMetadata extends Partial<BodyMetadata> {
  readonly namespace?: string;
  readonly generateName?: string;
}

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const SUBDOMAIN_RULE =
  'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, ' +
  "'-' or '.', and must start and end with an alphanumeric character";
/** RBAC and user API take any name that can be a segment of a path. */
const FREE_NAMES = ['rbac.authorization.k8s.io', 'user.openshift.io'];

/** Reads a body, gives a generated name if it asks for one, and refuses what no kind takes. */
export function readObjectBody(
  { body, info }: ApiCall,
  { kind, apiVersion }: { readonly kind: string; readonly apiVersion: string },
): ObjectBody | Reply {
  const raw = readJson(body);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return badRequest(`the object provided is unrecognized (must be of type ${kind})`);
  }
  const { metadata, ...fields } = raw as Record<string, unknown> & { metadata?: RawMetadata };
  if ((fields.kind ?? kind) !== kind || (fields.apiVersion ?? apiVersion) !== apiVersion) {
    return badRequest(`${fields.kind} in version ${fields.apiVersion} cannot be handled as a ${kind}`);
  }
  const { namespace, generateName, name: given, ...rest } = metadata ?? {};
  if (namespace !== undefined && namespace !== info.namespace) {
    return badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  const name = given || (generateName ? `${generateName}${nameSuffix()}` : '');
  const group = info.group ?? '';
  if (name === '') {
    const message = 'Required value: name or generateName is required';
    return invalid(group, kind, '', { field: 'metadata.name', reason: 'FieldValueRequired', message });
  }
  const valid = FREE_NAMES.includes(group) ? !/[/%]|^\.{1,2}$/.test(name) : SUBDOMAIN.test(name);
  if (!valid) {
    const message = `Invalid value: ${JSON.stringify(name)}: ${SUBDOMAIN_RULE}`;
    return invalid(group, kind, name, { field: 'metadata.name', reason: 'FieldValueInvalid', message });
  }
  return { metadata: { ...rest, name }, fields };
}
