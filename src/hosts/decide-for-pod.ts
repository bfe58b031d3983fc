import type { RegistrySettings } from '../registry/bind-host.ts';
import { clusterDisplayName } from '../registry/catalogue.ts';
import { answerWithToken } from './answer-with-token.ts';
import type { AnswerPorts } from './check-token.ts';
import { type Decision, decideAnswer } from './decide-answer.ts';
import { type FactPorts, gatherFacts } from './gather-facts.ts';
import { givenToken, type Identity, parseServiceAccount } from './identity.ts';
import { readJwt } from './jwt.ts';
import { AppError, type Fix, type Reason, reasonOf } from './reason.ts';
import { theRouteTo } from './route-to-server.ts';

/** What a kubelet says of the pod that it pulls for. */
export interface Pod {
  /** The token of its service account; undefined: it has none, or the kubelet was not told to send it. */
  readonly token: string | undefined;
  /** Those of its service account that the kubelet was told to send. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The annotation by which a service account names the robots that its pods want to pull as: `NAMESPACE/NAME`, with commas. */
export const PULL_AS = 'docker-credential-openshift/pull-as';

/** How the subjects of service accounts' tokens begin. */
const OF_ACCOUNTS = 'system:serviceaccount:';
/** Of an annotation, in characters. */
const LONGEST_SHOWN = 1000;
/** Tells what the kubelet's own config lacks, and the config of the node. */
const CHECK: Fix = { run: 'docker-credential-openshift kubelet check' };

/**
 * What a pod gets of a registry host: its own token, a robot's or what the host itself gets, as the config's `pods` has it.
 * Without a word of the config no pod gets anything, whoever is logged in on its node.
 * @param host a normalised registry host
 * @returns what is kept in no file, unless every pod gets it
 */
export async function decideForPod(
  host: string,
  pod: Pod,
  ports: FactPorts & AnswerPorts,
): Promise<Decision> {
  const { settings, problem } = await ports.readSettings(host);
  if (problem === undefined && settings?.pods === 'all') return decideAnswer(host, ports);
  const decision = problem === undefined ? decideForOne(host, pod, settings, ports) : anonymous(problem);
  return { ...(await decision), mayBeKept: false };
}

/** What one pod gets, and others do not. */
async function decideForOne(
  host: string,
  pod: Pod,
  { pods, serviceAccount = '' }: RegistrySettings = {},
  ports: FactPorts & AnswerPorts,
): Promise<Decision> {
  if (pods === 'own-token') return answerOwnToken(host, pod, ports);
  const refusal = pods === 'annotated' ? whyNotAs(serviceAccount, host, pod) : notAllowed(host);
  if (refusal !== undefined) return anonymous(refusal);
  return decideAnswer(host, ports, { mayAsk: true, typed: null });
}

function notAllowed(host: string): Reason {
  return {
    code: 'pods-not-allowed',
    why: `The config does not say what pods get of ${host}`,
    fix: { do: `Write \`pods\` below ${host} in the config of this node.` },
  };
}

function anonymous(...reasons: readonly Reason[]): Decision {
  return { answer: { kind: 'anonymous', reasons } };
}

/** Why a pod gets no token of the robot. @returns undefined: its service account names it */
function whyNotAs(robot: string, host: string, { token = '', annotations }: Pod): Reason | undefined {
  const named = (annotations[PULL_AS] ?? '').split(',').map((name) => name.trim());
  if (named.includes(robot)) return undefined;
  return {
    code: 'robot-not-named',
    why: `The pod's service account does not name ${robot}, whose tokens ${host} takes, and gets none of them until it does`,
    fix: annotating(robot, named, token),
  };
}

/** @param named what the annotation says already: the names in it stay */
function annotating(robot: string, named: readonly string[], token: string): Fix {
  const subject = readJwt(token)?.subject ?? '';
  const account = parseServiceAccount(subject.replace(OF_ACCOUNTS, '').replace(':', '/'));
  const value = [...named.filter((name) => parseServiceAccount(name) !== undefined), robot].join(',');
  if (account === undefined || value.length > LONGEST_SHOWN) {
    return { do: `If its pods should pull as that robot, annotate it: "${PULL_AS}: ${robot}".` };
  }
  const { namespace, name } = account;
  return {
    run: `oc annotate serviceaccount ${name} -n ${namespace} --overwrite ${PULL_AS}=${value}`,
  };
}

/** The pod's own token, which the cluster that the host is linked to is asked about first. */
async function answerOwnToken(
  host: string,
  { token }: Pod,
  ports: FactPorts & AnswerPorts,
): Promise<Decision> {
  if (token === undefined) {
    return anonymous({
      code: 'pod-without-token',
      why: `The kubelet sent no token of the pod for ${host}: it is a static pod, or the kubelet's config has no tokenAttributes`,
      fix: CHECK,
    });
  }
  const { facts, resolution } = await gatherFacts(host, { mayAsk: false, typed: null }, ports);
  const { binding, state } = resolution;
  if (binding?.kind !== 'bound' || binding.server === undefined || state === 'signed-out') {
    return anonymous(...resolution.reasons);
  }
  const { server, context } = binding;
  const subject = readJwt(token)?.subject;
  if (subject?.startsWith(OF_ACCOUNTS) !== true) {
    const why = `What the kubelet sent for ${host} is no token of a service account of ${clusterDisplayName(server)}`;
    return anonymous({ code: 'no-pod-token', why, fix: CHECK });
  }
  try {
    const identities = facts.identities ?? (await ports.readIdentities());
    const identity: Identity = {
      ...theRouteTo(server, identities, context),
      user: subject,
      context: undefined,
      namespace: undefined,
      inCluster: true,
      source: { kind: 'token', token: givenToken(token) },
    };
    // What is known of the host's own token says nothing of this one.
    const answered = await answerWithToken(host, identity, undefined, {
      ...ports,
      recallKnowledge: () => undefined,
    });
    return { ...answered, identity };
  } catch (error) {
    // What keeps it from being checked is told; a defect is not told as such.
    if (!(error instanceof AppError)) throw error;
    return anonymous(reasonOf(error));
  }
}
