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
    usage: [
      'setup [HOST...] [--context NAME] [--engine docker|podman] [--yes | --dry-run] [--timer | --no-timer]',
      'setup --undo [HOST...] [--yes | --dry-run]',
    ],
    does: 'bind registry hosts to logins of your kubeconfig, and let docker and podman ask this helper',
    details: `Without HOST it asks all clusters of your kubeconfig for their registries. It shows which file would change and
how, asks before it writes, and then asks each registry whether it works.
  --context NAME  the login that HOST gets, where it can't be told
  --engine NAME   change nothing for the other engine (buildah and skopeo go with podman)
  --yes, -y       write without asking; needed where there is no terminal
  --dry-run       show what would change, and change nothing
  --timer         install the hourly renewal too; --no-timer: don't ask about it
  --undo          take back what setup did, for these hosts or all`,
  },
  login: {
    usage: [
      'login [CONTEXT | HOST | API-URL] [--no-browser] [--callback-port PORT] [--timeout SECONDS]',
      'login [CONTEXT | HOST | API-URL] --username USER [--password-stdin] | --token-stdin',
      'login --all-expiring',
    ],
    does: 'log in to a cluster by the browser, into the kubeconfig, and renew its registry hosts',
    details: `Without an argument: to the cluster of the current context. Where no browser can be opened, the address to
visit is printed, and the address that it ends at, a token or a copied \`oc login\` command may be pasted.

  --no-browser                 print the address and open no browser
  --callback-port PORT         the port of 127.0.0.1 that the browser comes back to; any free one without it
  --timeout SECONDS            how long to wait for the browser; 300 without it
  --username USER, -u USER     log in with a password, which is asked for
  --password-stdin             read the password from stdin instead
  --token-stdin                read a token from stdin
  --revoke-old                 end the token that is replaced, on the cluster
  --certificate-authority FILE what the API server's certificate is verified by, from now on
  --all-expiring               log in to every cluster whose login ended or ends soon, one by one

It exits with 0 if all is well, 1 if nobody is logged in or a host has no good token after it, 2 for a wrong
command line, 130 after Ctrl-C.`,
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
  --yes, -y       do not ask
  --json          print the findings as JSON
  --bundle FILE   write a report for a bug tracker, without tokens, passwords and user names
It exits with 0 if all is well, 1 if something needs mending, 2 for a wrong command line.`,
  },
  status: {
    usage: ['status [HOST...] [--check] [--json]'],
    does: 'show whose login each registry host gets, how long it lasts, and what is wrong',
    details: `It asks no cluster.

  --check   renew or check each host first; exits with 1 if one has no good token, unless you signed out of it
            or set it to be anonymous
  --json    print JSON, as docs/status-logout.md describes it`,
  },
  authfile: {
    usage: ['authfile --to FILE HOST... [--service-account NAMESPACE/NAME] [--context NAME]'],
    does: 'write fresh tokens into an auth file of its own, for tools that know no helpers',
    details: `For kaniko, builds in containers, or: oc create secret generic NAME --from-file=.dockerconfigjson=FILE
--type=kubernetes.io/dockerconfigjson. Each token was accepted by its registry a moment before; the file says nothing of
their ends, so write it anew in time. Whatever else is in the file stays, HOST/NAMESPACE
too, but for other spellings of a whole HOST (https://HOST/v1/). All hosts get a token, or none.

  --to FILE           where; its mode becomes 0600
  --service-account   mint tokens of this account, rather than give your own login away
  --context NAME      ask the cluster of this context of your kubeconfig, as its user`,
  },
  logout: {
    usage: ['logout HOST... [--revoke] [--yes]'],
    does: 'drop every login of registry hosts, wherever one lies, and stay signed out until the next `login` or `setup`',
    details: `Stored logins go from every file of docker and podman and from the helpers that these name, and what
this program keeps goes, too. From then on engines pull from the host anonymously.

  --revoke    end your login on the cluster, too: for \`oc\` and for whatever else uses it. Asks first.
  --yes, -y   don't ask`,
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
