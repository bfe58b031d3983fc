import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface CachedAnswersPorts {
  /**
   * Drops what the helper remembers for a host where the registry refuses it and it is not what would be answered now.
   * @returns whose token it was; undefined: nothing of the kind was remembered
   */
  refusedAnswer(host: string): Promise<string | undefined>;
}

/** An answer is good for five minutes: one that was revoked since would be given to engines for that long. */
export async function cachedAnswers(
  { refusedAnswer }: CachedAnswersPorts,
  { hosts }: Pick<CheckContext, 'hosts'>,
): Promise<readonly Finding[]> {
  const found = await Promise.all(hosts.map(async (host) => ({ host, user: await refusedAnswer(host) })));
  return found.flatMap(({ host, user }): Finding[] => {
    if (user === undefined) return [];
    const saw = `The helper still remembered the token of ${user} for ${host}, which the registry refuses; it is forgotten now`;
    const why =
      'Pulls from it failed with that token, of public images, too; the next one goes by what is so now';
    return [{ status: 'note', host, user, saw, why }];
  });
}
