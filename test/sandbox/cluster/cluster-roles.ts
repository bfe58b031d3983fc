/** One rule of a role. `*` stands for all. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly groups?: readonly string[];
  /** `resource` or `resource/subresource`. */
  readonly resources?: readonly string[];
  readonly names?: readonly string[];
  /** Paths outside the API groups; a trailing `*` matches the rest. */
  readonly paths?: readonly string[];
}

const IMAGE = ['', 'image.openshift.io'];
const READ = ['get', 'list', 'watch'];
const WRITE = [...READ, 'create', 'update', 'patch', 'delete', 'deletecollection'];
const STREAMS = ['imagestreams', 'imagestreamimages', 'imagestreammappings', 'imagestreamtags', 'imagetags'];
const NAMESPACE_VIEW: Rule[] = [
  { verbs: ['get'], groups: [''], resources: ['namespaces'] },
  { verbs: ['get'], groups: ['', 'project.openshift.io'], resources: ['projects'] },
];
const VIEWED = ['configmaps', 'pods', 'services', 'serviceaccounts', 'events', 'resourcequotas'];
const REGISTRY_VIEWER: Rule[] = [
  { verbs: READ, groups: IMAGE, resources: STREAMS },
  { verbs: ['get'], groups: IMAGE, resources: ['imagestreams/layers'] },
  ...NAMESPACE_VIEW,
];
const REGISTRY_EDITOR: Rule[] = [
  { verbs: WRITE, groups: IMAGE, resources: STREAMS },
  { verbs: ['get', 'update'], groups: IMAGE, resources: ['imagestreams/layers'] },
  { verbs: ['create'], groups: IMAGE, resources: ['imagestreamimports'] },
  ...NAMESPACE_VIEW,
];
const VIEW: Rule[] = [
  { verbs: READ, groups: IMAGE, resources: STREAMS },
  { verbs: READ, groups: [''], resources: VIEWED },
  { verbs: READ, groups: ['route.openshift.io'], resources: ['routes'] },
  ...NAMESPACE_VIEW,
];
const EDIT: Rule[] = [
  ...VIEW,
  ...REGISTRY_EDITOR,
  { verbs: WRITE, groups: [''], resources: ['configmaps', 'secrets', 'serviceaccounts', 'pods', 'services'] },
  { verbs: ['create'], groups: [''], resources: ['serviceaccounts/token'] },
  { verbs: WRITE, groups: ['route.openshift.io'], resources: ['routes'] },
];
const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** The Role of that name in the namespace `openshift`. */
export const SHARED_RESOURCE_VIEWER: readonly Rule[] = [
  { verbs: READ, groups: IMAGE, resources: STREAMS },
  { verbs: ['get'], groups: IMAGE, resources: ['imagestreams/layers'] },
];

/** The part of OpenShift's default cluster roles that the served API groups know. */
export const CLUSTER_ROLES: ReadonlyMap<string, readonly Rule[]> = new Map<string, readonly Rule[]>(
  Object.entries({
    'cluster-admin': [
      { verbs: ['*'], groups: ['*'], resources: ['*'] },
      { verbs: ['*'], paths: ['*'] },
    ],
    'basic-user': [
      { verbs: ['get'], groups: ['', 'user.openshift.io'], resources: ['users'], names: ['~'] },
      { verbs: ['list', 'watch'], groups: ['', 'project.openshift.io'], resources: ['projects'] },
      { verbs: READ, groups: [RBAC_GROUP], resources: ['clusterroles'] },
    ],
    'self-access-reviewer': [
      {
        verbs: ['create'],
        groups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      },
    ],
    // Part of system:basic-user since the API exists; a role of its own because older clusters lack it.
    'self-subject-reviewer': [
      { verbs: ['create'], groups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
    ],
    'system:openshift:public-info-viewer': [
      {
        verbs: ['get'],
        paths: ['/version', '/version/', '/healthz', '/livez', '/readyz', '/.well-known', '/.well-known/*'],
      },
    ],
    'system:openshift:useroauthaccesstoken-manager': [
      {
        verbs: ['get', 'list', 'watch', 'delete'],
        groups: ['oauth.openshift.io'],
        resources: ['useroauthaccesstokens'],
      },
    ],
    'system:image-puller': [{ verbs: ['get'], groups: IMAGE, resources: ['imagestreams/layers'] }],
    'system:image-pusher': [{ verbs: ['get', 'update'], groups: IMAGE, resources: ['imagestreams/layers'] }],
    'registry-viewer': REGISTRY_VIEWER,
    'registry-editor': REGISTRY_EDITOR,
    view: VIEW,
    edit: EDIT,
    admin: [...EDIT, { verbs: WRITE, groups: [RBAC_GROUP], resources: ['roles', 'rolebindings'] }],
  }),
);
