/** Why something is as it is, and what mends it. */
export interface ReasonAndRemedy {
  /** A sentence without its full stop. */
  readonly reason: string;
  /** A command to paste, or a sentence with a capital; see `Fix`. */
  readonly remedy: string | undefined;
}

/** `Run: COMMAND`, `To sign in again, run: COMMAND`, and `…, run: COMMAND` at the end of a reason. */
const COMMAND = /^(?:(?<before>.*?), )?[Rr]un: (?<command>.+)$/;
/** What remedies that are no command begin with. */
const ADVICE =
  /^(?:Allow|Ask|Choose|Compare|Give|Install|Leave|Let|Log|Look|Make|Mend|Mount|Move|Name|Put|Remove|Restart|Say|Set|Take|Try|Unlock|Use|Wait|Write|The kubelet renews) /;

/**
 * Tells reasons and remedies apart in what `get` says in one line, where what mends a thing follows it.
 * @returns one for each thing that has a remedy of its own, in their order; at least one
 */
export function reasonsAndRemedies(text: string): readonly ReasonAndRemedy[] {
  const found: ReasonAndRemedy[] = [];
  let now: ReasonAndRemedy = { reason: '', remedy: undefined };
  for (const sentence of text.trim().split(/\.(?: (?=\p{Lu})|$)/u)) {
    if (sentence === '') continue;
    const { before, command } = COMMAND.exec(sentence)?.groups ?? {};
    if (command !== undefined) {
      // What a command is for is in its name.
      const isAim = before === undefined || before.startsWith('To ');
      now = { reason: joined(now.reason, adviceIn(now), isAim ? '' : before), remedy: command };
    } else if (ADVICE.test(sentence) && now.reason !== '') {
      const remedy = now.remedy === undefined || adviceIn(now) !== '' ? `${sentence}.` : now.remedy;
      now = { reason: now.reason, remedy: joined(adviceIn(now), remedy) };
    } else if (now.remedy === undefined) {
      now = { reason: joined(now.reason, sentence), remedy: undefined };
    } else {
      found.push(now);
      now = { reason: sentence, remedy: undefined };
    }
  }
  return [...found, now];
}

/**
 * Says one thing after another, so that they can be told apart again: a command at the end of the first by its full stop.
 * @param second undefined: there is nothing more to say
 */
export function saidAfter(first: string, second: string | undefined): string {
  return second === undefined ? first : `${first.replace(/\.$/, '')}. ${second}`;
}

function adviceIn({ remedy }: ReasonAndRemedy): string {
  return remedy?.endsWith('.') === true ? remedy.slice(0, -1) : '';
}

function joined(...sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join('. ');
}
