import type { Admins, ServiceAccountOptions } from '../../cluster/service-account-objects.ts';
import { looksLikeToken, shownArgument } from '../../hosts/quoting.ts';
import { findInCatalogue } from '../../registry/catalogue.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import { noAction, parseWords } from '../parse-words.ts';
import { IMAGE_ROLES, SERVICE_ACCOUNT } from './declaration.ts';

/** A command line of `service-account`. */
export type ServiceAccountArguments =
  | {
      readonly verb: 'create';
      readonly options: ServiceAccountOptions;
      readonly host: string;
      readonly context: string | undefined;
      /** What may be neither read nor made is there: somebody else has made it. */
      readonly isApplied: boolean;
    }
  | { readonly verb: 'manifest'; readonly options: ServiceAccountOptions };

type Values = Extract<ReturnType<typeof parseWords<typeof SERVICE_ACCOUNT.options>>, object>['values'];

/** @returns what was asked for, or what is wrong with it, in one sentence that repeats no secret */
export function parseServiceAccountArguments(args: readonly string[]): ServiceAccountArguments | string {
  const read = parseWords(args, SERVICE_ACCOUNT);
  if (typeof read === 'string') return read;
  const { values, positionals } = read;
  const [verb, account, ...rest] = positionals;
  if (verb !== 'create' && verb !== 'manifest') return noAction(verb, SERVICE_ACCOUNT.words[0].completes);
  if (account === undefined) return 'Which service account? Name it as NAMESPACE/NAME.';
  if (rest.length > 0) return `${shownArgument(rest[0] ?? '')} is one argument too many.`;
  const host = readHost(values.host);
  if (host === null) return `${shownArgument(values.host ?? '')} is not a registry host.`;
  const options = readOptions(account, host, values);
  if (typeof options === 'string') return options;
  const isApplied = values.applied === true;
  if (verb === 'manifest')
    return isApplied ? '--applied is for `service-account create`.' : { verb, options };
  if (options.admins !== undefined) return '--group is for `service-account manifest`.';
  if (host === undefined) return 'Which registry? Name it by --host HOST.';
  return { verb, options, host, context: values.context, isApplied };
}

function readHost(typed: string | undefined): string | undefined | null {
  return typed === undefined ? undefined : normaliseRegistryHost(typed);
}

function readOptions(
  account: string,
  host: string | undefined,
  values: Values,
): ServiceAccountOptions | string {
  const [namespace = '', name = '', ...more] = account.split('/');
  if (more.length > 0 || !isNamespaceName(namespace) || !isServiceAccountName(name)) {
    return `${shownArgument(account)} is no NAMESPACE/NAME of a service account.`;
  }
  const role = values.role ?? 'system:image-puller';
  if (!isImageRole(role))
    return `${shownArgument(role)} is not a role. Choose one of ${IMAGE_ROLES.join(', ')}.`;
  const imageNamespaces = values['image-namespace'] ?? [namespace];
  const wrong = imageNamespaces.find((images) => !isNamespaceName(images));
  if (wrong !== undefined) return `${shownArgument(wrong)} is no name of a namespace.`;
  const machines = values.machine ?? [];
  const selfRenew = values['self-renew'] ?? false;
  if (machines.length > 0 && !selfRenew) return '--machine goes with --self-renew.';
  const odd = machines.find((machine) => !isMachineName(machine));
  if (odd !== undefined)
    return `${shownArgument(odd)} is no machine's name (small letters, digits, dashes and dots).`;
  const admins = readAdmins(host, values);
  if (typeof admins === 'string') return admins;
  const options = { namespace, name, role, imageNamespaces, selfRenew, machines };
  return admins === undefined ? options : { ...options, admins };
}

function readAdmins(host: string | undefined, { group, members }: Values): Admins | undefined | string {
  const users = (members ?? []).flatMap((list) => list.split(','));
  if (group === undefined) return users.length === 0 ? undefined : '--members goes with --group.';
  if (!isUserOrGroupName(group)) return `${shownArgument(group)} is no name of a group.`;
  const wrong = users.find((user) => !isUserOrGroupName(user));
  if (wrong !== undefined) return `${shownArgument(wrong)} is no name of a user.`;
  const isAppCi = host !== undefined && findInCatalogue(host)?.cluster === 'app.ci';
  return { group, members: users, style: isAppCi ? 'openshift-ci' : 'namespace-admin' };
}

function isImageRole(role: string): role is (typeof IMAGE_ROLES)[number] {
  return (IMAGE_ROLES as readonly string[]).includes(role);
}

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_SUBDOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
/** An object's name has 253 characters at most; ours put up to 39 before a machine's, and 100 leave room. */
const LONGEST_MACHINE = 100;

/** @returns whether it is a DNS-1123 label, as Kubernetes names namespaces */
function isNamespaceName(text: string): boolean {
  return text.length <= 63 && DNS_LABEL.test(text);
}

/** @returns whether it is a DNS-1123 subdomain, as Kubernetes names service accounts */
function isServiceAccountName(text: string): boolean {
  return text.length <= 253 && DNS_SUBDOMAIN.test(text);
}

/** @returns whether a Secret's name can end in it */
function isMachineName(text: string): boolean {
  return text.length <= LONGEST_MACHINE && DNS_SUBDOMAIN.test(text);
}

/** @returns whether OpenShift takes it as the name of a user or group: a segment of a path, without a colon */
function isUserOrGroupName(text: string): boolean {
  return (
    text.length <= 253 &&
    /^[^\p{Cc}\s/%:,]+$/u.test(text) &&
    !['.', '..', '~'].includes(text) &&
    !looksLikeToken(text)
  );
}
