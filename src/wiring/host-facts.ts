import { notLinked } from '../commands/renew/describe-renewal.ts';
import type { HostFacts, RenewalWay } from '../commands/status/host-status.ts';
import { answerFile, readAnswerFile } from '../files/answer-file.ts';
import { fingerprintOf } from '../files/fingerprint.ts';
import { recentFailure } from '../files/plugin-failures.ts';
import { readSignOuts, signOutFile } from '../files/sign-outs.ts';
import { tokenSignedOut } from '../hosts/answer-with-token.ts';
import type { CachedAnswer } from '../hosts/cached-answer.ts';
import { closedReason } from '../hosts/choose-identity.ts';
import { serviceAccountOrder } from '../hosts/decide-answer.ts';
import type { Identity } from '../hosts/identity.ts';
import { readJwt } from '../hosts/jwt.ts';
import type { KeptToken } from '../hosts/keep-token.ts';
import type { ServiceAccountOrder } from '../hosts/obtain-token.ts';
import { AppError, reasonOf } from '../hosts/reason.ts';
import { tokenWords } from '../hosts/token-words.ts';
import { bindHost } from '../registry/bind-host.ts';
import { clusterDisplayName } from '../registry/catalogue.ts';
import { isSignedOutByLogout } from './decide.ts';
import { isDerivedFromNow } from './derived-from-now.ts';
import { choiceForHost } from './identity-of-host.ts';
import { knownEndMs } from './known-end.ts';
import type { Session } from './session.ts';
import { signedOutReasonOf } from './sign-in.ts';
import { storedFacts } from './stored-facts.ts';
import { tokenPorts } from './token-ports.ts';

/**
 * What is known of a host's login from files alone: no cluster is asked, and no plugin run.
 * @throws AppError naming a file that can't be read
 */
export async function hostFacts(host: string, session: Session): Promise<HostFacts> {
  const { settings, problem } = await session.readSettings(host);
  if (problem !== undefined) return { host, reasons: [problem] };
  const binding = bindHost(host, settings);
  if (binding.kind === 'anonymous') return { host, silent: 'anonymous' };
  const record = recordOf(host, session);
  const signedOut = isSignedOutByLogout(host, session) ? [await signedOutReasonOf(host, session)] : undefined;
  const stored = signedOut === undefined ? await storedFacts(host, settings, record, session) : undefined;
  if (stored !== undefined && 'facts' in stored) return stored.facts;
  const unusable = signedOut === undefined ? await session.secrets.whyUnusable(host) : undefined;
  const missed = unusable === undefined ? stored?.notAnswered : [reasonOf(unusable)];
  if (binding.kind === 'closed') return { host, reasons: missed ?? [closedReason(host, binding)] };
  if (binding.kind === 'foreign' && missed !== undefined) return { host, reasons: missed };
  if (binding.kind === 'foreign')
    return { host, silent: signedOut === undefined ? 'anonymous' : 'signed-out' };
  const choice = await choiceForHost(host, session, false);
  if (choice === undefined || !('identity' in choice)) {
    if (signedOut !== undefined) return { host, silent: 'signed-out', reasons: signedOut };
    if (missed !== undefined) return { host, reasons: missed };
    const reasons = [choice?.reason ?? notLinked(host)];
    return { host, checkedAtMs: record?.checkedAt.wallMs, reasons };
  }
  const { identity } = choice;
  const order = serviceAccountOrder(settings);
  const whose = {
    host,
    server: identity.server,
    cluster: clusterDisplayName(identity.server),
    user: order === undefined ? nameOf(identity) : `${order.namespace}/${order.name}`,
    renews: renewalWay(identity, order),
  };
  if (signedOut !== undefined) return { ...whose, silent: 'signed-out', reasons: signedOut };
  return { ...whose, warnings: missed, ...(await tokenFacts(host, identity, order, record, session)) };
}

async function tokenFacts(
  host: string,
  identity: Identity,
  order: ServiceAccountOrder | undefined,
  record: CachedAnswer | undefined,
  session: Session,
): Promise<Partial<HostFacts>> {
  const { here, cache, state } = session;
  const { source } = identity;
  if (source.kind === 'none' && order?.selfRenew !== true) return { reasons: [source.reason] };
  const words = tokenWords(host, identity, order);
  let held: KeptToken | string | undefined;
  try {
    held = await tokenAtHand(identity, order, session);
  } catch (error) {
    // No token, or a file of it that can't be read, is what is wrong with the host.
    if (!(error instanceof AppError)) throw error;
    return { words, reasons: [reasonOf(error)] };
  }
  const token = typeof held === 'object' ? held.token : held;
  const fingerprint = token === undefined ? undefined : fingerprintOf(token);
  if (
    state !== null &&
    fingerprint !== undefined &&
    readSignOuts(signOutFile(state, host), here.uid).includes(fingerprint)
  ) {
    return { words, silent: 'signed-out', reasons: [tokenSignedOut(host, identity)] };
  }
  const failure =
    source.kind === 'exec' ? recentFailure(cache, source.plugin, here.uid, Date.now()) : undefined;
  const isOfRecord = record !== undefined && isDerivedFromNow(record, session.here);
  const reasons =
    isOfRecord && record.answer.kind === 'anonymous' && record.answer.reasons.length > 0
      ? record.answer.reasons
      : undefined;
  const failed =
    failure === undefined ? undefined : [{ code: 'plugin-failed-before', why: failure, fix: words.fix }];
  return {
    words,
    ...lifeOf(held, fingerprint, record),
    checkedAtMs: isOfRecord ? record.checkedAt.wallMs : undefined,
    reasons: reasons ?? (token === undefined ? failed : undefined),
  };
}

/** The token that the host would get now, if it lies somewhere. */
async function tokenAtHand(
  identity: Identity,
  order: ServiceAccountOrder | undefined,
  session: Session,
): Promise<KeptToken | string | undefined> {
  const ports = tokenPorts(session);
  const { source } = identity;
  if (order === undefined && source.kind === 'token') return source.token;
  if (order === undefined && source.kind === 'token-file') return ports.readTokenFile(source.path);
  if (order === undefined && source.kind === 'client-certificate') {
    throw new AppError({
      code: 'client-certificate',
      message: `The context ${identity.context} has a client certificate, which opens no registry; a service account can`,
      fix: { run: 'docker-credential-openshift service-account create NAMESPACE/NAME --host HOST' },
    });
  }
  const kept = ports.recallKept(await ports.keyOf(identity, order));
  // What is over is had anew when it is asked for: that is no fault.
  return kept !== undefined && kept.expiresAtMs > Date.now() ? kept : undefined;
}

function lifeOf(
  held: KeptToken | string | undefined,
  fingerprint: string | undefined,
  record: CachedAnswer | undefined,
): Partial<HostFacts> {
  if (typeof held === 'object') {
    const { startedAtMs, expiresAtMs } = held;
    if (!Number.isFinite(expiresAtMs)) return { expiresAtMs: null, renewedAtMs: startedAtMs };
    return { expiresAtMs, lifeMs: expiresAtMs - startedAtMs, renewedAtMs: startedAtMs };
  }
  const known = record?.token?.fingerprint === fingerprint ? record?.token : undefined;
  const jwt = held === undefined ? undefined : readJwt(held);
  const jwtEndMs = jwt?.exp === undefined ? undefined : jwt.exp * 1000;
  const jwtLifeMs = jwt?.exp === undefined || jwt.iat === undefined ? undefined : (jwt.exp - jwt.iat) * 1000;
  const endMs = knownEndMs(known, record);
  return {
    expiresAtMs: endMs === undefined ? jwtEndMs : endMs,
    lifeMs: known?.lifeMs ?? jwtLifeMs,
    ...(known?.username === undefined ? {} : { user: known.username }),
  };
}

function recordOf(host: string, { cache, here }: Session): CachedAnswer | undefined {
  return cache === null ? undefined : (readAnswerFile(answerFile(cache, host), here.uid) ?? undefined);
}

/** `oc login` names user entries `NAME/CLUSTER`. */
function nameOf({ user, source, inCluster }: Identity): string {
  return source.kind === 'token-file' && !inCluster && user === source.path
    ? source.path
    : user.replace(/\/.*$/s, '');
}

function renewalWay(identity: Identity, order: ServiceAccountOrder | undefined): RenewalWay | undefined {
  if (order !== undefined) return 'itself';
  switch (identity.source.kind) {
    case 'exec':
      return 'plugin';
    case 'token-file':
      return 'file';
    case 'token':
      return identity.context === undefined ? 'job' : 'login';
    case 'client-certificate':
    case 'none':
      return undefined;
  }
}
