import type { Binding, Subject } from '../cluster/access.ts';
import type { Reply } from '../http/message.ts';
import { invalid } from './status.ts';

const GROUP = 'rbac.authorization.k8s.io';

type Grant = Pick<Binding, 'role' | 'roleKind' | 'subjects'>;

interface RawSubject {
  readonly kind?: string;
  readonly apiGroup?: string;
  readonly name?: string;
  readonly namespace?: string;
}

interface RawRoleRef {
  readonly apiGroup?: string;
  readonly kind?: string;
  readonly name?: string;
}

/** Reads subjects and role of a RoleBinding, or refuses them as Kubernetes' validation does. */
export function readRoleBinding(name: string, fields: Readonly<Record<string, unknown>>): Grant | Reply {
  const refuse = (field: string, reason: 'FieldValueInvalid' | 'FieldValueRequired', message: string) =>
    invalid(GROUP, 'RoleBinding', name, { field, reason, message });
  const { kind, name: role, apiGroup = GROUP } = (fields.roleRef ?? {}) as RawRoleRef;
  if (!role) return refuse('roleRef.name', 'FieldValueRequired', 'Required value');
  if ((kind !== 'Role' && kind !== 'ClusterRole') || apiGroup !== GROUP) {
    const message = `Unsupported value: ${JSON.stringify(kind ?? '')}: supported values: "Role", "ClusterRole"`;
    return refuse('roleRef.kind', 'FieldValueInvalid', message);
  }
  const subjects: Subject[] = [];
  for (const [index, raw] of ((fields.subjects ?? []) as readonly RawSubject[]).entries()) {
    const at = (field: string) => `subjects[${index}].${field}`;
    if (!raw.name) return refuse(at('name'), 'FieldValueRequired', 'Required value');
    if (raw.kind === 'ServiceAccount') {
      if (!raw.namespace) return refuse(at('namespace'), 'FieldValueRequired', 'Required value');
      subjects.push({ kind: 'ServiceAccount', namespace: raw.namespace, name: raw.name });
    } else if (raw.kind === 'User' || raw.kind === 'Group') {
      subjects.push({ kind: raw.kind, name: raw.name });
    } else {
      const message = `Unsupported value: ${JSON.stringify(raw.kind ?? '')}`;
      return refuse(at('kind'), 'FieldValueInvalid', message);
    }
  }
  return { role, roleKind: kind, subjects };
}

export function roleRefJson({ role, roleKind }: Pick<Binding, 'role' | 'roleKind'>) {
  return { apiGroup: GROUP, kind: roleKind ?? 'ClusterRole', name: role };
}

export function sameRoleRef(a: Pick<Binding, 'role' | 'roleKind'>, b: Pick<Binding, 'role' | 'roleKind'>) {
  return a.role === b.role && (a.roleKind ?? 'ClusterRole') === (b.roleKind ?? 'ClusterRole');
}

export function subjectJson(subject: Subject): object {
  return subject.kind === 'ServiceAccount' ? subject : { ...subject, apiGroup: GROUP };
}
