import { runCommandLine } from '../cli/command-line.ts';
import { writeAnswer } from '../protocol/serve-get.ts';
import type { OtherVerb } from '../protocol/serve-others.ts';
import { writeOut } from '../storage/hot-files.ts';
import { printer } from './printer.ts';
import { exit } from './this-process.ts';

const OTHER_VERBS: readonly string[] = ['erase', 'list', 'store'] satisfies OtherVerb[];

/** Everything but `get`: the protocol's other verbs, and what a person types. Ends the process. */
export async function runCommand(args: string[]): Promise<void> {
  const [verb, ...rest] = args;
  if (verb !== undefined && OTHER_VERBS.includes(verb) && rest.length === 0) {
    const { serveVerb } = await import('./serve-verb.ts');
    return exit(await serveVerb(verb as OtherVerb));
  }
  const status = await runCommandLine(args, {
    ...printer,
    setup: async (words) => (await import('./setup.ts')).setup(words),
    renew: async (words) => (await import('./renew.ts')).renew(words),
    serviceAccount: async (words) => (await import('./service-account.ts')).serviceAccount(words),
  });
  exit(verb === 'get' ? failGet() : status);
}

/** Whoever calls `get` wrongly still gets one of its two answers. */
function failGet(): number {
  return writeAnswer('', { kind: 'anonymous', reason: null }, { write: writeOut });
}
