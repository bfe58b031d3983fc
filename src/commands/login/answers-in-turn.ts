/** Answers to a login: what the browser came back with, and what a person pastes. */
export interface AnswersInTurn {
  /** Judges an answer after those before it. @returns what came of it */
  take<T>(judge: () => Promise<T>): Promise<T>;
  /** The time is over: no more answers, but those that came in time are carried to their end. */
  runOut(): void;
  isLate(): boolean;
}

/**
 * Takes answers one after another, so that a token that is refused stands in the way of no code.
 * @param onLate called once the time is over and no answer is left that came before
 */
export function createAnswersInTurn(onLate: () => void): AnswersInTurn {
  let isLate = false;
  let left = 0;
  let last: Promise<unknown> = Promise.resolve();
  const finish = (): void => {
    left--;
    if (isLate && left === 0) onLate();
  };
  return {
    take: (judge) => {
      left++;
      const judged = last.then(judge);
      // Whoever gave the answer hears of its failure; the next one has its turn all the same.
      last = judged.then(finish, finish);
      return judged;
    },
    runOut: () => {
      isLate = true;
      if (left === 0) onLate();
    },
    isLate: () => isLate,
  };
}
