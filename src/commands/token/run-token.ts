import { type Decision, ownerOf } from '../../hosts/decide-answer.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import { describeError, inOneLine } from '../../hosts/reason.ts';
import type { Printer } from '../../process/terminal.ts';
import type { RegistrySettings } from '../../registry/bind-host.ts';
import { decide } from '../../session/facts.ts';
import type { Session } from '../../session/session.ts';
import { validity, whyNoToken } from '../authfile/run-authfile.ts';
import { parseHosts, parseWords, runAsCommand } from '../parse-words.ts';
import { TOKEN } from './declaration.ts';

/** What `get` would answer, and what the config says of the host. */
type Decided = Pick<Decision, 'answer' | 'knowledge' | 'stored' | 'warnings'> & {
  settings: RegistrySettings | undefined;
};

/**
 * `token HOST`: the bare token, as `oc whoami --show-token` and `aws ecr get-login-password` print theirs.
 * @returns the exit status: 0, 1 if there is none (said on stderr), 2 for a wrong command line
 */
export function runToken(
  args: readonly string[],
  ports: Pick<Printer, 'printError'> & {
    nowMs(): number;
    /** Whether stdout is a terminal, where a person sees what is printed. */
    readonly isShown: boolean;
    decide(host: string): Promise<Decided>;
    /** Writes to stdout as it is: the only secret that any command prints. */
    writeSecret(text: string): void;
  },
): Promise<number> {
  return runAsCommand(TOKEN, parse(args), ports, async ({ host }) => {
    const decided = await ports.decide(host);
    const { answer, warnings = [], settings } = decided;
    if (answer.kind === 'anonymous') {
      ports.printError(`${host}: ${describeError(whyNoToken(host, answer.reasons, settings))}`);
      return 1;
    }
    ports.writeSecret(answer.secret);
    if (ports.isShown) {
      const until = validity(answer.expiresAtMs, ports.nowMs());
      const whose = `The token of ${nameInSentence(ownerOf(answer, decided))} for ${host}, ${until}`;
      ports.printError(`${whose}. Whoever has it can do what its owner can.`);
    }
    if (warnings.length > 0) ports.printError(`Warning: ${inOneLine(warnings)}`);
    return 0;
  });
}

/** What `get` answers for a host: decided as for an engine, and kept for the next. */
export async function answerOfGet(host: string, session: Session): Promise<Decided> {
  const { settings } = await session.readSettings(host);
  const { keep, ...decision } = await decide(host, session);
  await keep();
  return { ...decision, settings };
}

/** @returns the host, or what is wrong with the words, in one sentence */
function parse(args: readonly string[]): { readonly host: string } | string {
  const words = parseWords(args, TOKEN);
  if (typeof words === 'string') return words;
  const hosts = parseHosts(words.positionals);
  if (typeof hosts === 'string') return hosts;
  const [host, ...others] = hosts;
  if (host === undefined) return 'Which registry? Name its HOST.';
  return others.length > 0 ? 'One token at a time: name one HOST.' : { host };
}
