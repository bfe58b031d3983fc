import { describeProblem } from '../config/config.ts';
import { broken } from '../config/read-settings.ts';
import { hostsOfOurs, namedHelpers } from '../engines/other-helpers.ts';
import { listAnswers, listRefused } from '../files/answers.ts';
import { listSignOuts } from '../files/sign-outs.ts';
import { AppError, type Reason, reasonOf } from '../hosts/reason.ts';
import { readStoredRecords } from '../keychain/login-records.ts';
import type { Session } from './session.ts';

/** The registry hosts that this program may be asked for. */
export interface KnownHosts {
  /** Every host that is linked by the config or the environment, was answered before, or has a typed login of a cluster. */
  readonly hosts: readonly string[];
  /** Those of them whose link can't be told, since the config is broken there. */
  readonly broken: ReadonlySet<string>;
  /** What is wrong with the config and the environment. */
  readonly problems: readonly Reason[];
}

/** @throws AppError if the config can't be read */
export async function knownHosts({
  cache,
  config,
  environment: given,
  here,
  state,
}: Pick<Session, 'cache' | 'config' | 'environment' | 'here' | 'state'>): Promise<KnownHosts> {
  const { parsed, fault } = await config();
  if (fault !== undefined) throw fault;
  const { brokenHosts, problems, unreadable } = parsed;
  const linked = parsed.config.registries;
  const answered = cache === null ? [] : Object.keys(listAnswers(cache, here.uid));
  const stored = state === null ? [] : readStoredRecords(state, here.uid);
  // What was typed for a registry of no cluster has nothing that could be renewed.
  const typed = stored.flatMap(({ host, login }) => (login?.boundTo === undefined ? [] : [host]));
  const isSilent = (host: string) => linked.get(host)?.anonymous === true;
  const names = [...linked.keys(), ...brokenHosts, ...given.registries.keys(), ...answered, ...typed];
  const hosts = [...new Set(names)].filter((host) => !isSilent(host)).sort();
  // Where the environment names a host, it counts, and not the config.
  const isBroken = (host: string) =>
    given.registries.has(host) ? given.problems.length > 0 : unreadable || brokenHosts.has(host);
  return {
    hosts,
    broken: new Set(hosts.filter(isBroken)),
    problems: [...problems.map(describeProblem), ...given.problems].map(broken),
  };
}

/** Every host that `status` shows, and what is wrong with the files that name them. @throws AppError as `knownHosts` */
export async function allHosts(session: Session) {
  const { cache, here, secrets, state } = session;
  const known = await knownHosts(session);
  const problems = [...known.problems];
  const asked: string[] = [];
  try {
    asked.push(...hostsOfOurs(await namedHelpers(here)));
  } catch (error) {
    // A broken file of an engine hides hosts that it may name, and nothing else.
    if (!(error instanceof AppError)) throw error;
    problems.push(reasonOf(error));
  }
  const refused = cache === null ? [] : listRefused(cache, here.uid);
  const signedOut = state === null ? [] : listSignOuts(state);
  const stored = [...secrets.list(), ...(await secrets.unusable())];
  const others = [...refused, ...stored.map(({ host }) => host)];
  return {
    hosts: [...new Set([...known.hosts, ...others, ...asked, ...signedOut])].sort(),
    problems,
  };
}
