import { closestName } from '../config/closest-name.ts';

/** A command that a person may type, as the help tells it. */
interface CommandHelp {
  /** The ways to type it, without the program's name. */
  readonly usage: readonly string[];
  /** What it does, in one line that starts with a verb. */
  readonly does: string;
  /** What `COMMAND --help` says below that. */
  readonly details?: string;
}

/** Every command, in the order in which one meets them. */
export const COMMANDS = {
  setup: {
    usage: ['setup HOST... [--context NAME]'],
    does: 'bind registry hosts to a login of your kubeconfig, and let docker and podman ask this helper',
  },
  renew: {
    usage: ['renew [HOST...] [--all]', 'renew --install-timer | --remove-timer | --timer-status'],
    does: "renew what can be renewed unattended, and say what can't; or let a timer do so every hour",
  },
  doctor: {
    usage: [
      'doctor [HOST | IMAGE | CONSOLE-URL] [--engine docker|podman] [--fix [--yes]] [--json | --bundle FILE]',
    ],
    does: 'explain why a pull works or does not, and mend what can be mended',
    details: `Without an argument it looks at every host that is bound. For an image it tells what docker and podman will do,
step by step, and which login wins.
  --engine NAME   look at docker, or at podman and its family, alone
  --fix           mend what can be mended: it shows what it is going to do, and asks
  --yes           do not ask
  --json          print the findings as JSON
  --bundle FILE   write a report for a bug tracker, without tokens, passwords and user names
It exits with 0 if all is well, 1 if something needs mending, 2 for a wrong command line.`,
  },
  'service-account': {
    usage: [
      'service-account create NAMESPACE/NAME --host HOST\n' +
        '    [--role registry-viewer|registry-editor|system:image-puller] [--image-namespace NAMESPACE]...\n' +
        '    [--self-renew [--machine NAME]...] [--context NAME]',
      'service-account manifest NAMESPACE/NAME [the same options] [--group NAME [--members USER,USER...]]',
    ],
    does: "make a robot's account, or print its manifest for an admin",
  },
} as const satisfies Record<string, CommandHelp>;

/** A command's name, as it is typed. */
export type CommandName = keyof typeof COMMANDS;

/** @returns whether a word is the name of a command */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

/** @returns how a command is typed, for whoever typed it wrongly */
export function usageOf(name: CommandName): string {
  const ways = COMMANDS[name].usage.map((way) => `docker-credential-openshift ${way}`);
  return `Usage: ${ways.join('\n       ')}`;
}

/** @returns what `COMMAND --help` prints */
export function helpOf(name: CommandName): string {
  const { does, details }: CommandHelp = COMMANDS[name];
  return [usageOf(name), sentence(does), details].filter((part) => part !== undefined).join('\n\n');
}

function sentence(does: string): string {
  return `${does.slice(0, 1).toUpperCase()}${does.slice(1)}.`;
}

/** @returns the word that was probably meant by one that is no command */
export function meantCommand(typed: string): string | undefined {
  return closestName(typed, [...Object.keys(COMMANDS), 'version', 'help', 'get', 'store', 'erase', 'list']);
}
