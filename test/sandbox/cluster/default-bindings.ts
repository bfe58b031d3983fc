import type { Binding, Subject } from './access.ts';

const EVERY_USER: Subject = { kind: 'Group', name: 'system:authenticated' };
const NOBODY_IN_PARTICULAR: Subject = { kind: 'Group', name: 'system:unauthenticated' };
const OAUTH_USERS: Subject = { kind: 'Group', name: 'system:authenticated:oauth' };
const user = (name: string): Subject => ({ kind: 'User', name });

/** The grants that every cluster comes with. Clusters before 4.14 lack the one for SelfSubjectReview. */
export function clusterBindings(selfSubjectReviews: boolean): Binding[] {
  return [
    { name: 'cluster-admin', role: 'cluster-admin', subjects: [{ kind: 'Group', name: 'system:masters' }] },
    {
      name: 'cluster-admins',
      role: 'cluster-admin',
      subjects: [{ kind: 'Group', name: 'system:cluster-admins' }, user('system:admin')],
    },
    { name: 'basic-users', role: 'basic-user', subjects: [EVERY_USER] },
    {
      name: 'self-access-reviewers',
      role: 'self-access-reviewer',
      subjects: [EVERY_USER, NOBODY_IN_PARTICULAR],
    },
    {
      name: 'system:openshift:public-info-viewer',
      role: 'system:openshift:public-info-viewer',
      subjects: [EVERY_USER, NOBODY_IN_PARTICULAR],
    },
    {
      name: 'system:openshift:useroauthaccesstoken-manager',
      role: 'system:openshift:useroauthaccesstoken-manager',
      subjects: [OAUTH_USERS],
    },
    ...(selfSubjectReviews
      ? [{ name: 'system:basic-user', role: 'self-subject-reviewer', subjects: [EVERY_USER] }]
      : []),
    {
      name: 'shared-resource-viewers',
      namespace: 'openshift',
      role: 'shared-resource-viewer',
      roleKind: 'Role',
      subjects: [EVERY_USER],
    },
  ];
}

/** Who may do what in the sandbox's namespaces. `guest-ns` is the one that a valid login closes. */
export const NAMESPACE_BINDINGS: readonly Binding[] = [
  {
    name: 'everyone-registry-viewer',
    namespace: 'public-ns',
    role: 'registry-viewer',
    subjects: [EVERY_USER, NOBODY_IN_PARTICULAR],
  },
  {
    name: 'guests-image-puller',
    namespace: 'guest-ns',
    role: 'system:image-puller',
    subjects: [NOBODY_IN_PARTICULAR],
  },
  {
    name: 'alice-registry-editor',
    namespace: 'alice-ns',
    role: 'registry-editor',
    subjects: [user('alice')],
  },
  { name: 'alice-edit', namespace: 'alice-ns', role: 'edit', subjects: [user('alice')] },
  {
    name: 'puller-image-puller',
    namespace: 'alice-ns',
    role: 'system:image-puller',
    subjects: [{ kind: 'ServiceAccount', namespace: 'alice-ns', name: 'puller' }],
  },
  { name: 'bob-admin', namespace: 'bob-ns', role: 'admin', subjects: [user('bob')] },
  // What OpenShift CI's proxy of quay.io asks for before it serves a person.
  { name: 'ci-image-puller', namespace: 'ocp', role: 'system:image-puller', subjects: [user('alice')] },
];
