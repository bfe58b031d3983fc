import { posix, win32 } from 'node:path';
import type { AuthFile, StoredLogin, Winner } from '../../../engines/engine-state.ts';
import {
  descriptorOf,
  type Engine,
  EXAMPLE_ENGINE,
  inWords,
  usesDockersConfig,
} from '../../../engines/engines.ts';
import { durationInWords } from '../../../hosts/clock.ts';
import { shellQuoted, shownName } from '../../../hosts/quoting.ts';
import type { Fix } from '../../../hosts/reason.ts';
import { hostInKey } from '../../../registry/engine-names.ts';
import type { Check, Finding } from '../check.ts';
import type { Facts } from '../facts.ts';
import { FLAWS } from '../lookup.ts';

/** Logins that lie in the engines' files. */
export const ENGINE_LOGIN_CHECKS: readonly Check[] = [
  {
    id: 'overriding-logins',
    title:
      'stored logins that override the helper, or count once it has no answer; and those for hosts that the config keeps `anonymous`',
    needs: 'machine',
    per: 'any target',
    run: overridingLogins,
  },
  {
    id: 'stored-logins',
    title:
      "logins in engines' files that have expired by what they say themselves, that end in a line break or have a user name with a colon, or that a cluster's registry refuses",
    needs: 'network',
    run: storedLogins,
  },
];

/**
 * Logins in the engines' files for hosts that the helper answers for: they override it, or will be found when it has none;
 * and for those that the config keeps anonymous, which they are not where one is sent.
 */
async function overridingLogins(facts: Facts): Promise<readonly Finding[]> {
  const { engines, ours, anonymous } = facts;
  const hosts = [...ours, ...anonymous];
  const findings: Finding[] = [];
  for (const file of (await facts.engineState()).files) {
    const readers = file.readBy.filter((engine) => engines.includes(engine));
    for (const login of file.logins) {
      const { host } = login;
      if (login.secret === undefined || host === undefined || !hosts.includes(host)) continue;
      if (readers.length > 0) findings.push(await overriding(login, host, file, readers, facts));
    }
  }
  if (findings.length > 0 || hosts.length === 0) return findings;
  return [{ status: 'ok', code: 'no-overriding-login', why: 'No stored login overrides the helper' }];
}

async function overriding(
  login: StoredLogin,
  host: string,
  file: AuthFile,
  readers: readonly Engine[],
  facts: Facts,
): Promise<Finding> {
  const sent = await Promise.all(readers.map((engine) => howSent(engine, login, file, facts)));
  const by = (how: Sent) => readers.filter((_, index) => sent[index] === how);
  const [now, behind] = [by('now'), by('behind the helper')];
  const rest = {
    host,
    why: loginInWords(file.path, login, facts.nowMs()),
    fix: fixOf(host),
    repair: { file: file.path },
  };
  if (now.length === 0) {
    return { status: 'warning', code: 'login-behind-helper', ...rest, effect: whenSent(behind, file) };
  }
  const when = login.secret?.dead === true ? 'Now' : 'Once its token expires';
  const what = login.form === 'namespace' ? login.key : host;
  const others = behind.length === 0 ? '' : `, and ${using(behind)} it as soon as the helper has no answer`;
  const instead = facts.anonymous.includes(host)
    ? `, although your config keeps ${host} anonymous`
    : ' instead of the helper';
  return {
    status: 'problem',
    code: 'login-overrides-helper',
    ...rest,
    effect: `${using(now)} it${instead}${others}. ${when}, every pull from ${what} fails with 401, of public images too`,
  };
}

/** What puts right all that concerns one of the helper's own hosts. */
export function fixOf(host: string): Fix {
  return { run: `docker-credential-openshift doctor ${host} --fix` };
}

/** Which login a file or variable holds, and when its token expired or is going to, where that is known. */
export function loginInWords(where: string, { key, secret }: StoredLogin, nowMs: number): string {
  const what = `${where} holds a login for ${shownName(key)}`;
  if (secret?.flaw !== undefined) return `${what}, whose ${FLAWS[secret.flaw]}`;
  if (secret?.endsAtMs === undefined)
    return secret?.dead === true ? `${what}, whose token was revoked` : what;
  const leftMs = secret.endsAtMs - nowMs;
  return leftMs <= 0
    ? `${what}, whose token expired ${durationInWords(-leftMs)} ago`
    : `${what}, whose token expires in ${durationInWords(leftMs)}`;
}

function whenSent(behind: readonly Engine[], { current }: AuthFile): string {
  if (!current)
    return 'It is read where an engine is started with other variables: by sudo, cron, or from a desktop';
  const fails = 'then pulls fail with 401 once its token has expired, of public images too';
  return behind.length > 0
    ? `${using(behind)} it as soon as the helper has no answer; ${fails}`
    : `Nothing uses it as things are; it counts once what engines find before it is gone, and ${fails}`;
}

/** An engine's lookup is that of its whole family. */
function using(senders: readonly Engine[]): string {
  const names = inWords(senders);
  return `${names} ${names.includes(' ') ? 'use' : 'uses'}`;
}

type Sent = 'now' | 'behind the helper' | 'not';

async function howSent(
  engine: Engine,
  { key, form }: StoredLogin,
  { path }: AuthFile,
  { winnerOf }: Pick<Facts, 'winnerOf'>,
): Promise<Sent> {
  const registry = hostInKey(key);
  const repository = form === 'namespace' ? key.slice(registry.length + 1) : '';
  const winner = await winnerOf(engine, registry, repository === '' ? undefined : repository);
  const isIt = (one: Winner) => one.kind === 'login' && one.where === path && one.key === key;
  if (isIt(winner)) return 'now';
  return winner.kind === 'helper' && isIt(winner.otherwise) ? 'behind the helper' : 'not';
}

/**
 * Logins that are dead by what they say themselves, or by the registry's word: only who is asked can tell of those that
 * don't look it. Where nothing says whose registry it is, the login is not the helper's to take out.
 */
async function storedLogins(facts: Facts): Promise<readonly Finding[]> {
  const [{ files }, refused] = await Promise.all([facts.engineState(), facts.refused()]);
  const findings = files.flatMap((file) => {
    if (!file.readBy.some((engine) => facts.engines.includes(engine))) return [];
    return file.logins.flatMap((login) => {
      const isRefused = refused.some((one) => one.file.path === file.path && one.login.key === login.key);
      return isRefused || login.secret?.dead === true ? deadLogin(login, file, isRefused, facts) : [];
    });
  });
  const why = 'No stored login is known to have expired';
  return findings.length > 0 ? findings : [{ status: 'ok', code: 'no-dead-login', why }];
}

function deadLogin(login: StoredLogin, file: AuthFile, isRefused: boolean, facts: Facts): Finding[] {
  const { host, key } = login;
  const isOurs = host !== undefined && [...facts.ours, ...facts.anonymous].includes(host);
  // Engines take no key with an "@" for a registry.
  if (key.includes('@')) {
    const why = `${file.path} holds a login for ${shownName(key)}`;
    const effect =
      'No engine takes that key for a registry, and anybody who reads the file sees the password in it';
    return [{ status: 'warning', code: 'password-in-key', why, effect, fix: removalOf(login, file) }];
  }
  // That it overrides the helper is told already.
  if (isOurs && !isRefused) return [];
  const isCut = login.secret?.flaw !== undefined;
  const refusal = `${file.path} holds a login for ${shownName(key)} that ${host} refuses: its token expired or was revoked`;
  return [
    {
      status: file.current ? 'problem' : 'warning',
      code: isRefused ? 'login-refused' : isCut ? 'login-cut-wrong' : 'login-expired',
      host,
      why: isRefused ? refusal : loginInWords(file.path, login, facts.nowMs()),
      effect: `Every pull from ${host ?? key} with it fails, of public images too`,
      fix: isOurs ? fixOf(host) : removalOf(login, file),
      repair: isOurs ? { file: file.path } : undefined,
    },
  ];
}

/**
 * What takes a login out of a file that is not the helper's to change: the engines' own commands where they do, and do no
 * harm. `podman logout` writes nothing back but logins and helpers (seen with 4.3: docker's credsStore, HttpHeaders and
 * currentContext were gone), and knows no URLs.
 */
export function removalOf({ key, form }: StoredLogin, file: AuthFile): Fix {
  const { path, readBy, readNowBy, legacy, isDockers, credsStore, otherKeys } = file;
  const byHand = { do: `Take the entry ${shownName(key)} out of ${path}.` };
  // A user and a password were in it, which are not shown.
  if (key.includes('@') || legacy) return byHand;
  const owner = readNowBy.find(usesDockersConfig);
  if (owner !== undefined)
    return { run: `${descriptorOf(owner).logsOutBy ?? `${owner} logout`} ${shellQuoted(key)}` };
  if (isDockers) {
    const { basename, dirname } = path.includes('\\') ? win32 : posix;
    return basename(path) === 'config.json'
      ? { run: `docker --config ${shellQuoted(dirname(path))} logout ${shellQuoted(key)}` }
      : byHand;
  }
  const isMore = credsStore !== undefined || otherKeys.length > 0;
  if (form === 'url' || isMore) return byHand;
  return { run: `${readBy[0] ?? EXAMPLE_ENGINE} logout --authfile ${shellQuoted(path)} ${shellQuoted(key)}` };
}
