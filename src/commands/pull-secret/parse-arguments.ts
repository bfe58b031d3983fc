import type { PullSecretOptions } from '../../cluster/pull-secret-objects.ts';
import { parseServiceAccount } from '../../hosts/identity.ts';
import { shellQuoted, shownArgument } from '../../hosts/quoting.ts';
import { noAction, parseHosts, parseWords } from '../parse-words.ts';
import { PULL_SECRET } from './declaration.ts';

/** A command line of `pull-secret`. */
export type PullSecretArguments =
  | { readonly verb: 'manifest'; readonly options: Omit<PullSecretOptions, 'image'> & { image?: string } }
  | { readonly verb: 'refresh'; readonly target: Target; readonly logins: RefreshLogins };

/** Which Secret gets whose tokens for which host. */
export type Target = Pick<PullSecretOptions, 'namespace' | 'name' | 'host' | 'account'>;

/** Whose logins a refresh goes by. */
export interface RefreshLogins {
  readonly context: string | undefined;
  readonly registryContext: string | undefined;
  readonly podDirectory: string | undefined;
}

type Values = Extract<ReturnType<typeof parseWords<typeof PULL_SECRET.options>>, object>['values'];

const OF_MANIFEST = ['image-namespace', 'existing', 'image', 'schedule'] as const;
const OF_REFRESH = ['context', 'registry-context', 'pod-directory'] as const;
/** Of one field: numbers, names and their ranges; what is left is the cluster's to refuse. */
const CRON_FIELD = /^[\d*/,A-Za-z-]+$/;
const IMAGE = /^[\w.:/@-]+$/;

/** @returns what was asked for, or what is wrong with it, in one sentence that repeats no secret */
export function parsePullSecretArguments(args: readonly string[]): PullSecretArguments | string {
  const read = parseWords(args, PULL_SECRET);
  if (typeof read === 'string') return read;
  const { values, positionals } = read;
  const [verb, secret, ...rest] = positionals;
  if (verb !== 'manifest' && verb !== 'refresh') return noAction(verb, PULL_SECRET.words[0].completes);
  if (secret === undefined) return 'Which Secret? Name it as NAMESPACE/SECRET.';
  if (rest.length > 0) return `${shownArgument(rest[0] ?? '')} is one argument too many.`;
  const astray = (verb === 'manifest' ? OF_REFRESH : OF_MANIFEST).find((name) => values[name] !== undefined);
  if (astray !== undefined)
    return `--${astray} goes with \`pull-secret ${verb === 'manifest' ? 'refresh' : 'manifest'}\`.`;
  const target = readTarget(secret, values);
  if (typeof target === 'string') return target;
  if (verb === 'refresh') {
    const { context, 'registry-context': registryContext, 'pod-directory': podDirectory } = values;
    return { verb, target, logins: { context, registryContext, podDirectory } };
  }
  const { image, schedule, 'image-namespace': imageNamespaces = [], existing = false } = values;
  const wrong = imageNamespaces.find((name) => parseServiceAccount(`${name}/x`) === undefined);
  if (wrong !== undefined) return `${shownArgument(wrong)} is no name of a namespace.`;
  if (image !== undefined && !IMAGE.test(image)) return `${shownArgument(image)} is not an image.`;
  if (schedule !== undefined && !isSchedule(schedule))
    return `${shownArgument(schedule)} is no schedule of cron: five fields, such as '7 * * * *'.`;
  const options = { ...target, imageNamespaces, isThere: existing, schedule };
  return { verb, options: image === undefined ? options : { ...options, image } };
}

function isSchedule(text: string): boolean {
  const fields = text.split(' ');
  return fields.length === 5 && fields.every((field) => CRON_FIELD.test(field));
}

function readTarget(secret: string, { host, 'service-account': typed }: Values): Target | string {
  const named = parseServiceAccount(secret);
  if (named === undefined) return `${shownArgument(secret)} is no NAMESPACE/SECRET.`;
  if (host === undefined) return 'Which registry? Name it by --host HOST.';
  const hosts = parseHosts([host]);
  if (typeof hosts === 'string') return hosts;
  if (typed === undefined) return 'Whose tokens? Name the account by --service-account NAMESPACE/NAME.';
  const account = parseServiceAccount(typed);
  if (account === undefined) return `${shownArgument(typed)} is no NAMESPACE/NAME of a service account.`;
  return { ...named, host: hosts[0] ?? host, account };
}

/** @returns the command line of a verb for this Secret; every name is fit for a shell */
export function commandLineFor(
  verb: 'manifest' | 'refresh',
  { namespace, name, host, account }: Target,
  more: readonly string[] = [],
): string {
  const words = [`${namespace}/${name}`, '--host', host, '--service-account'];
  words.push(`${account.namespace}/${account.name}`, ...more);
  return `docker-credential-openshift pull-secret ${verb} ${words.map(shellQuoted).join(' ')}`;
}
