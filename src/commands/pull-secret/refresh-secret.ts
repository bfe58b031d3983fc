import { withLogin, withoutLogin } from '../../engines/edits/plan-secret-login.ts';
import type { RegistryProbe } from '../../hosts/check-token.ts';
import { durationInWords } from '../../hosts/clock.ts';
import { shownName } from '../../hosts/quoting.ts';
import { AppError, describeError, inOneLine } from '../../hosts/reason.ts';
import { type Life, renewalState } from '../../hosts/renewal.ts';
import type { Printer } from '../../process/terminal.ts';
import { keyWithoutUser } from '../../registry/engine-names.ts';
import { validity } from '../authfile/run-authfile.ts';
import { type AccountToken, isTokenIn, lifeOf, tokenIn, usernameOf } from './account-token.ts';
import {
  editCommand,
  nameOf,
  type PullSecret,
  patchPullSecret,
  readPullSecret,
  type SecretPlace,
} from './secret-on-cluster.ts';

/** The tokens of the account that the host gets. */
export interface AccountTokens {
  /**
   * A new one.
   * @param refused one that is of no use any more: it is not given again
   * @throws AppError why there is none
   */
  mint(refused: string | undefined): Promise<AccountToken>;
  /** Whether the registry takes a token. */
  probe(username: string, token: string): Promise<RegistryProbe>;
}

/** What `pull-secret refresh` needs of the world. */
export interface RefreshPorts extends Printer {
  nowMs(): number;
  wait(ms: number): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
}

/** One refresh. */
export interface RefreshJob {
  readonly place: SecretPlace;
  /** `NAMESPACE/NAME` of the service account whose tokens the host gets. */
  readonly account: string;
  readonly tokens: AccountTokens;
  readonly ports: RefreshPorts;
}

/** Whoever loses so often has a rival that never rests. */
const ATTEMPTS = 12;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** What a run every hour needs to renew at half of a life. */
const SHORTEST_LIFE_MS = 2 * 3600_000;
/** The cluster or the registry has said no: no outage explains that, and a later run gets the same answer. */
const FINAL: readonly string[] = ['minter-forbidden', 'minter-rejected', 'no-such-account', 'not-accepted'];

/**
 * Keeps the login of one host in one Secret fresh: left alone for half of its life, then replaced by a new one that the
 * registry has accepted. A token that still lives is never given up because that failed. One that has ended goes: the
 * kubelet makes no anonymous try after a login, so that it would keep public images from being pulled, too.
 * @returns the exit status: 1 if there is no new token though one is due
 * @throws AppError what keeps the Secret from being read or written; then it is as it was
 */
export async function refreshSecret(job: RefreshJob): Promise<number> {
  const { place, account, tokens, ports } = job;
  const secret = await readPullSecret(place);
  warnOfOthers(secret, job);
  const held = tokenIn(secret, account);
  if (held === undefined) return renew(undefined, 'ended', secret, job);
  const state = renewalState(held, ports.nowMs());
  if (state === 'dead') return renew(held, 'ended', secret, job);
  if (state !== 'keep') return renew(held, 'lives', secret, job);
  // It may have been revoked, or the account deleted, long before its end.
  const word = await tokens.probe(usernameOf(account), held.token);
  return word === 'refused' ? renew(held, 'refused', secret, job) : keep(held, secret, job);
}

/** Leaves the token; an entry without one of the two forms in which clients read it gets both. */
async function keep(held: AccountToken, secret: PullSecret, job: RefreshJob): Promise<number> {
  const { place, account, ports } = job;
  await write(secret, job, (now) => (isTokenIn(now, held, account) ? withToken(held, now, job) : now.text));
  const renewalMs = (held.startedAtMs + held.expiresAtMs) / 2 - ports.nowMs();
  const next = Number.isFinite(renewalMs) ? `; it is renewed in ${durationInWords(renewalMs)}` : '';
  ports.print(`${nameOf(place)}: ${place.host} keeps its token of ${account}, ${endOf(held, job)}${next}`);
  return 0;
}

async function renew(
  held: AccountToken | undefined,
  heldIs: 'lives' | 'refused' | 'ended',
  secret: PullSecret,
  job: RefreshJob,
): Promise<number> {
  const { place, account, ports } = job;
  const fresh = await mintAccepted(heldIs === 'lives' ? undefined : held?.token, job);
  if (fresh instanceof AppError) {
    ports.printError(describeError(fresh));
    return goOnWithout(fresh, held, heldIs, secret, job);
  }
  await write(secret, job, (now) => {
    // Another run was quicker: its token is as good, and in use by now.
    const theirs = tokenIn(now, account);
    return theirs !== undefined && theirs.startedAtMs > fresh.startedAtMs
      ? now.text
      : withToken(fresh, now, job);
  });
  ports.print(
    `${nameOf(place)}: ${place.host} gets a new token of ${account}, accepted by the registry, ${endOf(fresh, job)}`,
  );
  warnOfShortLife(fresh, job);
  return 0;
}

/** What becomes of the entry while no new token is to be had. @returns the exit status */
async function goOnWithout(
  fault: AppError,
  held: AccountToken | undefined,
  heldIs: 'lives' | 'refused' | 'ended',
  secret: PullSecret,
  job: RefreshJob,
): Promise<number> {
  const { place, account, ports } = job;
  const say = (what: string) => ports.printError(`${nameOf(place)}: ${what}`);
  const { host } = place;
  if (held === undefined) {
    if (secret.logins.isThere) say(`the login for ${host} is not a token of ${account}, and stays as it is`);
    else say(`it has no login for ${host}: public images are pulled without one`);
    return 1;
  }
  const isRefused = heldIs === 'lives' ? await isRefusedNow(held, job) : heldIs === 'refused';
  if (heldIs !== 'ended' && !(isRefused && FINAL.includes(fault.code))) {
    say(`${host} keeps its token of ${account}, ${endOf(held, job)}`);
    return 1;
  }
  const isRemoved = await write(secret, job, (now) =>
    isTokenIn(now, held, account) ? withoutLogin(host, now) : now.text,
  );
  const why = heldIs === 'ended' ? 'has ended' : 'is refused by the registry';
  if (isRemoved) say(`the token for ${host} ${why} and was removed: public images are pulled without one`);
  else say(`another run has replaced the token for ${host} meanwhile`);
  return 1;
}

async function isRefusedNow({ token }: AccountToken, { account, tokens }: RefreshJob): Promise<boolean> {
  return (await tokens.probe(usernameOf(account), token)) === 'refused';
}

/** @returns a token that the registry has taken; or why there is none, to be told with what becomes of the old one */
async function mintAccepted(
  useless: string | undefined,
  { place, account, tokens }: RefreshJob,
): Promise<AccountToken | AppError> {
  const { host, refresh } = place;
  try {
    const { token, ...life } = await tokens.mint(useless);
    const word = await tokens.probe(usernameOf(account), token);
    // Other runs know of it by its claims alone.
    if (word === 'accepted') return { token, ...(lifeOf(token) ?? life) };
    if (word === 'refused') {
      return new AppError({
        code: 'not-accepted',
        message: `${host} refuses a token of ${account} that was minted a moment ago: it may be the registry of another cluster`,
        fix: { run: `docker-credential-openshift doctor ${host}` },
      });
    }
    const how = word === 'failing' ? 'answers and fails just now' : "can't be reached";
    return new AppError({
      code: 'new-token-unchecked',
      message: `${host} ${how}: nobody knows whether it takes the new token of ${account}, so that is not written`,
      fix: { run: refresh },
    });
  } catch (error) {
    // A defect is not told as that.
    if (!(error instanceof AppError)) throw error;
    return error;
  }
}

/**
 * Changes the Secret; where somebody else did so meanwhile, looks again and changes what is there by then.
 * @param change the text that the Secret should have; the same: it is as it should be
 * @returns whether anything was written
 * @throws AppError
 */
async function write(
  first: PullSecret,
  { place, ports }: RefreshJob,
  change: (now: PullSecret) => string,
): Promise<boolean> {
  let now = first;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const text = change(now);
    if (text === now.text) return false;
    if (await patchPullSecret(place, now, text)) return true;
    await ports.wait(ports.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));
    now = await readPullSecret(place);
  }
  throw new AppError({
    code: 'object-keeps-changing',
    message: `${nameOf(place)} was changed by others each of ${ATTEMPTS} times that it was to be written; it is as they left it`,
    fix: { run: place.refresh },
  });
}

function withToken({ token }: AccountToken, now: PullSecret, { place, account }: RefreshJob): string {
  return withLogin(place.host, { username: usernameOf(account), secret: token }, now);
}

function endOf({ expiresAtMs }: Life, { ports }: RefreshJob): string {
  return validity(Number.isFinite(expiresAtMs) ? expiresAtMs : null, ports.nowMs());
}

function warnOfOthers({ logins, key: field }: PullSecret, { place, ports }: RefreshJob): void {
  if (logins.others.length === 0) return;
  const keys = logins.others.map((key) => shownName(keyWithoutUser(key))).join(', ');
  const why = `${nameOf(place)} has other logins that fit ${place.host}, which stay as they are: ${keys}. The kubelet tries each, and once one has ended public images fail: take out those that nobody keeps fresh`;
  const fix = { run: editCommand(place, field) };
  ports.printError(inOneLine([{ code: 'more-logins-for-host', why, fix }]));
}

function warnOfShortLife(
  { startedAtMs, expiresAtMs }: Life,
  { place: { existing }, account, ports }: RefreshJob,
): void {
  const lifeMs = expiresAtMs - startedAtMs;
  if (lifeMs >= SHORTEST_LIFE_MS) return;
  const why = `The cluster lets tokens of ${account} live for ${durationInWords(lifeMs)} alone, for which a run every hour is too seldom`;
  const run = `${existing} --schedule '*/10 * * * *' | oc apply -f -`;
  ports.printError(inOneLine([{ code: 'short-lived-token', why, fix: { run } }]));
}
