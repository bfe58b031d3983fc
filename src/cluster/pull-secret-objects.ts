import { createHash } from 'node:crypto';
import {
  type KubernetesObject,
  LABELS,
  RBAC_GROUP,
  roleBinding,
  type Subject,
  serviceAccountObjects,
  tokenRequestRole,
} from './service-account-objects.ts';

/** A pull secret that is kept fresh, and whose token it gets. */
export interface PullSecretOptions {
  readonly namespace: string;
  readonly name: string;
  /** The registry whose login it holds. */
  readonly host: string;
  /** Whose tokens they are. */
  readonly account: { readonly namespace: string; readonly name: string };
  /** Where the account is to pull from, if it is to be made as well; none: it is there. */
  readonly imageNamespaces: readonly string[];
  /** Whether the Secret is there already: applied again it would be emptied. */
  readonly isThere: boolean;
  readonly image: string;
  /** Five fields of cron; undefined: hourly, at a minute that the names give. */
  readonly schedule: string | undefined;
}

/** A Job's pods are called like it and eleven characters more; a CronJob's own name has at most 52 (kubernetes 1.34). */
const LONGEST_CRON_JOB = 52;

/** @returns the name of the CronJob, its account, Role and RoleBinding, beside a Secret of that name */
export function refresherName(secret: string): string {
  const name = `refresh-${secret}`;
  if (name.length <= LONGEST_CRON_JOB) return name;
  // Cut anywhere, a dot could be left beside a dash, which no name may have.
  return `${name.slice(0, LONGEST_CRON_JOB - 9).replaceAll('.', '-')}-${digest(secret).slice(0, 8)}`;
}

/** @returns the same minute for the same Secret each time; those of many Secrets are spread over the hour */
export function hourlySchedule(namespace: string, name: string, host: string): string {
  return `${Number.parseInt(digest(`${namespace}/${name} ${host}`).slice(0, 8), 16) % 60} * * * *`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What a refresher is made of, and what each object is there for, in one sentence for whoever approves it. */
export interface ExplainedObject {
  readonly object: KubernetesObject;
  /** Undefined: the object says it itself. */
  readonly why?: string;
}

/** @returns the objects in the order in which they can be applied; the same each time */
export function pullSecretObjects(options: PullSecretOptions): ExplainedObject[] {
  const { namespace, name, account, imageNamespaces, isThere } = options;
  const refresher = refresherName(name);
  const metadata = { name: refresher, namespace, labels: LABELS };
  const subject: Subject = { kind: 'ServiceAccount', namespace, name: refresher };
  const isNear = account.namespace === namespace;
  const mints = {
    apiGroups: [''],
    resources: ['serviceaccounts/token'],
    resourceNames: [account.name],
    verbs: ['create'],
  };
  const far = tokenRequestRole({
    ...account,
    subject: `system:serviceaccount:${namespace}:${refresher}`,
  });
  const objects: ExplainedObject[] = [
    ...(imageNamespaces.length === 0 ? [] : puller(options)).map((object) => ({ object })),
    {
      object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      why: `The refresher of ${name}: it pulls nothing, and its own token is written nowhere.`,
    },
    {
      object: {
        apiVersion: `${RBAC_GROUP}/v1`,
        kind: 'Role',
        metadata,
        rules: [
          { apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: ['get', 'patch'] },
          ...(isNear ? [mints] : []),
        ],
      },
    },
    { object: roleBinding(namespace, refresher, subject, 'Role', refresher) },
    ...(isNear ? [] : [{ object: far.role }, { object: far.roleBinding }]),
  ];
  if (!isThere) {
    objects.push({
      object: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace, labels: LABELS },
        type: 'kubernetes.io/dockerconfigjson',
        stringData: { '.dockerconfigjson': '{"auths":{}}' },
      },
      why: 'Empty until the first run. Applied again it is emptied again: leave it out then (--existing).',
    });
  }
  objects.push({
    object: { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec: cronJob(options) },
    why: 'Writes a new token in time. To run it at once: oc create job --from=cronjob/NAME.',
  });
  return objects;
}

function puller({ account, imageNamespaces }: PullSecretOptions): KubernetesObject[] {
  return serviceAccountObjects({
    ...account,
    role: 'system:image-puller',
    imageNamespaces,
    selfRenew: false,
    machines: [],
  });
}

/**
 * A run takes seconds. What was missed (a controller that was down) is made up for within half of the hour, since the
 * next run comes anyway; one that hangs ends before it. The root is read-only and nothing is mounted: all it writes goes
 * to the API. No user is named: OpenShift gives each namespace its own, and the image has one for Kubernetes.
 */
function cronJob({ namespace, name, host, account, image, schedule }: PullSecretOptions): object {
  const words = [`${namespace}/${name}`, '--host', host, '--service-account'];
  const container = {
    name: 'refresh',
    image,
    command: ['/usr/local/bin/docker-credential-openshift'],
    args: ['pull-secret', 'refresh', ...words, `${account.namespace}/${account.name}`],
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
  return {
    schedule: schedule ?? hourlySchedule(namespace, name, host),
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: 1800,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      spec: {
        backoffLimit: 2,
        activeDeadlineSeconds: 600,
        template: {
          spec: {
            serviceAccountName: refresherName(name),
            restartPolicy: 'Never',
            securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [container],
          },
        },
      },
    },
  };
}
