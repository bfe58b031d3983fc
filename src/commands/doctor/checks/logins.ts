import { endsSoon } from '../../../hosts/announcement.ts';
import { durationInWords } from '../../../hosts/clock.ts';
import { LOG_IN } from '../../../hosts/login-command.ts';
import type { Binding } from '../../../registry/bind-host.ts';
import { clusterDisplayName } from '../../../registry/catalogue.ts';
import { QCI_HOST } from '../../../registry/qci.ts';
import type { Check, Finding } from '../check.ts';
import { namesInShort } from '../contact-finding.ts';
import type { Facts } from '../facts.ts';
import type { KubeconfigReading, Login } from '../network-state.ts';
import { unaskable } from './clusters.ts';

/** Whose token each host gets, and from where. */
export const LOGIN_CHECKS: readonly Check[] = [
  {
    id: 'login',
    title:
      'which cluster each host belongs to and what `get` would answer it now: whose token, until when, and why where there is none; without a host, whether the current login could be used',
    needs: 'network',
    run: logins,
  },
  {
    id: 'kubeconfig',
    title: 'its files, what is wrong with them, and the current context',
    needs: 'network',
    run: kubeconfig,
  },
  {
    id: 'cached-answers',
    title:
      'a token that the helper remembers, and that the registry refuses: it is forgotten at once, without `--fix`',
    needs: 'network',
    run: cachedAnswers,
  },
];

/** Whose token each host gets, until when, and why where it gets none. */
async function logins(facts: Facts): Promise<readonly Finding[]> {
  const { hosts, subject } = facts;
  if (hosts.length === 0 && subject.kind === 'all') return nothingLinked(facts);
  const [answers, contacts] = await Promise.all([
    Promise.all(hosts.map(async (host) => ({ host, login: await facts.loginOf(host) }))),
    facts.clusterContacts(),
  ]);
  const away = unaskable(contacts);
  const isUnasked = (login: Login) =>
    login.kind === 'none' && login.isMaybeGood && away.includes(login.server ?? '');
  const unasked = answers.filter(({ login }) => isUnasked(login)).map(({ host }) => host);
  const asked = answers.filter(({ login }) => !isUnasked(login));
  const findings = asked.map(({ host, login }) =>
    login.kind === 'token' ? withToken(host, login, facts.nowMs()) : withoutToken(host, login, facts),
  );
  return [...(await Promise.all(findings)).flat(), ...notAsked(unasked)];
}

/** Finds the registries by itself; of a host that no cluster claims it refuses to be told. */
const SETUP = 'docker-credential-openshift setup';

/** Where nothing is linked yet, what a link would be worth. */
async function nothingLinked({ currentLogin }: Facts): Promise<Finding[]> {
  const why = 'No registry host is linked to a cluster, and no engine names the helper';
  const note: Finding = { status: 'note', code: 'nothing-linked', why, fix: { run: SETUP } };
  const login = await currentLogin();
  if (login === undefined) return [note];
  if (login.kind === 'none') {
    const effect = 'No registry would get a token from it';
    return [note, ...login.reasons.map((reason): Finding => ({ status: 'problem', effect, ...reason }))];
  }
  const where = login.server === undefined ? '' : ` at ${clusterDisplayName(login.server)}`;
  const accepted = `The current context's login, ${login.username}${where}, is accepted`;
  return [note, { status: 'ok', code: 'current-login', user: login.username, why: accepted }];
}

/** Why that is, and what fixes it, is told by the check of the clusters. */
function notAsked(hosts: readonly string[]): Finding[] {
  if (hosts.length === 0) return [];
  const [host] = hosts.length === 1 ? hosts : [];
  const cluster = hosts.length === 1 ? "its cluster can't" : "their clusters can't";
  const why = `Whose token ${namesInShort(hosts)} would get could not be checked: ${cluster} be asked`;
  return [{ status: 'skipped', code: 'login-unchecked', host, why }];
}

type Token = Extract<Login, { kind: 'token' }>;
type NoToken = Extract<Login, { kind: 'none' }>;

function withToken(host: string, login: Token, nowMs: number): Finding[] {
  const { username, server, endsAtMs, lifeMs, endsWhenIdle, unchecked, warnings, isStored } = login;
  const where = server === undefined ? '' : ` at ${clusterDisplayName(server)}`;
  const what = isStored ? `the login of ${username} that is stored for it` : `the token of ${username}`;
  const leftMs = endsAtMs === null ? undefined : endsAtMs - nowMs;
  const end = leftMs === undefined ? '' : `, which expires in ${durationInWords(Math.max(0, leftMs))}`;
  const idle = endsWhenIdle ? ', sooner if it is not used' : '';
  const why = `${host} gets ${what}${where}${end}${idle}`;
  const rest = { host, user: username };
  const more = warnings.map((reason): Finding => ({ status: 'warning', ...rest, ...reason }));
  if (unchecked) {
    const effect =
      isStored && server === undefined
        ? 'The registry fails where engines get their tokens from it; it is answered as it was typed'
        : 'Neither the cluster nor the registry could be asked; it is answered as its end is known to lie ahead';
    return [
      { status: 'warning', code: 'token-unchecked', ...rest, why: `${why}, unchecked`, effect },
      ...more,
    ];
  }
  const { isPersons, renewal } = login;
  const isSoon = isPersons && endsAtMs !== null && !endsWhenIdle && endsSoon(endsAtMs, lifeMs, nowMs);
  if (isSoon && warnings.length === 0) {
    const fix = renewal === undefined ? undefined : { run: renewal };
    return [
      { status: 'note', code: 'token-expires-soon', ...rest, why, effect: 'It does not renew itself', fix },
    ];
  }
  return [{ status: 'ok', code: 'token', ...rest, why }, ...more];
}

const WAIT = {
  do: 'Wait until its cluster can check tokens again, or tell the administrators of the cluster.',
} as const;

/** @returns why there is no token, each thing with what fixes it */
export async function reasonsWithout(
  { reasons, isUnjudged, server }: NoToken,
  { clusterContacts }: Pick<Facts, 'clusterContacts'>,
): Promise<NoToken['reasons']> {
  const [first, ...others] = reasons;
  const isDown = (await clusterContacts()).some((one) => one.server === server && one.oauth === 'failing');
  return first === undefined || !(isUnjudged || isDown) ? reasons : [{ ...first, fix: WAIT }, ...others];
}

async function withoutToken(host: string, login: NoToken, facts: Facts): Promise<Finding[]> {
  if (login.isSignedOut) {
    const effect = 'It gets no token until you sign in again';
    return login.reasons.map((reason) => ({ status: 'note', host, effect, ...reason }));
  }
  if (login.reasons.length === 0) return [notOurs(host, await facts.bindingOf(host), facts)];
  const rest = host === QCI_HOST ? 'nothing there is public' : "public images can be pulled, others can't";
  const effect = `${host} gets no token: ${rest}`;
  const reasons = await reasonsWithout(login, facts);
  return reasons.map((reason) => {
    // What is wrong there is the problem that the config's own check tells.
    const status = reason.code === 'config-broken' ? 'skipped' : 'problem';
    return { status, host, effect, ...reason };
  });
}

/** A host of which there is nothing to say as to its login. */
function notOurs(host: string, binding: Binding | undefined, { ours }: Facts): Finding {
  const kind = binding?.kind;
  if (kind === 'anonymous') {
    const why = `${host} gets no token: the config says anonymous`;
    return { status: 'ok', code: 'host-anonymous', host, why };
  }
  if (kind === 'foreign') {
    const why = `${host} is a public registry and no cluster's own`;
    const effect = 'This helper sends it no token of a cluster';
    return { status: 'note', code: 'public-registry', host, why, effect };
  }
  return {
    status: 'note',
    code: 'host-not-linked',
    host,
    why: `Neither your config nor the built-in list says which cluster ${host} belongs to`,
    effect: 'It gets a token only if the cluster of the current context says that it is its registry',
    fix: { run: ours.includes(host) ? `${SETUP} ${host}` : SETUP },
  };
}

/** The kubeconfig, which holds the logins. */
async function kubeconfig(facts: Facts): Promise<readonly Finding[]> {
  const { files, problems, absence, contexts, current } = await facts.kubeconfig();
  const there = files.filter(({ isThere }) => isThere).map(({ path }) => path);
  const effect = 'What is written there does not count: its logins are missing';
  const broken = problems.map((reason): Finding => ({ status: 'problem', effect, ...reason }));
  if (there.length === 0) return [...broken, withoutKubeconfig({ files, current, absence }, facts)];
  const count = `${contexts} ${contexts === 1 ? 'context' : 'contexts'}`;
  const now = current?.context === undefined ? 'none is current' : `${current.context} is current`;
  const why = `The kubeconfig has ${count}, ${now} (${there.join(', ')})`;
  return [...broken, { status: contexts === 0 ? 'note' : 'ok', code: 'kubeconfig', why }];
}

function withoutKubeconfig(
  { files, current, absence }: Pick<KubeconfigReading, 'files' | 'current' | 'absence'>,
  { hosts }: Facts,
): Finding {
  if (current !== undefined) {
    // A pod's account, or what the environment gives.
    const why = `There is no kubeconfig; this process has an identity of its own at ${current.server}`;
    return { status: 'ok', code: 'own-identity', why };
  }
  const looked = files.map(({ path }) => path).join(', ');
  const place = looked === '' ? ': neither HOME nor KUBECONFIG is set' : ` (${looked})`;
  const why = `There is no kubeconfig${place}${absence === undefined ? '' : `: ${absence.why}`}`;
  // What a host lacks is told with its login.
  if (hosts.length > 0) return { status: 'skipped', code: 'no-kubeconfig', why };
  const effect = 'It holds the logins to clusters: without one a registry gets only what was typed for it';
  const fix = absence?.fix ?? LOG_IN;
  return { status: 'note', code: 'no-kubeconfig', why, effect, fix };
}

/** An answer is good for five minutes: one that was revoked since would be given to engines for that long. */
async function cachedAnswers({ hosts, forgetRefusedAnswer }: Facts): Promise<readonly Finding[]> {
  const findings = hosts.map(async (host): Promise<Finding[]> => {
    const user = await forgetRefusedAnswer(host);
    if (user === undefined) return [];
    const why = `The helper still remembered the token of ${user} for ${host}, which the registry refuses; it is forgotten now`;
    const effect =
      'Pulls from it failed with that token, of public images, too; the next one goes by what is so now';
    return [{ status: 'note', code: 'refused-answer-forgotten', host, user, why, effect }];
  });
  return (await Promise.all(findings)).flat();
}
