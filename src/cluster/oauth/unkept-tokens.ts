/** The tokens that a login got and did not keep yet: each is a person's whole power over a cluster, in nobody's file. */
export interface UnkeptTokens {
  /** Remembers what comes of getting a token. */
  got(getting: Promise<string>): Promise<string>;
  /** Keeps a token; once that is done it is none of these any more. */
  keep<T>(token: string, keeping: Promise<T>): Promise<T>;
  /**
   * Ends them all, those too that are on their way. What is just being kept is waited for.
   * @returns false if one goes on, or it took too long
   */
  discard(): Promise<boolean>;
}

/**
 * @param revoke ends a token at its cluster, and says whether it ended
 * @param untilImpatient resolves when a person who stopped the program has waited long enough
 * @returns a memory of one login's tokens, which is empty at first
 */
export function unkeptTokens(
  revoke: (token: string) => Promise<boolean>,
  untilImpatient: () => Promise<void>,
): UnkeptTokens {
  const underway = new Set<Promise<unknown>>();
  const unkept = new Set<string>();
  const follow = async <T>(promise: Promise<T>, then: (value: T) => void): Promise<T> => {
    const followed = promise.then((value) => {
      then(value);
      return value;
    });
    underway.add(followed);
    try {
      return await followed;
    } finally {
      underway.delete(followed);
    }
  };
  const discardAll = async (): Promise<boolean> => {
    await Promise.allSettled(underway);
    const ended = await Promise.all([...unkept].map(revoke));
    unkept.clear();
    return ended.every(Boolean);
  };
  return {
    got: (getting) => follow(getting, (token) => unkept.add(token)),
    keep: (token, keeping) => follow(keeping, () => unkept.delete(token)),
    discard: async () => {
      if (underway.size === 0 && unkept.size === 0) return true;
      return Promise.race([discardAll(), untilImpatient().then(() => false)]);
    },
  };
}
