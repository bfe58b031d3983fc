import { QCI_HOST } from '../../../registry/catalogue.ts';
import { readConsoleUrl } from '../../../registry/console-url.ts';
import { imageInWords } from '../../../registry/image-reference.ts';
import { isReplacedByQci, QCI_REPOSITORY, qciSpelling } from '../../../registry/qci-spelling.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Subject } from '../subject.ts';

const GONE = 'registry.svc.ci.openshift.org';
const JOB_NAMESPACE = /^ci-op-/;

/** OpenShift CI's own rules: QCI's names, registries that are gone, and what a job log's console URL means. */
export async function openshiftCi({
  subject,
  hosts,
}: Pick<CheckContext, 'subject' | 'hosts'>): Promise<readonly Finding[]> {
  if (subject.kind === 'console') return [pullSpec(subject.url)];
  const found = hosts.flatMap((host) => ofHost(host, subject));
  return subject.kind === 'image' ? [...found, ...ofImage(subject)] : found;
}

function ofHost(host: string, subject: Subject): Finding[] {
  if (host === QCI_HOST) {
    const saw = `${host} (QCI) is for pulling only, and nothing there is public`;
    const why = `Its images are ${QCI_REPOSITORY}:NAMESPACE_NAME_TAG, and it asks app.ci whether you may pull them (get imagestreams/layers)`;
    return [{ status: 'note', host, saw, why }];
  }
  // That one is gone is told with where the hosts belong.
  if (subject.kind === 'image' || host === GONE || !isReplacedByQci(host)) return [];
  return [discouraged(host, `Pull from ${QCI_HOST}/${QCI_REPOSITORY}:NAMESPACE_NAME_TAG instead.`)];
}

function ofImage({ host, image }: Extract<Subject, { kind: 'image' }>): Finding[] {
  const spelled = qciSpelling(image);
  const mend = spelled === undefined ? undefined : `podman pull ${spelled}`;
  if (host === QCI_HOST && image.repository !== QCI_REPOSITORY) {
    const saw = `QCI has no ${image.repository}: all its images are in ${QCI_REPOSITORY}`;
    const why = 'NAMESPACE/NAME:TAG is called NAMESPACE_NAME_TAG there';
    return [{ status: 'problem', host, saw, why, mend }];
  }
  // What a job makes for itself is in its cluster's registry alone.
  if (!isReplacedByQci(host) || JOB_NAMESPACE.test(image.repository)) return [];
  if (host !== GONE) return [discouraged(host, mend)];
  return spelled === undefined
    ? []
    : [{ status: 'note', host, saw: `${imageInWords(image)} is called ${spelled} at QCI`, mend }];
}

function discouraged(host: string, mend: string | undefined): Finding {
  const why =
    'It is there for OpenShift CI itself; others are asked to pull the same images from QCI, which is meant for that';
  return { status: 'note', host, saw: `Clients are asked not to pull from ${host}`, why, mend };
}

function pullSpec(url: URL): Finding {
  const { registry, isGuess, namespace, imageStream = 'IMAGESTREAM', tag = 'TAG' } = readConsoleUrl(url);
  if (registry === undefined) {
    return {
      status: 'problem',
      saw: `Which registry belongs to the console ${url.host} can't be told from its name`,
      why: "The catalogue knows OpenShift CI's clusters, and other consoles only by the name that the installer gives them",
      mend: 'oc get is -o jsonpath="{.items[*].status.publicDockerImageRepository}"',
    };
  }
  if (namespace === undefined) {
    const mend = "Give the URL of a project's page: …/k8s/cluster/projects/NAMESPACE.";
    return { status: 'problem', host: registry, saw: 'That page of the console names no project', mend };
  }
  const repository = `${namespace}/${imageStream}`;
  const image = imageInWords({ registry, repository, tag, digest: undefined });
  const why = [
    ...(isGuess ? ["That is the registry's name by default; its cluster may have it under another"] : []),
    ...(JOB_NAMESPACE.test(namespace)
      ? [
          "A job's namespace is deleted an hour after the job ended, and only the pull request's author may read it",
        ]
      : []),
  ].join('. ');
  const saw = `Images of that project are called ${image}`;
  return {
    status: 'note',
    host: registry,
    saw,
    why: why === '' ? undefined : why,
    mend: `podman pull ${image}`,
  };
}
