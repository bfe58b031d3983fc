import { removeAnswer } from '../../files/answers.ts';
import { cacheDirectory, type Place } from '../../files/directories.ts';
import { nameOfStored } from '../../hosts/answer-with-token.ts';
import { readKept } from '../../keychain/read-kept.ts';
import { recall } from '../../process/this-process.ts';
import type { Network } from './network.ts';

/**
 * Drops the cached answer of a host if the registry refuses its token, and another answer would be given now.
 * @returns whose token it was; undefined: nothing was dropped
 * @throws AppError if the file can't be removed
 */
export async function dropRefusedAnswer(
  host: string,
  { decisionOf, askLogin }: Pick<Network, 'decisionOf' | 'askLogin'>,
  here: Place,
): Promise<string | undefined> {
  const secret = await cachedLogin(host, here);
  const cache = cacheDirectory(here);
  if (secret === undefined || cache === null) return undefined;
  const { answer, knowledge, keep } = await decisionOf(host);
  if (answer.kind === 'credential' && answer.secret === secret.secret) return undefined;
  // A cluster that is away for a moment makes no cached token worse: the registry has the last word. Of what was typed for
  // no cluster it has said it by now.
  const isRefused = knowledge?.refused === true && knowledge.fingerprint === secret.name;
  if (!isRefused && (await askLogin(host, secret)).kind !== 'refused') return undefined;
  // What takes its place also holds what is known of the token.
  await keep();
  const now = await cachedLogin(host, here);
  if (now?.secret === secret.secret) await removeAnswer(cache, host);
  return knowledge?.username ?? secret.username;
}

/** What would be answered from the cache; undefined: nothing, or nobody's login. */
async function cachedLogin(host: string, here: Place) {
  const cached = recall(host, here);
  if (cached === null || (cached.kind === 'said' && cached.status !== 0)) return undefined;
  if (cached.kind === 'said') {
    const { Username: username, Secret: secret } = JSON.parse(cached.out) as Record<
      'Username' | 'Secret',
      string
    >;
    return { username, secret, name: undefined };
  }
  const read = await readKept(host, cached, here);
  return 'fault' in read ? undefined : { ...read.answer, name: nameOfStored(cached) };
}
