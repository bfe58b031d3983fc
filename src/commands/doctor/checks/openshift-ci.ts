import type { Place } from '../../../engines/lookup/resolve-image.ts';
import type { Fix } from '../../../hosts/reason.ts';
import { imageInWords } from '../../../registry/image-reference.ts';
import { isReplacedByQci, QCI_HOST, QCI_REPOSITORY, qciSpelling } from '../../../registry/qci.ts';
import { readConsoleUrl } from '../../../registry/server-url.ts';
import type { Subject } from '../arguments.ts';
import type { Check, Finding } from '../check.ts';
import type { Facts } from '../facts.ts';

/** OpenShift CI's own rules: QCI's names, registries that are gone, and what a job log's console URL means. */
export const OPENSHIFT_CI_CHECKS: readonly Check[] = [
  {
    id: 'openshift-ci',
    title: "OpenShift CI's names: see below",
    needs: 'network',
    per: 'target',
    run: async (facts) => openshiftCi(facts),
  },
];

const GONE = 'registry.svc.ci.openshift.org';
const JOB_NAMESPACE = /^ci-op-/;

function openshiftCi({ subject, hosts }: Facts): readonly Finding[] {
  if (subject.kind === 'console') return [pullSpec(subject.url)];
  const findings = hosts.flatMap((host) => ofHost(host, subject));
  return subject.kind === 'image' ? [...findings, ...ofImage(subject)] : findings;
}

function ofHost(host: string, subject: Subject): Finding[] {
  if (host === QCI_HOST) {
    const why = `${host} (QCI) is for pulling only, and nothing there is public`;
    const effect = `Its images are ${QCI_REPOSITORY}:NAMESPACE_NAME_TAG, and it asks app.ci whether you may pull them (get imagestreams/layers)`;
    return [{ status: 'note', code: 'qci', host, why, effect }];
  }
  // That one is gone is told with where the hosts belong.
  if (subject.kind === 'image' || host === GONE || !isReplacedByQci(host)) return [];
  return [discouraged(host, { do: `Pull from ${QCI_HOST}/${QCI_REPOSITORY}:NAMESPACE_NAME_TAG instead.` })];
}

function ofImage({ host, image }: Extract<Place, { kind: 'image' }>): Finding[] {
  const spelled = qciSpelling(image);
  const fix = spelled === undefined ? undefined : { run: `podman pull ${spelled}` };
  if (host === QCI_HOST && image.repository !== QCI_REPOSITORY) {
    const why = `QCI has no ${image.repository}: all its images are in ${QCI_REPOSITORY}`;
    const effect = 'NAMESPACE/NAME:TAG is called NAMESPACE_NAME_TAG there';
    return [{ status: 'problem', code: 'no-qci-image', host, why, effect, fix }];
  }
  // What a job makes for itself is in its cluster's registry alone.
  if (!isReplacedByQci(host) || JOB_NAMESPACE.test(image.repository)) return [];
  if (host !== GONE) return [discouraged(host, fix)];
  if (spelled === undefined) return [];
  const why = `${imageInWords(image)} is called ${spelled} at QCI`;
  return [{ status: 'note', code: 'qci-spelling', host, why, fix }];
}

function discouraged(host: string, fix: Fix | undefined): Finding {
  const effect =
    'It is there for OpenShift CI itself; others are asked to pull the same images from QCI, which is meant for that';
  return {
    status: 'note',
    code: 'use-qci',
    host,
    why: `Clients are asked not to pull from ${host}`,
    effect,
    fix,
  };
}

function pullSpec(url: URL): Finding {
  const { registry, isGuess, namespace, imageStream, tag } = readConsoleUrl(url);
  if (registry === undefined) {
    return {
      status: 'problem',
      code: 'console-unknown',
      why: `Which registry belongs to the console ${url.host} can't be told from its name`,
      effect:
        "The built-in list knows OpenShift CI's clusters, and other consoles only by the name that the installer gives them",
      fix: { run: 'oc get is -o jsonpath="{.items[*].status.publicDockerImageRepository}"' },
    };
  }
  if (namespace === undefined) {
    const fix = { do: "Give the URL of a project's page: …/k8s/cluster/projects/NAMESPACE." };
    const why = 'That page of the console names no project';
    return { status: 'problem', code: 'console-without-project', host: registry, why, fix };
  }
  // A page of a whole project says nothing of one image.
  const isPattern = imageStream === undefined || tag === undefined;
  const repository = `${namespace}/${imageStream ?? 'IMAGESTREAM'}`;
  const image = imageInWords({ registry, repository, tag: tag ?? 'TAG', digest: undefined });
  const effects = [
    ...(isGuess ? ["That is the registry's name by default; its cluster may have it under another"] : []),
    ...(JOB_NAMESPACE.test(namespace)
      ? [
          "A job's namespace is deleted an hour after the job ended, and only the pull request's author may read it",
        ]
      : []),
  ];
  return {
    status: 'note',
    code: 'console-pull-spec',
    host: registry,
    why: `Images of that project are called ${image}`,
    effect: effects.length === 0 ? undefined : effects.join('. '),
    fix: isPattern
      ? { do: `With the names of one of them: podman pull ${image}` }
      : { run: `podman pull ${image}` },
  };
}
