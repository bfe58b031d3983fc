import { asksForHelp, runCommandLine } from '../commands/command-line.ts';
import { COMMANDS, type CommandName } from '../commands/commands.ts';
import { writeAnswerOut } from '../files/hot-files.ts';
import { inOneLine } from '../hosts/reason.ts';
import { writeNoCoreFiles } from '../process/core-files.ts';
import { exitLogged, logFaults, logStart } from '../process/log.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { writeAnswer } from '../protocol/serve-get.ts';
import type { OtherVerb } from '../protocol/serve-others.ts';

const OTHER_VERBS: readonly string[] = ['erase', 'list', 'store'] satisfies OtherVerb[];

/** Everything but `get`: the protocol's other verbs, and what a person types. Ends the process. */
export async function runCommand(args: string[]): Promise<void> {
  const [verb = '', ...rest] = args;
  // `login` does it itself, and spares the browser that it starts.
  if (verb !== 'login') writeNoCoreFiles();
  // What is run, as far as it is known: what else was typed may be a token that was pasted in the wrong place.
  logStart([...OTHER_VERBS, ...Object.keys(COMMANDS)].includes(verb) ? verb : 'other');
  if (OTHER_VERBS.includes(verb) && rest.length === 0) {
    const { serveVerb } = await import('./serve-verb.ts');
    return exitLogged(await serveVerb(verb as OtherVerb));
  }
  if (verb === 'kubelet' && rest[0] === 'provide' && !asksForHelp(rest)) {
    const { provide } = await import('./kubelet-provide.ts');
    return provide(rest.slice(1));
  }
  const run = async (name: CommandName | 'complete', words: string[]): Promise<number> =>
    (await import('./commands.ts')).COMMAND[name](words, place());
  if (verb === 'complete') return exitLogged(await run('complete', rest));
  for (const fault of logFaults()) printer.printError(inOneLine([fault]));
  const status = await runCommandLine(args, printer, `${process.platform}-${process.arch}`, run);
  exitLogged(verb === 'get' ? failGet() : status);
}

/** Whoever calls `get` wrongly still gets one of its two answers. */
function failGet(): number {
  return writeAnswer('', { kind: 'anonymous', reasons: [] }, { write: writeAnswerOut });
}
