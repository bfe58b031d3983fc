import { asksForHelp, runCommandLine } from '../commands/command-line.ts';
import type { CommandName } from '../commands/commands.ts';
import { writeAnswerOut } from '../files/hot-files.ts';
import { inOneLine } from '../hosts/reason.ts';
import { writeNoCoreFiles } from '../process/core-files.ts';
import { exitLogged, logStart } from '../process/log.ts';
import { printer } from '../process/terminal.ts';
import { writeAnswer } from '../protocol/serve-get.ts';
import type { OtherVerb } from '../protocol/serve-others.ts';

const VERSION_WORDS: readonly string[] = ['version', '--version', '-V', '-v'];
const OTHER_VERBS: readonly string[] = ['erase', 'list', 'store'] satisfies OtherVerb[];

type Command = (args: string[]) => Promise<number>;

/** Each command's own part of the program, loaded only for it. */
const COMMAND: Record<CommandName, () => Promise<Command>> = {
  setup: async () => (await import('./setup.ts')).setup,
  login: async () => (await import('./login.ts')).login,
  renew: async () => (await import('./renew.ts')).renew,
  doctor: async () => (await import('./doctor.ts')).doctor,
  status: async () => (await import('./status.ts')).status,
  authfile: async () => (await import('./authfile.ts')).authfile,
  token: async () => (await import('./authfile.ts')).token,
  logout: async () => (await import('./logout.ts')).logout,
  kubelet: async () => (await import('./kubelet.ts')).kubelet,
  'service-account': async () => (await import('./service-account.ts')).serviceAccount,
  'pull-secret': async () => (await import('./pull-secret.ts')).pullSecret,
};

/** Everything but `get`: the protocol's other verbs, and what a person types. Ends the process. */
export async function runCommand(args: string[]): Promise<void> {
  const [verb, ...rest] = args;
  // `login` does it itself, and spares the browser that it starts.
  if (verb !== 'login') writeNoCoreFiles();
  logStart(nameOf(verb));
  if (verb !== undefined && OTHER_VERBS.includes(verb) && rest.length === 0) {
    const { serveVerb } = await import('./serve-verb.ts');
    return exitLogged(await serveVerb(verb as OtherVerb));
  }
  if (verb === 'kubelet' && rest[0] === 'provide' && !asksForHelp(rest)) {
    const { provide } = await import('./kubelet-provide.ts');
    return provide(rest.slice(1));
  }
  if (verb === 'complete') {
    const { complete } = await import('./complete.ts');
    return exitLogged(await complete(rest));
  }
  const run = async (command: CommandName, words: string[]) => (await COMMAND[command]())(words);
  const status = await runCommandLine(args, printer, `${process.platform}-${process.arch}`, run);
  if (verb !== undefined && VERSION_WORDS.includes(verb)) await tellFront();
  exitLogged(verb === 'get' ? failGet() : status);
}

/** What is run, as far as it is known: what else was typed may be a token that was pasted in the wrong place. */
function nameOf(verb = ''): string {
  return [...OTHER_VERBS, ...Object.keys(COMMAND)].includes(verb) ? verb : 'other';
}

/** What is wrong with what engines start, where this is what that starts. */
async function tellFront(): Promise<void> {
  const { frontFault } = await import('../process/front.ts');
  const fault = await frontFault();
  if (fault !== undefined) printer.printError(inOneLine([fault]));
}

/** Whoever calls `get` wrongly still gets one of its two answers. */
function failGet(): number {
  return writeAnswer('', { kind: 'anonymous', reasons: [] }, { write: writeAnswerOut });
}
